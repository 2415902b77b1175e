"""Requests of the Open Inference Protocol, and what they are answered."""

import json

import numpy as np
import pytest

from tests.api.given import passing

HEADER_LENGTH = "Inference-Header-Content-Length"


@pytest.fixture
def iris(client):
    """A network of four numbers whose outputs are the softmax of the first three."""
    layer = {"type": "dense", "units": 3, "activation": "softmax", "weights": np.eye(4, 3).tolist(), "biases": [0] * 3}
    spec = {
        "name": "iris",
        "inputs": 4,
        "labels": ["setosa", "versicolor", "virginica"],
        "dtype": "float64",
        "loss": "cross_entropy",
        "layers": [layer],
    }
    answer = client.post("/networks", json=spec)
    assert answer.status_code == 201, answer.text
    return answer.json


@pytest.fixture
def numbers(client):
    """A network whose three outputs are its inputs."""
    return passing(client, "numbers")


@pytest.fixture
def infer(client):
    """Call it for the answer to a JSON request, which must succeed."""

    def send(path, *inputs, **fields):
        answer = client.post(f"/v2/models/{path}/infer", json={"inputs": list(inputs), **fields})
        assert answer.status_code == 200, answer.text
        assert answer.content_type == "application/json"
        return answer.json

    return send


@pytest.fixture
def refused(client, count_rows):
    """Send a bad inference request: it must be answered as the protocol's clients read it, and leave no row."""

    def send(path, body, *words, status=400, **kwargs):
        before = count_rows()
        data = body if isinstance(body, bytes) else json.dumps(body)  # NaN is written by the standard library
        answer = client.post(path if path.startswith("/") else f"/v2/models/{path}/infer", data=data, **kwargs)
        assert answer.status_code == status, answer.text
        assert answer.headers["Content-Type"] == "application/json"
        assert list(answer.json) == ["error"]
        assert all(word in answer.json["error"] for word in words), answer.json["error"]
        assert count_rows() == before
        return answer

    return send


def tensor(values, name="x", datatype="FP64", shape=None, **fields):
    values = np.asarray(values, dtype=object if datatype == "BYTES" else None)
    shape = list(values.shape) if shape is None else shape
    return {"name": name, "shape": shape, "datatype": datatype, "data": values.reshape(-1).tolist(), **fields}


def packed(inputs, **fields):
    """A binary request: its headers, and its body. Inputs are name, datatype and array, or bytes with their shape."""
    head, tail = [], []
    for name, datatype, values in inputs:
        content = values if isinstance(values, bytes) else in_bytes(values)
        shape = fields.pop("shape", None) or list(np.shape(values))
        size = {"binary_data_size": len(content)}
        head.append({"name": name, "datatype": datatype, "shape": shape, "parameters": size})
        tail.append(content)
    text = json.dumps({"inputs": head, **fields}).encode()
    return {HEADER_LENGTH: str(len(text))}, text + b"".join(tail)


def in_bytes(values):
    if values.dtype != object:
        return values.tobytes()
    texts = [text.encode() for text in values.reshape(-1)]
    return b"".join(len(text).to_bytes(4, "little") + text for text in texts)


def unpacked(answer):
    """The JSON of a binary answer, and its tensors by name."""
    types = {"FP64": "<f8", "FP32": "<f4", "INT64": "<i8", "BOOL": "?"}
    assert answer.content_type == "application/octet-stream"
    length = int(answer.headers[HEADER_LENGTH])
    head, tail = json.loads(answer.data[:length]), answer.data[length:]
    found = {}
    for output in head["outputs"]:
        size = output.get("parameters", {}).get("binary_data_size")
        if size is None:
            found[output["name"]] = np.array(output["data"]).reshape(output["shape"])
            continue
        content, tail = tail[:size], tail[size:]
        if output["datatype"] == "BYTES":
            texts = []
            while content:
                length = int.from_bytes(content[:4], "little")
                texts.append(content[4 : 4 + length].decode())
                content = content[4 + length :]
            values = np.array(texts, object)
        else:
            values = np.frombuffer(content, types[output["datatype"]])
        found[output["name"]] = values.reshape(output["shape"])
    assert not tail
    return head, found
