"""What one request may cost others: no lock while it is checked, and no answer out of proportion."""

import gc
import io
import weakref

import pytest

from service.app import create_app
from service.operations.backend import Backend
from service.operations.datasets import uploads
from service.operations.limits import Limits
from service.operations.networks import networks, weights
from service.operations.training import submit
from tests.storage.makers import at_once, claimed

KEY = {"Idempotency-Key": "one"}
DENSE = {"type": "dense", "units": 1}


@pytest.fixture
def lets_others_write(storage, monkeypatch):
    """Call it with a function of the service: whenever that runs, another writer and a lease must get through."""
    job = claimed(storage)
    tried = []

    def others(_):
        storage.heartbeat(job.id, job.token, lease_seconds=60)
        storage.heartbeat_worker("another", slots=1)

    def watch(module, name):
        real = getattr(module, name)

        def watched(*args, **kwargs):
            tried.extend(at_once(others, 1))
            return real(*args, **kwargs)

        monkeypatch.setattr(module, name, watched)
        return tried

    return watch


@pytest.fixture
def requests(client, network):
    """By name a request that creates something, as a function of its headers."""
    layers = client.get("/networks/cheese/weights").json["layers"]
    rows = {"inputs": [[1, 2], [3, 4]], "targets": ["like", "dislike"]}
    spec = {"name": "q", "inputs": 2, "layers": [DENSE]}
    return {
        "network": lambda **more: client.post("/networks", json=spec, **more),
        "dry run": lambda **more: client.post("/networks?dry_run=true", json=spec, **more),
        "train": lambda **more: client.post("/train", json={"network": "cheese", "data": rows}, **more),
        "weights": lambda **more: client.post("/networks/cheese/snapshots", json={"layers": layers}, **more),
        "data set": lambda **more: client.post("/datasets", data=io.BytesIO(b"a,b\n1,2\n"), **more),
    }


@pytest.mark.parametrize(
    ("request_name", "module", "function"),
    [
        ("network", networks, "read_draft"),
        ("network", networks, "dry_run"),
        ("network", networks, "initial_snapshot"),
        ("dry run", networks, "read_draft"),
        ("dry run", networks, "dry_run"),
        ("train", submit, "read_plan"),
        ("train", submit, "new_job"),
        ("weights", weights, "read_layers"),
        ("weights", weights, "new_id"),
        ("data set", uploads, "ingest"),
    ],
)
@pytest.mark.parametrize("headers", [{}, KEY], ids=["without a key", "with a key"])
def test_nobody_waits_for_the_checks_of_a_request(requests, lets_others_write, request_name, module, function, headers):
    tried = lets_others_write(module, function)
    answer = requests[request_name](headers=headers)
    assert answer.status_code in (200, 201, 202), answer.text
    assert tried
    assert set(tried) == {None}


def test_a_dry_run_keeps_no_key(requests, count_rows):
    before = count_rows()
    for _ in range(2):
        answer = requests["dry run"](headers=KEY)
        assert (answer.status_code, answer.headers.get("Idempotency-Replayed")) == (200, None)
    assert count_rows() == before


def test_a_list_of_networks_holds_no_weights(client, spec):
    spec["layers"][0] |= {"weights": [[0.25] * 3] * 2, "biases": [0.5] * 3}
    block = {"type": "residual", "layers": [{"type": "dense", "units": 1, "weights": [[0.75]]}]}
    spec["layers"].append(block)
    made = client.post("/networks", json=spec)
    assert made.status_code == 201, made.text
    [listed] = client.get("/networks").json["data"]
    assert listed["explicit_weights"] is made.json["explicit_weights"] is True
    for shown in (made.json, listed, client.get("/networks/cheese").json):
        assert (shown["layers"][0]["weights"], shown["layers"][0]["biases"]) == (None, None)
        assert shown["layers"][2]["layers"][0]["weights"] is None
    first = client.get("/networks/cheese/weights?snapshot=initial").json["layers"]
    assert (first[0]["weights"], first[0]["biases"]) == ([[0.25] * 3] * 2, [0.5] * 3)


def test_a_network_whose_weights_are_drawn_says_so(client, network):
    assert client.get("/networks/cheese").json["explicit_weights"] is False


