"""The columns of a table as inputs of the Open Inference Protocol."""

import json

import numpy as np
import pytest

from tests.api.birds import fitted_network
from tests.api.v2.conftest import packed, tensor, unpacked

MASS = tensor([[3000.0], [5000.0], [4000.0]], "mass")
BILL = tensor([[40.0], [44.0], [42.0]], "bill")
ISLAND = tensor([["Dream"], ["Biscoe"], ["Dream"]], "island", "BYTES")
ROWS = [
    {"mass": 3000, "bill": 40, "island": "Dream"},
    {"mass": 5000, "bill": 44, "island": "Biscoe"},
    {"mass": 4000, "bill": 42, "island": "Dream"},
]


def test_each_column_is_an_input_and_the_target_an_output(client, infer, birds):
    predicted = client.post("/predict", json={"network": "birds", "inputs": ROWS}).json
    answer = infer("birds", MASS, BILL, ISLAND)
    label, chances = answer["outputs"]
    assert (label["name"], label["datatype"], label["shape"]) == ("species", "BYTES", [3])
    assert label["data"] == [row["species"] for row in predicted["predictions"]]
    assert (chances["name"], chances["shape"]) == ("probabilities", [3, 3])
    expected = [list(row.values()) for row in predicted["probabilities"]]
    assert np.reshape(chances["data"], (3, 3)).tolist() == expected
    assert "parameters" not in answer


def test_columns_come_in_any_order_and_as_rank_one_too(infer, birds):
    first = infer("birds", MASS, BILL, ISLAND, id="1")
    assert infer("birds", *({**one, "shape": [3]} for one in (ISLAND, MASS, BILL)), id="1") == first


def test_the_metadata_describe_every_column(client, birds):
    described = client.get("/v2/models/birds").json
    assert described["inputs"] == [
        {"name": "mass", "datatype": "FP64", "shape": [-1, 1]},
        {"name": "bill", "datatype": "FP64", "shape": [-1, 1]},
        {"name": "island", "datatype": "BYTES", "shape": [-1, 1]},
    ]
    assert described["outputs"] == [
        {"name": "species", "datatype": "BYTES", "shape": [-1]},
        {"name": "probabilities", "datatype": "FP64", "shape": [-1, 3]},
    ]
    assert described["properties"] == {"labels": '["Adelie","Gentoo","Chinstrap"]'}


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_a_missing_number_is_imputed_and_the_answer_says_so(client, birds, missing):
    body = {"inputs": [MASS, {**BILL, "data": [40.0, missing, 42.0]}, ISLAND]}
    answer = client.post("/v2/models/birds/infer", data=json.dumps(body))
    assert answer.json["parameters"] == {"imputed": "bill: 1 as 42.0"}
    filled = client.post("/predict", json={"network": "birds", "inputs": [ROWS[0], {**ROWS[1], "bill": None}, ROWS[2]]})
    assert answer.json["outputs"][0]["data"] == filled.json["labels"]


def test_an_empty_or_absent_text_is_missing_and_an_unknown_one_unseen(infer, birds):
    empty = infer("birds", MASS, BILL, {**ISLAND, "data": ["Dream", "", None]})
    assert "island: 2 as" in empty["parameters"]["imputed"]
    unseen = infer("birds", MASS, BILL, {**ISLAND, "data": ["Dream", "Skye", "Skye"]})
    assert unseen["parameters"] == {"unseen": "island: 2 (Skye)"}


def test_a_column_that_is_imputed_may_be_left_out(infer, birds):
    assert "bill: 3 as 42.0" in infer("birds", MASS, ISLAND)["parameters"]["imputed"]


def test_numbers_come_as_any_datatype_and_as_text(infer, birds):
    first = infer("birds", MASS, BILL, ISLAND, id="1")
    whole = tensor([[3000], [5000], [4000]], "mass", "INT32")
    text = tensor([["40"], ["44.0"], ["4.2e1"]], "bill", "BYTES")
    assert infer("birds", whole, text, ISLAND, id="1") == first


def test_columns_come_as_bytes_with_missing_ones(client, birds):
    island = np.array([["Dream"], ["Biscoe"], [""]], object)
    inputs = [
        ("mass", "FP64", np.array([[3000.0], [5000], [4000]])),
        ("bill", "FP32", np.array([[40], [np.nan], [42]], "f4")),
        ("island", "BYTES", island),
    ]
    headers, body = packed(inputs, parameters={"binary_data_output": True})
    answer = client.post("/v2/models/birds/infer", data=body, headers=headers)
    head, found = unpacked(answer)
    rows = [ROWS[0], {**ROWS[1], "bill": None}, {**ROWS[2], "island": None}]
    predicted = client.post("/predict", json={"network": "birds", "inputs": rows}).json
    assert found["species"].tolist() == predicted["labels"]
    assert found["probabilities"].tolist() == [list(row.values()) for row in predicted["probabilities"]]
    assert "bill: 1 as 42.0" in head["parameters"]["imputed"]


