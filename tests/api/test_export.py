import io
import sys
import zipfile
from contextlib import ExitStack
from types import SimpleNamespace

import numpy as np
import onnx
import onnxruntime
import pytest

from service.operations.networks import exports
from tests.api.given import import_biases, passing

EXPORT = "/networks/cheese/export"
BIRD = {"mass": 4100.0, "bill": 43.0, "island": "Dream"}


def run(answer, feeds):
    """What the file of an answer puts out, by name."""
    assert answer.status_code == 200, answer.text
    session = onnxruntime.InferenceSession(answer.data, providers=["CPUExecutionProvider"])
    return dict(zip([output.name for output in session.get_outputs()], session.run(None, feeds), strict=True))


def test_a_network_of_numbers_is_a_file_that_predicts_what_the_service_predicts(client, network):
    answer = client.get(f"{EXPORT}?format=onnx")
    assert answer.mimetype == "application/octet-stream"
    snapshot = client.get("/networks/cheese/snapshots/initial").json["id"]
    assert answer.headers["Content-Disposition"] == f'attachment; filename="cheese-{snapshot}.onnx"'
    rows = [[0.2, 0.9], [0.1, 0.1], [-3, 7]]
    found = run(answer, {"x": np.array(rows)})
    expected = client.post("/predict", json={"network": "cheese", "inputs": rows}).json
    assert found["label"].tolist() == expected["labels"]
    np.testing.assert_allclose(found["probabilities"][:, 1], np.array(expected["outputs"])[:, 0], rtol=1e-12)


def test_a_table_network_is_one_file_with_its_preprocessing(client, birds):
    rows = [BIRD, BIRD | {"bill": None, "island": "Biscoe"}, BIRD | {"island": "Hoth", "mass": 2900}]
    feeds = {
        "mass": np.array([[row["mass"]] for row in rows], np.float64),
        "bill": np.array([[np.nan if row["bill"] is None else row["bill"]] for row in rows]),
        "island": np.array([[row["island"]] for row in rows], object),
    }
    expected = client.post("/predict", json={"network": "birds", "inputs": rows}).json
    found = run(client.get("/networks/birds/export"), feeds)
    assert found["label"].tolist() == [row["species"] for row in expected["predictions"]]
    np.testing.assert_allclose(found["probabilities"], expected["outputs"], rtol=1e-12)
    columns = run(
        client.get("/networks/birds/export?format=onnx&layout=columns"),
        {name: cells.reshape(-1) for name, cells in feeds.items()},
    )
    assert list(columns) == ["label", "probability_Adelie", "probability_Gentoo", "probability_Chinstrap"]
    assert columns["probability_Gentoo"].tolist() == found["probabilities"][:, 1].tolist()


def test_the_weights_are_the_live_ones_or_those_that_are_named(client):
    passing(client, "plain")
    first, second = (import_biases(client, "plain", [value] * 3) for value in (1, 2))
    client.post("/networks/plain/versions", json={"snapshot": first})
    zeros = {"x": np.zeros((1, 3))}

    def value(query):
        return run(client.get(f"/networks/plain/export{query}"), zeros)["outputs"].tolist()[0][0]

    assert [value(query) for query in ("", "?version=1", "?snapshot=1", "?snapshot=initial")] == [2, 1, 1, 0]
    client.put("/networks/plain/aliases/production", json={"version": 1})
    assert [value(query) for query in ("", "?snapshot=production", f"?snapshot={second}")] == [1, 1, 2]
    answer = client.get("/networks/plain/export")
    props = {item.key: item.value for item in onnx.load_from_string(answer.data).metadata_props}
    assert props == {"feedforward.network": "plain", "feedforward.snapshot": first}


def test_a_network_is_an_mlflow_model_too(client, birds):
    answer = client.get("/networks/birds/export?format=mlflow")
    assert (answer.status_code, answer.content_type) == (200, "application/zip")
    assert answer.headers["Content-Disposition"].endswith('.zip"')
    assert answer.data == client.get("/networks/birds/export", headers={"Accept": "application/zip"}).data
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        assert file.testzip() is None and "MLmodel" in file.namelist()
        columns = client.get("/networks/birds/export?format=onnx&layout=columns").data
        assert file.read("model.onnx") == columns


def test_a_network_is_a_python_file_too(client, birds):
    answer = client.get("/networks/birds/export?format=python")
    assert (answer.status_code, answer.content_type) == (200, "text/x-python; charset=utf-8")
    assert answer.headers["Content-Disposition"].endswith('.py"')
    assert answer.data == client.get("/networks/birds/export", headers={"Accept": "text/x-python"}).data
    file = {"__name__": "file"}
    exec(answer.text, file)
    rows = [BIRD, BIRD | {"bill": None, "island": "Biscoe"}, BIRD | {"island": "Hoth", "mass": 2900}]
    expected = client.post("/predict", json={"network": "birds", "inputs": rows}).json
    assert file["predict"](rows).tolist() == [row["species"] for row in expected["predictions"]]
    np.testing.assert_allclose(file["predict_proba"](rows), expected["outputs"], rtol=1e-12)


@pytest.mark.parametrize(
    ("status", "query", "place"),
    [
        (422, "format=h5", "format"),
        (422, "layout=rows", "layout"),
        (422, "format=python&layout=matrix", "layout"),
        (422, "format=mlflow&layout=columns", "layout"),
        (422, "version=1&snapshot=latest", "version"),
        (422, "version=0", "version"),
        (422, "version=first", "version"),
        (422, "snapshots=1", "snapshots"),
        (404, "version=7", "version"),
        (404, "snapshot=nothing", "snapshot"),
    ],
)
def test_a_bad_argument_is_rejected_by_name(rejected, network, status, query, place):
    rejected(status, "GET", f"{EXPORT}?{query}", place)


def test_other_problems(rejected, network):
    rejected(404, "GET", "/networks/nothing/export")
    assert "octet-stream" in rejected(406, "GET", EXPORT, headers={"Accept": "image/png"})["detail"]


@pytest.mark.parametrize("form", ["onnx", "mlflow", "python"])
def test_files_of_large_networks_take_turns(client, rejected, network, monkeypatch, form):
    """Each takes several times the memory of its weights."""
    monkeypatch.setattr(exports, "LARGE", 1)
    with ExitStack() as others:
        for _ in range(exports.MOST_AT_ONCE):
            others.enter_context(exports.turn(SimpleNamespace(network=SimpleNamespace(size=1))))
        problem = rejected(503, "GET", f"{EXPORT}?format={form}")
        assert problem["type"] == "/problems/too_many_long_answers"
    for _ in range(exports.MOST_AT_ONCE + 1):
        assert client.get(f"{EXPORT}?format={form}").status_code == 200


def test_a_part_that_onnx_has_no_form_of_is_named(rejected, network, monkeypatch):
    monkeypatch.setattr("service.exports.onnx.activations.WRITERS", {})
    problem = rejected(422, "GET", EXPORT, "format")
    assert problem["errors"][0]["detail"] == "onnx has no form of the activation sigmoid here"


@pytest.mark.parametrize("form", ["onnx", "mlflow"])
def test_without_the_package_the_answer_says_how_to_install_it(rejected, network, monkeypatch, form):
    for name in list(sys.modules):
        if name == "onnx" or name.startswith(("onnx.", "service.exports.onnx", "service.exports.mlflow")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "onnx", None)
    problem = rejected(501, "GET", f"{EXPORT}?format={form}")
    assert problem["type"] == "/problems/not_installed"
    assert "pip install 'onnx>=1.23,<2'" in problem["detail"]
