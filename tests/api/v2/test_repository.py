"""Repository, configuration and statistics of the Open Inference Protocol, as Triton extends it."""

import json

import pytest
import sqlalchemy as sa

from tests.api.doors import client_for
from tests.api.given import import_biases, passing
from tests.api.v2.conftest import tensor

X = [tensor([[1.0, 2.0, 3.0]])]


def post(client, path, body=None):
    """As the clients send it: without a Content-Type."""
    data = b"" if body is None else json.dumps(body).encode()
    return client.post(f"/v2/repository/{path}", data=data)


@pytest.mark.parametrize("body", [None, {}, {"ready": None}, {"ready": False}, {"own": 1}])
def test_the_index_lists_what_there_is(client, numbers, body):
    [entry] = post(client, "index", body).json
    snapshot = client.get("/networks/numbers/live").json["snapshot"]["id"]
    assert entry == {"name": "numbers", "version": snapshot, "state": "READY", "reason": ""}


def test_the_index_lists_versions_and_the_aliases_of_models(client, numbers):
    for bias in (0.0, 1.0):
        snapshot = import_biases(client, "numbers", [bias] * 3)
        client.post("/networks/numbers/versions", json={"snapshot": snapshot})
    for model in ("service", "numbers"):  # The second one is hidden behind the network of its name.
        client.put(f"/models/{model}/aliases/production", json={"network": "numbers", "version": 2})
    found = [(entry["name"], entry["version"]) for entry in post(client, "index").json]
    assert found == [("numbers", "1"), ("numbers", "2"), ("service", "production")]


def statements_of(action):
    """How many statements the database gets meanwhile."""
    found = []

    def note(connection, cursor, statement, *rest):
        found.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        action()
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    return len(found)


def test_the_index_asks_the_database_as_often_for_many_networks_as_for_one(client, numbers):
    post(client, "index")
    one = statements_of(lambda: post(client, "index"))
    for place in range(6):
        passing(client, f"more-{place}")
    assert statements_of(lambda: post(client, "index")) == one
    assert len(post(client, "index").json) == 7


def test_a_model_that_is_unloaded_is_not_there_until_it_is_loaded(client, infer, refused, numbers):
    infer("numbers", *X)
    for _ in range(2):
        answer = post(client, "models/numbers/unload", {"parameters": {"unload_dependents": False}})
        assert (answer.status_code, answer.json) == (200, {})
    for path in ("", "/ready", "/config", "/stats", "/versions/latest"):
        answer = client.get(f"/v2/models/numbers{path}")
        assert (answer.status_code, answer.json["error"][:27]) == (404, "Model numbers is not loaded")
    refused("numbers", {"inputs": X}, "POST /v2/repository/models/numbers/load loads it", status=404)
    assert client.post("/v1/models/numbers:predict", json={"instances": [[1, 2, 3]]}).status_code == 404
    [entry] = post(client, "index").json
    assert (entry["state"], entry["reason"]) == ("UNAVAILABLE", "unloaded")
    assert post(client, "index", {"ready": True}).json == []
    assert client.get("/v2/models").json == client.get("/v1/models").json == {"models": []}
    assert client.get("/predict?network=numbers&x=1,2,3").status_code == 200
    for _ in range(2):
        assert post(client, "models/numbers/load", {}).status_code == 200
    assert client.get("/v2/models/numbers/ready").status_code == 200
    infer("numbers", *X)


def test_what_a_model_points_at_is_unloaded_with_its_network(client, numbers):
    client.post("/networks/numbers/versions", json={"snapshot": "latest"})
    client.put("/models/service/aliases/production", json={"network": "numbers", "version": 1})
    assert client.get("/v2/models/service/ready").status_code == 200
    answer = post(client, "models/service/unload")
    assert (answer.status_code, "load and unload the network" in answer.json["error"]) == (409, True)
    post(client, "models/numbers/unload")
    assert client.get("/v2/models/service/ready").status_code == 404


@pytest.mark.parametrize("verb", ["load", "unload"])
def test_a_model_that_nobody_knows_is_a_404_in_the_words_of_mlserver(client, verb):
    answer = post(client, f"models/my-model/{verb}")
    assert (answer.status_code, answer.json) == (404, {"error": "Model my-model not found"})


@pytest.mark.parametrize("name", ["config", "file:1/model.onnx"])
def test_a_load_cannot_bring_a_model_along(refused, numbers, name):
    body = {"parameters": {name: "e30="}}
    refused("/v2/repository/models/numbers/load", body, f"parameters.{name}", "is not supported")


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("index", {"ready": "yes"}, ["ready", "must be true or false"]),
        ("index", [], ["must be a JSON object"]),
        ("index", b"{", ["not valid JSON"]),
        ("models/numbers/load", {"parameters": 5}, ["parameters", "must be an object"]),
        ("models/numbers/unload", b"nothing", ["not valid JSON"]),
    ],
)
def test_a_wrong_body_is_rejected(refused, numbers, path, body, words):
    refused(f"/v2/repository/{path}", body, *words)


