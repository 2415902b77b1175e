import io
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.api.conftest import LIMITS
from tests.api.doors import client_for

MODELS = Path(__file__).parents[1] / "unit" / "imports" / "models"
IMPORT = "/networks/import"


def form(file, **fields):
    parts = {"model": (io.BytesIO((MODELS / file).read_bytes()), file), "name": "mine"} | fields
    return {"data": {name: part for name, part in parts.items() if part is not None}, "content_type": FORM}


FORM = "multipart/form-data"


def test_a_foreign_model_predicts_here_and_learns_on(client):
    answer = client.post(IMPORT, **form("sklearn_classes.onnx"))
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/networks/{answer.json['id']}")
    made, expected = answer.json, json.loads((MODELS / "sklearn_classes.json").read_text())
    assert made == client.get("/networks/mine").json
    assert (made["labels"], made["explicit_weights"]) == (["high", "low", "mid"], True)
    assert made["loss"]["type"] == "cross_entropy"
    assert "cross_entropy is assumed" in made["warnings"][0]
    found = client.post("/predict", json={"network": "mine", "inputs": expected["inputs"]}).json
    assert "trained" not in found
    np.testing.assert_allclose(found["outputs"], expected["outputs"], atol=1e-6)
    data = {"inputs": expected["inputs"][:2], "targets": ["low", "mid"]}
    assert client.post("/train", json={"network": "mine", "data": data, "epochs": 2}).status_code == 202


def test_weights_may_come_in_a_second_file(client, rejected):
    data = (io.BytesIO((MODELS / "torch_split.onnx.data").read_bytes()), "weights")
    rejected(422, "POST", IMPORT, "#/data", **form("torch_split.onnx"))
    assert client.post(IMPORT, **form("torch_split.onnx", data=data)).status_code == 201
    expected = json.loads((MODELS / "torch_split.json").read_text())
    found = client.post("/predict", json={"network": "mine", "inputs": expected["inputs"]}).json
    np.testing.assert_allclose(found["outputs"], expected["outputs"], rtol=1e-5, atol=1e-6)


def test_an_own_export_comes_back_with_equal_bits(client, network):
    exported = client.get("/networks/cheese/export").data
    answer = client.post(IMPORT, data={"name": "again", "model": (io.BytesIO(exported), "m")}, content_type=FORM)
    assert answer.status_code == 201, answer.text
    ours, theirs = (client.get(f"/networks/{name}/weights").json["layers"] for name in ("cheese", "again"))
    assert ours == theirs
    assert answer.json["labels"] == ["dislike", "like"]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"name": None}, "#/name"),
        ({"name": ".hidden"}, "#/name"),
        ({"model": None}, "#/model"),
        ({"model": (io.BytesIO(b"no model"), "m")}, "#/model"),
        ({"path": "/etc/passwd"}, "#/path"),
        ({"name": ["one", "two"]}, "#"),
    ],
)
def test_a_bad_field_is_rejected_by_name(rejected, fields, place):
    rejected(422, "POST", IMPORT, place, **form("torch_mlp.script.onnx", **fields))


def test_other_problems(client, rejected, backend):
    assert client.post(IMPORT, **form("torch_mlp.script.onnx")).status_code == 201
    rejected(409, "POST", IMPORT, **form("torch_mlp.script.onnx"))
    rejected(415, "POST", IMPORT, data=b"raw", content_type="application/octet-stream")
    rejected(413, "POST", IMPORT, data=bytes(2**20 + 1), content_type=f"{FORM}; boundary=x")
    rejected(422, "POST", IMPORT, "#/model", "#/name", data=b"no form", content_type=f"{FORM}; boundary=x")


def test_a_network_beyond_the_limits_is_rejected_at_the_file(rejected, backend, monkeypatch):
    monkeypatch.setitem(backend.__dict__, "limits", replace(LIMITS, max_parameters=60))
    problem = rejected(422, "POST", IMPORT, "#/model", **form("torch_mlp.script.onnx"))
    assert (
        "gives a network whose layers[1].units the network would have 65 parameters" in problem["errors"][0]["detail"]
    )


def test_a_form_sent_twice_under_one_key_imports_once(client):
    headers = {"Idempotency-Key": "once"}
    first, second = (client.post(IMPORT, headers=headers, **form("torch_mlp.script.onnx")) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json and second.headers["Idempotency-Replayed"] == "true"
    assert client.post(IMPORT, headers=headers, **form("torch_double.script.onnx")).status_code == 422


def test_without_the_package_the_answer_says_how_to_install_it(rejected, monkeypatch):
    for name in list(sys.modules):
        if name == "onnx" or name.startswith(("onnx.", "service.imports.onnx")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert "pip install 'onnx>=1.23,<2'" in rejected(501, "POST", IMPORT, **form("torch_mlp.script.onnx"))["detail"]


def test_a_network_that_is_called_import_keeps_its_rights(app, storage, client, spec):
    assert client.post("/networks", json={**spec, "name": "import"}).status_code == 201
    reader, trainer = (client_for(app, storage, *scopes) for scopes in (("read",), ("train",)))
    assert reader.get("/networks/import").status_code == 200
    assert reader.delete("/networks/import").status_code == 403
    assert trainer.patch("/networks/import", json={"description": "x"}).status_code == 403
    assert reader.post(IMPORT, **form("torch_mlp.script.onnx")).status_code == 403
    assert trainer.post(IMPORT, **form("torch_mlp.script.onnx")).status_code == 201
