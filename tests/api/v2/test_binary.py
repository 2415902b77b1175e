"""Binary tensors of the Open Inference Protocol: recognised by the header that says how long the JSON is."""

import gzip
import json
import struct
import zlib

import numpy as np
import pytest

from tests.api.v2.conftest import HEADER_LENGTH, packed, tensor, unpacked

ROWS = np.array([[5.1, 3.5, 1.4, 0.2], [0.0, 9.0, 4.3, 1.3]])
URL = "/v2/models/iris/infer"


@pytest.fixture
def expected(infer, iris):
    outputs = infer("iris", tensor(ROWS))["outputs"]
    return {output["name"]: np.array(output["data"]).reshape(output["shape"]) for output in outputs}


@pytest.mark.parametrize("content_type", [None, "application/octet-stream", "application/json"])
def test_bytes_say_what_json_says_to_the_same_bits(client, expected, content_type):
    headers, body = packed([("x", "FP64", ROWS)], parameters={"binary_data_output": True}, id="7")
    answer = client.post(URL, data=body, headers=headers, content_type=content_type)
    head, found = unpacked(answer)
    assert head["id"] == "7"
    assert found.keys() == expected.keys()
    assert all(found[name].tolist() == expected[name].tolist() for name in expected)


def test_without_binary_outputs_the_answer_is_json_and_names_no_length(client, iris):
    headers, body = packed([("x", "FP64", ROWS)])
    answer = client.post(URL, data=body, headers=headers)
    assert answer.content_type == "application/json"
    assert HEADER_LENGTH not in answer.headers
    assert len(answer.json["outputs"]) == 3


def test_an_output_may_differ_from_what_the_request_says_of_all(client, expected):
    outputs = [{"name": "label"}, {"name": "outputs", "parameters": {"binary_data": False}}, {"name": "probabilities"}]
    headers, body = packed([("x", "FP64", ROWS)], outputs=outputs, parameters={"binary_data_output": True})
    head, found = unpacked(client.post(URL, data=body, headers=headers))
    assert ["data" in output for output in head["outputs"]] == [False, True, False]
    assert all(found[name].tolist() == expected[name].tolist() for name in expected)


def test_a_request_in_json_may_ask_for_binary_outputs(client, expected):
    body = {"inputs": [tensor(ROWS)], "parameters": {"binary_data_output": True}}
    _, found = unpacked(client.post(URL, json=body))
    assert found["probabilities"].tolist() == expected["probabilities"].tolist()


def test_classification_is_binary_too(client, iris):
    outputs = [{"name": "probabilities", "parameters": {"binary_data": True, "classification": 2}}]
    _, found = unpacked(client.post(URL, json={"inputs": [tensor(ROWS)], "outputs": outputs}))
    assert found["probabilities"].shape == (2, 2)
    assert found["probabilities"][0, 0].endswith(":0:setosa")


