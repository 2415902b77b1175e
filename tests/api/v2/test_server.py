"""Health, metadata, versions and rights of the Open Inference Protocol."""

import pytest

from service.access.keys import create_key
from service.api.http.dialects import DIALECTS
from service.domain.access import ANYBODY
from service.domain.release import VERSION
from service.errors import BodyTooSlow, StorageUnavailable
from tests.api.doors import client_for, client_with
from tests.api.given import import_biases, passing
from tests.api.v2.conftest import tensor

X = [tensor([[1.0, 2.0, 3.0]])]


def test_the_server_is_live_and_ready_and_says_what_it_is(client):
    assert client.get("/v2/health/live").json == {"live": True}
    assert client.get("/v2/health/ready").json == {"live": True, "ready": True}
    described = client.get("/v2").json
    assert (described["name"], described["version"]) == ("feedforward", VERSION)
    assert "binary_tensor_data" in described["extensions"]
    assert client.get("/v2/").json == described


def test_it_is_not_ready_while_the_database_is_not(client, storage, monkeypatch):
    def fail():
        raise StorageUnavailable

    monkeypatch.setattr(storage, "ping", fail)
    answer = client.get("/v2/health/ready")
    assert (answer.status_code, answer.json["live"], answer.json["ready"]) == (503, True, False)
    assert client.get("/v2/health/live").status_code == 200


def test_the_metadata_of_a_network_of_numbers_have_one_matrix(client, numbers):
    assert client.get("/v2/models/numbers").json == {
        "name": "numbers",
        "versions": [],
        "platform": "feedforward_numpy",
        "inputs": [{"name": "x", "datatype": "FP64", "shape": [-1, 3]}],
        "outputs": [{"name": "outputs", "datatype": "FP64", "shape": [-1, 3]}],
    }


def test_a_network_is_found_by_its_id_too_and_so_is_one_called_stats(client, infer):
    made = passing(client, "stats")
    assert client.get(f"/v2/models/{made['id']}").json["name"] == "stats"
    assert infer(made["id"], *X)["model_name"] == "stats"


@pytest.fixture
def versions(client, numbers):
    """Two published versions whose outputs differ by 1, the first of them in production."""
    for bias in (0.0, 1.0):
        snapshot = import_biases(client, "numbers", [bias] * 3)
        assert client.post("/networks/numbers/versions", json={"snapshot": snapshot}).status_code == 201
    assert client.put("/networks/numbers/aliases/production", json={"version": 1}).status_code in (200, 201)
    assert client.put("/networks/numbers/aliases/next", json={"version": 2}).status_code in (200, 201)


def test_a_version_is_a_number_or_an_alias_and_without_one_what_is_live(client, infer, versions):
    assert client.get("/v2/models/numbers").json["versions"] == ["1", "2"]
    asked = {"numbers": "1", "numbers/versions/1": "1", "numbers/versions/production": "1"}
    asked |= {"numbers/versions/2": "2", "numbers/versions/next": "2", "numbers/versions/latest": "2"}
    for path, version in asked.items():
        answer = infer(path, *X)
        assert (answer["model_version"], answer["outputs"][0]["data"][0]) == (version, float(version)), path
        assert client.get(f"/v2/models/{path}").json["name"] == "numbers"
        assert client.get(f"/v2/models/{path}/ready").json == {"name": "numbers", "ready": True}


def test_a_model_is_asked_like_a_network_with_its_aliases_as_versions(client, infer, versions):
    for alias, version in (("production", 2), ("shadow", 1)):
        body = {"network": "numbers", "version": version}
        assert client.put(f"/models/service/aliases/{alias}", json=body).status_code in (200, 201)
    assert client.get("/v2/models/service").json["versions"] == ["production", "shadow"]
    for path, number in {"service": "2", "service/versions/shadow": "1"}.items():
        answer = infer(path, *X)
        assert (answer["model_name"], answer["model_version"]) == ("service", number)
    assert client.get("/v2/models").json == {"models": ["numbers", "service"]}
    assert client.get("/v2/models/service/versions/9").json == {"error": "Model service with version 9 not found"}


