"""Requests as unmodified clients have sent them: tritonclient 2.73.0, kserve 0.21.0, and `mlserver infer` 1.7.1.

`recorded.json` has their headers and bodies, apart from Host and lengths. The clients themselves run in tests/clients.
"""

import base64
import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from tests.api.v2.conftest import unpacked

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())
ROWS = np.array([[5.1, 3.5, 1.4, 0.2], [0.0, 9.0, 4.3, 1.3]])
LABELS = ["setosa", "versicolor"]


@pytest.mark.parametrize("recorded", RECORDED, ids=[one["name"] for one in RECORDED])
def test_it_is_answered_as_its_client_reads_it(client, iris, recorded):
    body = base64.b64decode(recorded["body"])
    answer = client.open(recorded["path"], method=recorded["method"], headers=recorded["headers"], data=body)
    assert answer.status_code == 200, answer.text
    if not recorded["path"].endswith("/infer"):
        content = gzip.decompress(answer.data) if answer.content_encoding else answer.data
        shape = {"/v1/models/iris:predict": {"predictions": LABELS}}.get(recorded["path"])
        assert json.loads(content) == shape if shape else type(json.loads(content)) in (list, dict)
        return
    head, found = read(answer)
    assert found["label"].tolist() == LABELS
    if "options" in recorded["name"]:
        assert head["id"] == "7"
        assert found["probabilities"][0, 0].endswith(":0:setosa")
    else:
        powers = np.exp(ROWS[:, :3])
        np.testing.assert_allclose(found["probabilities"], powers / powers.sum(axis=1, keepdims=True), rtol=1e-12)


def read(answer):
    if answer.content_type == "application/octet-stream":
        return unpacked(answer)
    assert answer.content_type == "application/json"
    head = answer.json
    return head, {one["name"]: np.array(one["data"]).reshape(one["shape"]) for one in head["outputs"]}


def test_clients_that_ask_for_binary_outputs_get_them(client, iris):
    kinds = {}
    for recorded in RECORDED:
        if recorded["path"].endswith("/infer"):
            body = base64.b64decode(recorded["body"])
            answer = client.post(recorded["path"], headers=recorded["headers"], data=body)
            kinds[recorded["name"]] = answer.content_type.removeprefix("application/")
    assert {name for name, kind in kinds.items() if kind == "json"} == {"kserve, JSON", "kserve, bytes"}
