"""KServe's V1 protocol: `:predict` with instances."""

import gzip

import numpy as np
import pytest

from tests.api.birds import fitted_network

ROWS = [
    {"mass": 3000, "bill": 40, "island": "Dream"},
    {"mass": 5000, "bill": None, "island": "Biscoe"},
]


def predict(client, name, instances, **kwargs):
    answer = client.post(f"/v1/models/{name}:predict", json={"instances": instances, "own": 1}, **kwargs)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/json"
    return answer.json


def test_models_are_listed_and_ready(client, network, birds):
    assert sorted(client.get("/v1/models").json["models"]) == ["birds", "cheese"]
    assert client.get("/v1/models/cheese").json == {"name": "cheese", "ready": True}


def test_each_instance_gets_its_label(client, network, birds):
    labels = client.post("/predict", json={"network": "birds", "inputs": ROWS}).json["labels"]
    assert predict(client, "birds", ROWS) == {"predictions": labels}
    rows = [[0.2, 0.9], [0.1, 0.1]]
    labels = client.post("/predict", json={"network": "cheese", "inputs": rows}).json["labels"]
    assert predict(client, "cheese", rows) == {"predictions": labels}


def test_numbers_are_bare_and_several_targets_have_their_names(client, storage):
    for name, columns in (("one", ["price"]), ("two", ["weight", "price"])):
        target = [{"name": column, "type": "number"} for column in columns]
        fitted_network(client, storage, name, target, len(columns), weights=np.eye(4, len(columns)))
    expected = client.post("/predict", json={"network": "two", "inputs": ROWS}).json["predictions"]
    assert predict(client, "two", ROWS) == {"predictions": expected}
    [first, second] = predict(client, "one", ROWS)["predictions"]
    assert isinstance(first, float) and isinstance(second, float)


def test_a_network_of_numbers_without_classes_answers_its_outputs(client):
    layer = {"type": "dense", "units": 2, "weights": [[1, 0], [0, 1]]}
    client.post("/networks", json={"name": "plain", "inputs": 2, "dtype": "float64", "layers": [layer]})
    assert predict(client, "plain", [[1, 2]]) == {"predictions": [[1.0, 2.0]]}
    body = gzip.compress(b'{"instances": [[1, 2]]}')
    packed = client.post("/v1/models/plain:predict", data=body, headers={"Content-Encoding": "gzip"})
    assert packed.json == {"predictions": [[1.0, 2.0]]}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, ["instances", "is required"]),
        ({"instances": []}, ["instances", "must not be an empty list"]),
        ({"instances": "1,2"}, ["instances"]),
        ({"instances": [[1, 2, 3]]}, ["instances.0", "must have 2 numbers, got 3"]),
        ({"instances": [[1, "a"]]}, ["instances.0.1", "must be a number"]),
        ([], ["must be a JSON object"]),
    ],
)
def test_wrong_instances_are_rejected_in_the_dialect_of_the_protocol(client, network, body, words):
    answer = client.post("/v1/models/cheese:predict", json=body)
    assert (answer.status_code, answer.content_type, list(answer.json)) == (400, "application/json", ["error"])
    assert all(word in answer.json["error"] for word in words), answer.json


def test_an_unknown_model_is_a_404(client):
    for answer in (client.get("/v1/models/x"), client.post("/v1/models/x:predict", json={"instances": [[1]]})):
        assert (answer.status_code, answer.json) == (404, {"error": "Model x not found"})


@pytest.mark.parametrize(
    "body",
    [b'{"instances": ["\\ud800"]}', b'{"instances": [NaN, "\\udc00"]}', b'{"instances": ["\xed\xa0\x80"]}'],
    ids=["escaped", "beside NaN", "in bytes"],
)
def test_half_of_a_pair_of_surrogates_is_no_text(client, network, body):
    for path in ("/v1/models/cheese:predict", "/v2/models/cheese/infer"):
        answer = client.post(path, data=body)
        assert answer.status_code == 400 and "not valid JSON" in answer.json["error"]


def test_a_pair_of_surrogates_beside_nan_is_one_letter(client, birds):
    body = b'{"instances": [{"mass": 3000, "bill": 40, "island": "\\ud83d\\ude00"}], "own": NaN}'
    assert client.post("/v1/models/birds:predict", data=body).status_code == 200
