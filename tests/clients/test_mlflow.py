"""Unmodified MLflow: networks that leave as its models, and trainings that its client reads as runs."""

from __future__ import annotations

import json
import subprocess
import urllib.request

import numpy as np
import pytest

from tests.acceptance.client import Client
from tests.acceptance.running import running
from tests.clients.conftest import BIRDS, LABELS, ROWS, expected_birds, expected_iris
from tests.clients.environments import HERE, program, run

#: What a file takes for a missing category is an empty text.
BIRD_CELLS = [{**bird, "island": bird["island"] or ""} for bird in BIRDS]
TIMES = ["2024-02-29T12:00:00Z", "1969-12-31T23:59:59Z"]
MICROSECONDS = [1_709_208_000_000_000, -1_000_000]


@pytest.fixture(scope="module")
def loaded(service, tmp_path_factory):
    """What MLflow's loaders say of each network, by its name."""
    python, client, folder = program("mlflow"), Client(service.url), tmp_path_factory.mktemp("models")
    _make_others(client)
    rows = {
        "iris": ROWS,
        "birds": BIRD_CELLS,
        "cheese": [{"fat": 0.25, "salt": 1.0}, {"fat": -3.0, "salt": 0.5}],
        "moments": [{"at": MICROSECONDS[0]}, {"at": MICROSECONDS[1]}],
    }
    for name in rows:
        urllib.request.urlretrieve(f"{client.url}/networks/{name}/export?format=mlflow", folder / f"{name}.zip")
    return json.loads(run(python, str(HERE / "mlflow/loads.py"), str(folder), json.dumps(rows)))


def _make_others(client):
    """Numbers with names and without labels, in float32; and a table of one column of times."""
    layers = [{"type": "dense", "units": 2, "weights": [[1, 2], [3, 4]], "biases": [0, 1]}]
    client.post("/networks", {"name": "cheese", "inputs": ["fat", "salt"], "layers": layers})
    time = {"name": "at", "type": "time", "parts": ["hour"]}
    target = {"name": "warm", "type": "boolean"}
    layers = [{"type": "dense", "units": 1, "activation": "sigmoid"}]
    client.post("/networks", {"name": "moments", "inputs": [time], "target": target, "layers": layers})


def test_both_flavors_load_with_a_signature_and_an_example(loaded):
    for found in loaded.values():
        assert found["flavors"] == ["onnx", "python_function"]
        assert list(found["of_example"]) == list(found["predicted"]) == found["outputs"]


def test_a_network_of_numbers_takes_an_array(loaded):
    iris = loaded["iris"]
    np.testing.assert_allclose(iris["predicted"]["probabilities"], expected_iris(), rtol=1e-9)
    assert iris["predicted"]["label"] == [LABELS[place] for place in np.argmax(expected_iris(), axis=1)]
    assert iris["example"] == {"x": [[0.0] * 4]}
    [tensor] = json.loads(iris["signature"]["inputs"])
    assert tensor == {"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 4]}}


def test_a_table_network_takes_a_data_frame_and_predicts_what_the_service_does(loaded, service):
    birds, expected = loaded["birds"], expected_birds(Client(service.url))
    assert birds["predicted"]["label"] == [row["species"] for row in expected["predictions"]]
    found = [birds["predicted"][f"probability_{name}"] for name in ("Adelie", "Chinstrap", "Gentoo")]
    np.testing.assert_allclose(np.transpose(found), expected["outputs"], rtol=1e-9)
    assert [column["type"] for column in json.loads(birds["signature"]["inputs"])] == ["double", "double", "string"]
    assert birds["example"]["island"] == ["Dream"] and 3000 < birds["example"]["mass"][0] < 5020


def test_numbers_with_names_are_columns(loaded):
    assert loaded["cheese"]["predicted"] == {"output_1": [3.25, -1.5], "output_2": [5.5, -3.0]}
    assert [column["name"] for column in json.loads(loaded["cheese"]["signature"]["outputs"])] == [
        "output_1",
        "output_2",
    ]


def test_a_single_column_is_one_too(loaded, service):
    body = {"network": "moments", "inputs": [{"at": time} for time in TIMES]}
    expected = Client(service.url).post("/predict", body)
    found = loaded["moments"]["predicted"]
    np.testing.assert_allclose(found["probability_true"], np.ravel(expected["outputs"]), atol=1e-6)
    [column] = json.loads(loaded["moments"]["signature"]["inputs"])
    assert column == {"type": "long", "name": "at", "required": True}


def test_its_token_is_a_key_of_the_service(tmp_path, monkeypatch):
    with running(tmp_path / "data") as closed:
        client = Client(closed.url)
        key = client.post("/keys", {"name": "notebook", "scopes": ["admin"]})["key"]
        code = "import sys, mlflow; print([one.name for one in mlflow.MlflowClient(sys.argv[1]).search_experiments()])"
        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", key)
        assert run(program("mlflow"), "-c", code, closed.url).strip() == "[]"
        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", f"{key[:-1]}{'a' if key[-1] != 'a' else 'b'}")
        done = subprocess.run([program("mlflow"), "-c", code, closed.url], capture_output=True, text=True)
        assert "UNAUTHENTICATED: " in done.stderr


def test_its_client_reads_trainings_as_runs(service):
    client = Client(service.url)
    [job] = client.get("/jobs?network=birds")["data"]
    seen = json.loads(run(program("mlflow"), str(HERE / "mlflow/asks.py"), client.url, job["id"]))
    info, data = seen["run"]["info"], seen["run"]["data"]
    assert (info["run_id"], info["status"], info["experiment_id"]) == (job["id"], "FINISHED", job["network_id"])
    history = client.get("/networks/birds/history")["data"]
    assert seen["history"] == [[row["epoch"], row["loss"]] for row in history]
    assert data["metrics"]["loss"] == history[-1]["loss"] and data["params"]["epochs"] == "20"
    assert {"birds", "iris"} <= set(seen["experiments"]) and (seen["by_id"], seen["absent"]) == ("birds", None)
    assert (seen["finished"], seen["failed"], seen["frame"]) == ([job["id"]], [], [job["id"]])
    missing, rejected, *written = seen["errors"]
    assert missing.startswith("RESOURCE_DOES_NOT_EXIST: There is no job job_nothing.")
    assert rejected.startswith("INVALID_PARAMETER_VALUE: filter: the operator LIKE is not supported")
    assert all(error.startswith("ENDPOINT_NOT_FOUND") and "only reads here" in error for error in written)