def test_loading_needs_the_right_to_manage_and_is_audited(app, storage):
    admin = client_for(app, storage, "admin")
    passing(admin, "numbers")
    assert post(client_for(app, storage, "predict"), "models/numbers/unload").status_code == 403
    manager = client_for(app, storage, "manage")
    assert post(manager, "index").status_code == 200
    assert post(manager, "models/numbers/unload").status_code == 200
    changes = [(entry["action"], entry["object"]) for entry in admin.get("/audit").json["data"]]
    assert ("unloadModel", "v2/repository/models/numbers") in changes
    assert "indexRepository" not in [action for action, _ in changes]


def test_a_key_for_other_names_sees_and_unloads_nothing(app, storage):
    admin = client_for(app, storage, "admin")
    passing(admin, "numbers")
    other = client_for(app, storage, "manage", networks=["churn-*"])
    assert post(other, "index").json == []
    assert post(other, "models/numbers/unload").json == {"error": "Model numbers not found"}
    assert admin.get("/v2/models/numbers/ready").status_code == 200


def test_the_configuration_is_that_of_triton(client, birds):
    assert client.get("/v2/models/birds/config").json == {
        "name": "birds",
        "platform": "feedforward_numpy",
        "backend": "feedforward",
        "version_policy": {"latest": {"num_versions": 1}},
        "max_batch_size": 0,
        "input": [
            {"name": "mass", "data_type": "TYPE_FP64", "dims": [-1, 1]},
            {"name": "bill", "data_type": "TYPE_FP64", "dims": [-1, 1]},
            {"name": "island", "data_type": "TYPE_STRING", "dims": [-1, 1]},
        ],
        "output": [
            {"name": "species", "data_type": "TYPE_STRING", "dims": [-1]},
            {"name": "probabilities", "data_type": "TYPE_FP64", "dims": [-1, 3]},
        ],
    }


def test_the_statistics_count_rows_requests_and_their_time(client, infer, refused, numbers):
    [nothing] = client.get("/v2/models/numbers/stats").json["model_stats"]
    assert (nothing["name"], nothing["version"], nothing["inference_count"]) == ("numbers", "unpublished", 0)
    infer("numbers", tensor([[1.0, 2.0, 3.0]] * 5))
    infer("numbers", *X)
    refused("numbers", {"inputs": []})
    [found] = client.get("/v2/models/stats").json["model_stats"]
    assert client.get("/v2/models/numbers/stats").json == {"model_stats": [found]}
    assert (found["inference_count"], found["execution_count"], found["batch_stats"]) == (6, 2, [])
    assert found["last_inference"] > 1.7e12
    times = found["inference_stats"]
    assert {name: part["count"] for name, part in times.items()} == {
        "success": 2,
        "fail": 1,
        "queue": 0,
        "compute_input": 2,
        "compute_infer": 2,
        "compute_output": 2,
        "cache_hit": 0,
        "cache_miss": 0,
    }
    spent = [times[f"compute_{phase}"]["ns"] for phase in ("input", "infer", "output")]
    assert min(spent) > 0 and abs(sum(spent) - times["success"]["ns"]) <= 2
    assert times["fail"]["ns"] > 0


def test_statistics_are_kept_by_version_and_are_metrics_too(client, infer, numbers):
    client.post("/networks/numbers/versions", json={"snapshot": "latest"})
    infer("numbers", *X)
    snapshot = import_biases(client, "numbers", [1.0] * 3)
    client.post("/networks/numbers/versions", json={"snapshot": snapshot})
    infer("numbers/versions/2", *X)
    infer("numbers/versions/2", *X)
    counts = [
        (one["version"], one["execution_count"]) for one in client.get("/v2/models/numbers/stats").json["model_stats"]
    ]
    assert counts == [("1", 1), ("2", 2)]
    [second] = client.get("/v2/models/numbers/versions/2/stats").json["model_stats"]
    assert (second["version"], second["execution_count"]) == ("2", 2)
    labels = f'network="{numbers["id"]}",version="2"'
    assert f"feedforward_inference_requests_total{{{labels}}} 2.0" in client.get("/metrics").text


def test_statistics_of_a_network_that_is_gone_or_not_for_the_caller_are_not_shown(app, storage):
    admin = client_for(app, storage, "admin")
    for name in ("numbers", "others"):
        passing(admin, name)
        assert admin.post(f"/v2/models/{name}/infer", json={"inputs": X}).status_code == 200
    reader = client_for(app, storage, "read", networks=["oth*"])
    names = [[one["name"] for one in client.get("/v2/models/stats").json["model_stats"]] for client in (admin, reader)]
    assert [sorted(found) for found in names] == [["numbers", "others"], ["others"]]
    admin.delete("/networks/others")
    assert len(admin.get("/v2/models/stats").json["model_stats"]) == 1