def test_predictions_are_counted_and_the_route_is_named(client, infer, numbers):
    infer("numbers", tensor([[1.0, 2.0, 3.0]] * 5))
    infer("numbers/versions/latest", *X)
    metrics = client.get("/metrics").text
    assert "feedforward_predictions_total 6.0" in metrics
    for route in ("<model>/infer", "<model>/versions/<version>/infer"):
        assert f'feedforward_requests_total{{method="POST",route="/v2/models/{route}",status="200"}} 1.0' in metrics


def error_of(answer, status):
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json")
    assert list(answer.json) == ["error"]
    return answer.json["error"]


def test_who_may_not_is_told_in_the_words_of_the_protocol(app, storage, client):
    admin, reader = client_for(app, storage, "admin"), client_for(app, storage, "read")
    passing(admin, "numbers")
    for method, path in (("GET", "/v2"), ("GET", "/v2/models/numbers"), ("POST", "/v2/models/numbers/infer")):
        answer = client.open(path, method=method)
        assert error_of(answer, 401).startswith("A key is needed")
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="feedforward"'
    assert "scope predict" in error_of(reader.post("/v2/models/numbers/infer", json={"inputs": X}), 403)
    assert reader.get("/v2/models/numbers").status_code == 200
    predictor = client_for(app, storage, "predict")
    assert predictor.post("/v2/models/numbers/infer", json={"inputs": X}).status_code == 200
    assert client.get("/v2/health/ready").status_code == 200
    assert client.get("/networks").content_type == "application/problem+json"
    wrong = client.get("/v2", headers={"Authorization": "Bearer ff_nothing"})
    assert error_of(wrong, 401).startswith("This key is not known")


def test_a_key_for_other_names_does_not_see_a_model(app, storage, client, numbers):
    other = client_for(app, storage, "predict", networks=["churn-*"])
    answer = other.post("/v2/models/numbers/infer", json={"inputs": X})
    assert error_of(answer, 404) == "Model numbers not found"
    assert other.get("/v2/models").json == {"models": []}


def test_a_foreign_host_and_an_unknown_path_or_method_are_told_so_too(client, numbers):
    assert "has no such name" in error_of(client.get("/v2", headers={"Host": "evil.example"}), 421)
    assert "There is nothing" in error_of(client.get("/v2/logging"), 404)
    error_of(client.post("/v2/models/numbers/ready"), 405)
    error_of(client.post("/v2/models/numbers/infer", data=bytes(2**20 + 1)), 413)
    assert client.get("/v22").content_type == "application/problem+json"


def test_a_key_that_asks_too_often_is_told_so_too(app, storage, numbers):
    wanted = {"name": "slow", "scopes": ["predict"], "limits": {"predict": "1/hour"}}
    client = client_with(app, create_key(storage, ANYBODY, wanted)[1])
    assert client.post("/v2/models/numbers/infer", json={"inputs": X}).status_code == 200
    answer = client.post("/v2/models/numbers/infer", json={"inputs": X})
    assert "limited to 1" in error_of(answer, 429)
    assert int(answer.headers["Retry-After"]) > 0


def test_what_the_front_rejects_speaks_the_dialect_of_the_path(app):
    started = []

    def start(status, headers, exc_info=None):
        started.append((status[:3], dict(headers)["Content-Type"]))

    for path in ("/v2/models/x/infer", "/predict"):
        environ = {"REQUEST_METHOD": "POST", "PATH_INFO": path, "QUERY_STRING": "", "wsgi.url_scheme": "http"}
        assert b"did not come in time" in b"".join(app.wsgi_app.reject(BodyTooSlow())(environ, start))
    assert started == [("408", "application/json"), ("408", "application/problem+json")]


def test_every_dialect_is_of_a_path(app):
    assert all(prefix.startswith("/") and not prefix.endswith("/") for prefix in DIALECTS)