def test_many_errors_are_listed_in_part_and_counted(rejected, spec):
    strange = {f"nname{index}": 1 for index in range(5000)}
    problem = rejected(422, "POST", "/networks", json={**spec, **strange})
    assert (len(problem["errors"]), problem["more_errors"]) == (20, 4980)
    assert sum("did you mean" in issue["detail"] for issue in problem["errors"]) <= 1
    assert problem["detail"].startswith("At least 1,000 things are wrong.")


def test_one_answer_says_once_what_was_perhaps_meant(rejected, spec):
    layers = [{"type": "dense", "units": 1, "activatoin": "relu"} for _ in range(100)]
    problem = rejected(422, "POST", "/networks", json={**spec, "layers": layers})
    assert (len(problem["errors"]), problem["more_errors"]) == (20, 80)
    assert ['did you mean "activation"' in issue["detail"] for issue in problem["errors"]] == [True] + [False] * 19
    again = rejected(422, "POST", "/networks", json={**spec, "layers": layers[:1]})
    assert "did you mean" in again["errors"][0]["detail"]


def test_a_list_of_bad_numbers_is_not_read_to_its_end(rejected, spec):
    rows = {"inputs": [["a", "b"]], "targets": [1]}
    spec["layers"][0]["weights"] = [["x"] * 3000] * 2
    problem = rejected(422, "POST", "/networks", json=spec)
    assert problem["detail"].startswith("At least 1,000 things are wrong.")
    assert len(rejected(422, "POST", "/train", json={"network": "none", "data": rows, "epoch": 1})["errors"]) == 1


@pytest.mark.parametrize("field", ["inputs", "labels"])
def test_names_have_a_limit(rejected, field):
    body = {"name": "q", "inputs": 2, "layers": [DENSE], field: [f"f{index}" for index in range(10_001)]}
    problem = rejected(422, "POST", "/networks", f"#/{field}", json=body)
    assert any("at most 10,000 names" in issue["detail"] for issue in problem["errors"])


def test_arguments_given_twice_are_listed_in_part(rejected, network):
    query = "&".join(f"n{index}=1&n{index}=2" for index in range(900))
    problem = rejected(422, "GET", f"/predict?network=cheese&{query}")
    assert (len(problem["errors"]), problem["more_errors"]) == (20, 880)


@pytest.mark.parametrize("path", ["/predict", "/networks", "/healthz"])
def test_a_query_of_too_many_arguments_is_not_read(rejected, path):
    problem = rejected(422, "GET", f"{path}?{'&'.join(['a=1'] * 2001)}")
    assert "over 2,000 arguments" in problem["detail"]


# -- what a network costs ----------------------------------------------------------------------------------------------

RELU = {"type": "activation", "activation": "relu"}


def test_layers_without_parameters_count_by_their_outputs(storage, dispatcher):
    client = create_app(backend=Backend(storage, dispatcher, Limits(max_network_cost=1000))).test_client()
    spec = {"name": "wide", "inputs": 100, "layers": [RELU] * 10}
    answer = client.post("/networks", json=spec)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "#/layers/9")
    assert "1,100 numbers; at most 1,000" in answer.json["errors"][0]["detail"]
    nested = {**spec, "layers": [{"type": "residual", "layers": [RELU] * 9}]}
    assert client.post("/networks", json=nested).status_code == 422
    assert client.post("/networks", json={**spec, "inputs": 1001}).json["errors"][0]["pointer"] == "#/inputs"
    assert client.post("/networks", json={**spec, "layers": [RELU] * 9}).status_code == 201


def test_layers_inside_of_blocks_count_as_layers(rejected):
    block = {"type": "residual", "layers": [RELU] * 100}
    spec = {"name": "deep", "inputs": 1, "layers": [block] * 10}
    problem = rejected(422, "POST", "/networks", "#/layers", json=spec)
    assert "at most 1,000 layers, those inside of blocks included; got 1,010" in problem["detail"]