def test_the_columns_of_a_regression_are_named_as_its_targets(client, storage, infer):
    target = [{"name": "weight", "type": "number"}, {"name": "price", "type": "number"}]
    fitted_network(client, storage, "prices", target, 2, weights=np.eye(4, 2))
    predicted = client.post("/predict", json={"network": "prices", "inputs": ROWS}).json
    answer = infer("prices", MASS, BILL, ISLAND)
    assert [(one["name"], one["datatype"], one["shape"]) for one in answer["outputs"]] == [
        ("weight", "FP64", [3]),
        ("price", "FP64", [3]),
    ]
    assert [one["data"] for one in answer["outputs"]] == np.transpose(predicted["outputs"]).tolist()


def test_a_number_beyond_the_training_rows_is_held_and_the_answer_says_so(client, storage, infer):
    target = {"name": "weight", "type": "number", "bounded": True}
    fitted_network(client, storage, "weights", target, 1, weights=100 * np.eye(4, 1))
    answer = infer("weights", MASS, BILL, ISLAND)
    assert answer["outputs"][0]["data"] == [100, 400, 250]
    assert answer["parameters"] == {"held": "weight: 2 (100.0 to 400.0)"}


def test_a_target_of_yes_and_no_is_a_bool(client, storage, infer):
    fitted_network(
        client, storage, "sexes", {"name": "male", "type": "boolean"}, 1, weights=np.eye(4, 1), activation="sigmoid"
    )
    predicted = client.post("/predict", json={"network": "sexes", "inputs": ROWS}).json
    male, chances = infer("sexes", MASS, BILL, ISLAND)["outputs"]
    assert (male["name"], male["datatype"]) == ("male", "BOOL")
    assert male["data"] == [row["male"] for row in predicted["predictions"]]
    assert chances["shape"] == [3, 2]


def test_several_targets_of_yes_and_no_are_a_bool_each(client, storage, infer):
    targets = [{"name": "male", "type": "boolean"}, {"name": "tagged", "type": "boolean"}]
    fitted_network(client, storage, "flags", targets, 2, weights=np.eye(4, 2), activation="sigmoid")
    predicted = client.post("/predict", json={"network": "flags", "inputs": ROWS}).json["predictions"]
    answer = infer("flags", MASS, BILL, ISLAND)
    found = {one["name"]: one["data"] for one in answer["outputs"]}
    assert [found["male"], found["tagged"]] == [[row[name] for row in predicted] for name in ("male", "tagged")]


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ([BILL, ISLAND], ['must have the input "mass"']),
        ([MASS, BILL, {**ISLAND, "name": "islnd"}], ["inputs.2.name", 'did you mean "island"?']),
        ([MASS, tensor([[1.0], [2.0]], "bill"), ISLAND], ["inputs.1.shape", 'must be [3, 1] for "bill"', "got [2, 1]"]),
        ([tensor([[1.0, 2.0]], "mass")], ["inputs.0.shape", "must be [rows, 1]", "got [1, 2]"]),
        ([{**MASS, "data": [1, None, 2]}, BILL, ISLAND], ["inputs.0.data.1", "is missing"]),
        ([{**MASS, "data": [1, 2, float("inf")]}, BILL, ISLAND], ["inputs.0.data.2", "must be a finite number"]),
        ([MASS, tensor([["a"]] * 3, "bill", "BYTES"), ISLAND], ["inputs.1.data.0", 'got "a"']),
        ([MASS, BILL, {**ISLAND, "data": ["Dream", 5, None]}], ["inputs.2.data.1", "must be a text"]),
    ],
)
def test_a_column_that_does_not_fit_is_rejected_with_its_place(refused, birds, inputs, words):
    refused("birds", {"inputs": inputs}, *words)


def test_yes_and_no_and_moments_are_read_as_inputs(client, infer):
    inputs = [{"name": "wild", "type": "boolean"}, {"name": "seen", "type": "time", "parts": ["year"]}]
    layer = {"type": "dense", "units": 1}
    body = {"name": "seen", "inputs": inputs, "target": {"name": "price", "type": "number"}, "layers": [layer]}
    made = client.post("/networks", json=body)
    assert made.status_code == 201, made.text
    seen = tensor([["2024-03-01"], ["2024-03-01T12:30:00Z"]], "seen", "BYTES")
    answers = [
        infer("seen", tensor(wild, "wild", datatype), seen, id="1")
        for wild, datatype in (
            ([[True], [False]], "BOOL"),
            ([[1.0], [0.0]], "FP64"),
            ([["yes"], ["false"]], "BYTES"),
        )
    ]
    assert answers[0] == answers[1] == answers[2]


def test_moments_as_numbers_and_other_numbers_as_yes_or_no_are_rejected(client, refused):
    inputs = [{"name": "wild", "type": "boolean"}, {"name": "seen", "type": "time", "parts": ["year"]}]
    layer = {"type": "dense", "units": 1}
    body = {"name": "seen", "inputs": inputs, "target": {"name": "price", "type": "number"}, "layers": [layer]}
    assert client.post("/networks", json=body).status_code == 201
    refused("seen", {"inputs": [tensor([[1.0]], "wild"), tensor([[1.0]], "seen")]}, "inputs.1.data.0", "must be a time")
    seen = tensor([["2024-03-01"]], "seen", "BYTES")
    refused("seen", {"inputs": [tensor([[2.0]], "wild"), seen]}, "inputs.0.data.0", "must be true or false")
