"""Models of PyTorch, scikit-learn and Keras come in with equal outputs. The scripts that made the files lie next to
them."""

import json
from pathlib import Path

import numpy as np
import pytest

from service.engine.inference import predict
from service.engine.network import Network
from service.engine.spec import NetworkSpec
from service.imports.onnx.model import read_model

MODELS = Path(__file__).parent / "models"
FILES = sorted(path.name for path in MODELS.glob("*.onnx"))


def answers(name):
    return json.loads((MODELS / f"{name.split('.')[0]}.json").read_text())


def read(name):
    data = MODELS / f"{name}.data"
    return read_model((MODELS / name).read_bytes(), data.read_bytes() if data.exists() else None, max_numbers=1_000_000)


def network_of(found):
    network = Network(NetworkSpec.from_json(found.spec))
    named = {
        f"{node.name}.{key}": tensor
        for node, own in zip(network.nodes, found.tensors, strict=True)
        for key, tensor in own.items()
    }
    return network, network.from_tensors(named)


@pytest.mark.parametrize("name", FILES)
def test_a_model_predicts_what_it_did_where_it_was_made(name):
    found, expected = read(name), answers(name)
    network, values = network_of(found)
    wanted = np.array(expected["outputs"])
    outputs = predict(network, values, np.array(expected["inputs"], network.dtype))
    if wanted.shape[1] == 2 and outputs.shape[1] == 1:
        outputs = np.hstack([1 - outputs, outputs])
    np.testing.assert_allclose(outputs, wanted, rtol=1e-6, atol=1e-6 * max(1, abs(wanted).max()))
    labels = expected.get("labels") or None
    assert found.labels == (None if labels in (None, ["False", "True"]) else tuple(labels))


@pytest.mark.parametrize("way", ["dynamo", "script"])
def test_a_gelu_by_erf_is_not_the_one_by_tanh(way):
    by_erf, by_tanh = (read(f"torch_{name}.{way}.onnx").spec["layers"][0] for name in ("gelu_exact", "gelu"))
    assert (by_erf["activation"], by_tanh["activation"]) == ({"type": "gelu_exact"}, {"type": "gelu"})