def test_the_work_of_a_prediction_and_of_an_evaluation_is_limited(storage, dispatcher, network):
    limits = Limits(max_predicted_work=60, max_evaluated_work=60)  # of 13 parameters, 2 inputs and 4 outputs
    client = create_app(backend=Backend(storage, dispatcher, limits)).test_client()
    rows = {"inputs": [[1, 2]] * 4, "targets": ["like"] * 4}
    predicted = client.post("/predict", json={"network": "cheese", "inputs": rows["inputs"]})
    assert (predicted.status_code, "at most 3 rows" in predicted.json["detail"]) == (422, True)
    evaluated = client.post("/evaluate", json={"network": "cheese", "data": rows})
    assert (evaluated.status_code, "at most 3 rows" in evaluated.json["detail"]) == (422, True)
    assert client.post("/predict", json={"network": "cheese", "inputs": rows["inputs"][:3]}).status_code == 200


def test_an_explanation_is_limited_by_the_numbers_it_answers(client):
    spec = {"name": "wide", "inputs": 10_000, "layers": [RELU] * 100}
    assert client.post("/networks", json=spec).status_code == 201
    row = {"inputs": [[0.5] * 10_000], "targets": [[0.5] * 10_000]}
    answer = client.post("/networks/wide/explain", json=row)
    assert (answer.status_code, "at most 1,000,000 numbers" in answer.json["detail"]) == (422, True)


def test_a_deleted_network_leaves_nothing_in_memory(client, backend, network):
    assert client.get("/predict?network=cheese&x=1,2").status_code == 200
    assert client.get(f"/predict?network={network['id']}&x=1,2").status_code == 200
    model = backend.cache.get(("model", backend.caller.networks, "cheese", "live"))[1]
    predictor = weakref.ref(model.predictor)
    del model
    assert client.delete("/networks/cheese").status_code == 204
    gc.collect()
    assert predictor() is None


# -- what is stored ----------------------------------------------------------------------------------------------------


@pytest.fixture
def limited(storage, dispatcher, tmp_path):
    """Call it with limits for a client of a service that has them, on the same storage."""
    return lambda **limits: create_app(
        backend=Backend(storage, dispatcher, Limits(**limits), scratch=tmp_path / "limited")
    ).test_client()


def test_a_quota_says_what_to_delete(limited, spec, network, count_rows):
    before = count_rows()
    rows = {"inputs": [[1, 2], [3, 4]], "targets": ["like", "dislike"]}
    layers = limited().get("/networks/cheese/weights").json["layers"]
    tried = {
        "snapshots": [("/networks", {**spec, "name": "other"}), ("/networks/cheese/snapshots", {"layers": layers})],
        "job_data": [("/train", {"network": "cheese", "data": rows})],
    }
    for kind, requests in tried.items():
        client = limited(**{f"max_{kind.removesuffix('s') if kind == 'snapshots' else kind}_bytes": 150})
        for path, body in requests:
            answer = client.post(path, json=body)
            assert (answer.status_code, answer.json["type"]) == (507, "/problems/quota_exceeded"), answer.text
            assert "Delete" in answer.json["detail"]
    answer = limited(max_dataset_bytes=10).post("/datasets", data=b"a,b\n1,2\n", content_type="text/csv")
    assert (answer.status_code, "Delete data sets" in answer.json["detail"]) == (507, True)
    assert count_rows() == before


def test_a_quota_has_room_again_once_something_was_deleted(limited, spec):
    client = limited(max_snapshot_bytes=150)
    assert client.post("/networks", json=spec).status_code == 201
    assert client.post("/networks", json={**spec, "name": "other"}).status_code == 507
    assert client.delete("/networks/cheese").status_code == 204
    assert client.post("/networks", json={**spec, "name": "other"}).status_code == 201


def test_metrics_count_stored_bytes_by_kind(client, network):
    shown = client.get("/metrics").text
    assert f'feedforward_stored_bytes{{kind="snapshots"}} {13 * 8}.0' in shown
    assert 'feedforward_stored_bytes{kind="datasets"} 0.0' in shown


def test_a_full_disk_is_reported_by_the_readiness(client, storage, monkeypatch):
    storage.heartbeat_worker("worker", slots=1)
    assert client.get("/readyz").json["checks"]["disk"] == "ok"
    monkeypatch.setattr(storage, "free_bytes", lambda: 1000)
    answer = client.get("/readyz")
    assert (answer.status_code, "1,000 bytes are left" in answer.json["checks"]["disk"]) == (503, True)