@pytest.mark.parametrize("datatype", ["FP16", "FP32", "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "BOOL"])
def test_every_datatype_is_converted(client, numbers, datatype):
    types = {"BOOL": "?", "FP": "<f", "INT": "<i", "UINT": "<u"}
    kind = datatype.rstrip("0123456789")
    width = datatype.removeprefix(kind)
    values = np.array([[1, 0, 1]], types[kind] + (str(int(width) // 8) if width else ""))
    headers, body = packed([("x", datatype, values)])
    [output] = client.post("/v2/models/numbers/infer", data=body, headers=headers).json["outputs"]
    assert output["data"] == [1.0, 0.0, 1.0]


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_a_body_is_packed_as_a_whole_and_the_length_is_that_of_the_unpacked_json(client, expected, encoding, pack):
    headers, body = packed([("x", "FP64", ROWS)], parameters={"binary_data_output": True})
    answer = client.post(URL, data=pack(body), headers={**headers, "Content-Encoding": encoding})
    assert unpacked(answer)[1]["outputs"].tolist() == expected["outputs"].tolist()
    plain = json.dumps({"inputs": [tensor(ROWS)]}).encode()
    assert client.post(URL, data=pack(plain), headers={"Content-Encoding": encoding}).status_code == 200


def test_an_answer_in_json_is_packed_where_the_client_accepts_it(client, iris):
    body = {"inputs": [tensor(np.zeros((50, 4)))]}
    answer = client.post(URL, json=body, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(answer.data))["outputs"][0]["shape"] == [50, 3]


HEAD = {"name": "x", "shape": [2, 4], "datatype": "FP64", "parameters": {"binary_data_size": 64}}
TEXT = json.dumps({"inputs": [HEAD]}).encode()
DATA = ROWS.tobytes()


def with_head(**changes):
    text = json.dumps({"inputs": [{**HEAD, **changes}]}).encode()
    return text + DATA, str(len(text))


@pytest.mark.parametrize(
    ("body", "length", "words"),
    [
        (TEXT + DATA[:-1], len(TEXT), ["binary_data_size", "is 64, but 63 bytes are left"]),
        (TEXT + DATA + b"\0", len(TEXT), ["take 1 bytes less than there are"]),
        (TEXT + DATA, len(TEXT) - 1, ["not valid JSON"]),
        (TEXT + DATA, len(TEXT) + 1, ["not valid JSON"]),
        (TEXT + DATA, len(TEXT + DATA) + 1, [HEADER_LENGTH, "from 0 to the body's"]),
        (TEXT + DATA, 0, ["not valid JSON"]),
        (TEXT + DATA, -1, [HEADER_LENGTH]),
        (TEXT + DATA, "ten", [HEADER_LENGTH]),
        (TEXT + DATA, "9" * 30, [HEADER_LENGTH]),
        (TEXT, len(TEXT), ["is 64, but 0 bytes are left"]),
        (*with_head(shape=[2, 3]), ["does not fit the shape", "take 48"]),
        (*with_head(shape=[2**31 - 1] * 8), ["does not fit the shape"]),
        (*with_head(shape=[1, 4]), ["does not fit the shape"]),
        (*with_head(datatype="FP32"), ["take 32: bytes"[:7], "got 64"]),
        (*with_head(datatype="BYTES"), ["inputs.0"]),
        (*with_head(parameters={"binary_data_size": 2**63}), ["but 64 bytes are left"]),
        (*with_head(parameters={"binary_data_size": "64"}), ["must be a whole number"]),
        (*with_head(parameters={}), ["inputs.0.data", "is required"]),
        (*with_head(data=[1] * 8), ["must be left out"]),
    ],
)
def test_a_body_that_is_not_what_it_says_is_rejected(refused, iris, body, length, words):
    refused("iris", body, *words, headers={HEADER_LENGTH: str(length)})


def texts(*parts):
    return b"".join(struct.pack("<I", len(part)) + part for part in parts)


@pytest.mark.parametrize(
    ("content", "shape", "words"),
    [
        (texts(b"Dream")[:-1], [1, 1], ["is cut off", "element 0"]),
        (b"\1\0", [1, 1], ["is cut off"]),
        (struct.pack("<I", 2**32 - 1) + b"Dream", [1, 1], ["is cut off"]),
        (texts(b"Dream"), [2, 1], ["2 elements are announced, got 1"]),
        (texts(b"Dream", b"Biscoe"), [1, 1], ["1 elements are announced, got 2"]),
        (texts(b"a", b"b", b"c"), [1, 1], ["announced, got more"]),
        (texts(b"\xff"), [1, 1], ["not UTF-8: 0"]),
        (b"", [2**31 - 1, 1], ["2,147,483,647 elements are announced, got 0"]),
    ],
)
def test_texts_that_are_not_what_they_say_are_rejected(refused, birds, content, shape, words):
    headers, body = packed([("island", "BYTES", content)], shape=shape)
    refused("birds", body, "inputs.0.parameters.binary_data_size", *words, headers=headers)


@pytest.mark.parametrize(
    ("body", "encoding", "status", "words"),
    [
        (b"no gzip", "gzip", 400, ["is not gzip"]),
        (gzip.compress(TEXT)[:-4], "gzip", 400, ["cut off"]),
        (gzip.compress(TEXT) + b"more", "gzip", 400, ["has more behind it"]),
        (TEXT, "br", 400, ["must be one of gzip, deflate"]),
        (gzip.compress(bytes(2**20 + 1)), "gzip", 413, ["at most 1,048,576 bytes, unpacked too"]),
    ],
)
def test_a_packed_body_is_bounded_and_whole(refused, iris, body, encoding, status, words):
    refused("iris", body, *words, status=status, headers={"Content-Encoding": encoding})


def test_missing_numbers_in_bytes_are_rejected_by_a_network_that_cannot_miss_any(refused, iris):
    headers, body = packed([("x", "FP64", np.array([[1, 2, np.nan, 4]]))])
    refused("iris", body, "inputs.0.data.2", "must be a finite number", headers=headers)


def test_the_answers_are_kept_as_those_of_predict_are(client, numbers):
    client.patch("/networks/numbers", json={"answer_log": {"share": 1}})
    headers, body = packed([("x", "FP64", np.array([[1.0, 2, 3]]))])
    answer = client.post("/v2/models/numbers/infer", data=body, headers=headers).json
    [kept] = client.get("/networks/numbers/answers").json["data"]
    assert kept["id"] == answer["parameters"]["prediction_id"]
    assert list(kept["inputs"].values()) == [1.0, 2.0, 3.0]


def test_an_answer_that_cannot_be_written_is_not_kept(client, refused, iris):
    client.patch("/networks/iris", json={"answer_log": {"share": 1}})
    outputs = [{"name": "label", "parameters": {"classification": 2}}]
    refused("iris", {"inputs": [tensor(ROWS)], "outputs": outputs}, "needs an output of one number per class")
    assert client.get("/networks/iris/answers").json["data"] == []
