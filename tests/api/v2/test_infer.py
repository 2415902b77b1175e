"""`infer` of the Open Inference Protocol with JSON."""

import json

import numpy as np
import pytest

from tests.api.v2.conftest import tensor


def softmax(rows):
    powers = np.exp(np.asarray(rows, float)[:, :3])
    return powers / powers.sum(axis=1, keepdims=True)


ROWS = [[5.1, 3.5, 1.4, 0.2], [0.0, 9.0, 4.3, 1.3]]


def outputs_of(answer):
    return {output["name"]: np.array(output["data"], object).reshape(output["shape"]) for output in answer["outputs"]}


def test_a_network_of_numbers_takes_one_matrix_and_says_all_that_its_signature_lists(infer, iris):
    answer = infer("iris", tensor(ROWS), id="42")
    assert (answer["model_name"], answer["id"]) == ("iris", "42")
    assert answer["model_version"].startswith("snap_")
    shapes = [(one["name"], one["datatype"], one["shape"]) for one in answer["outputs"]]
    assert shapes == [("outputs", "FP64", [2, 3]), ("label", "BYTES", [2]), ("probabilities", "FP64", [2, 3])]
    found = outputs_of(answer)
    np.testing.assert_allclose(found["probabilities"].astype(float), softmax(ROWS), rtol=1e-12)
    assert found["label"].tolist() == ["setosa", "versicolor"]
    assert "parameters" not in answer


def test_it_predicts_what_predict_does(client, infer, iris):
    predicted = client.post("/predict", json={"network": "iris", "inputs": ROWS}).json
    found = outputs_of(infer("iris", tensor(ROWS)))
    assert found["outputs"].tolist() == predicted["outputs"]
    assert found["label"].tolist() == predicted["labels"]


def test_an_id_is_made_where_a_request_has_none(infer, iris):
    ids = {infer("iris", tensor(ROWS), **fields)["id"] for fields in ({}, {"id": None}, {"id": ""})}
    assert len(ids) == 3 and "" not in ids


def test_only_the_outputs_that_are_listed_are_answered_in_their_order(infer, iris):
    answer = infer("iris", tensor(ROWS), outputs=[{"name": "label"}, {"name": "outputs", "parameters": None}])
    assert [one["name"] for one in answer["outputs"]] == ["label", "outputs"]


def test_unknown_and_null_fields_are_no_error_and_any_content_type_will_do(client, iris):
    body = {"model_name": "iris", "inputs": [tensor(ROWS, parameters=None)], "id": None, "parameters": None}
    body |= {"outputs": None, "own": 1}
    for content_type in (None, "application/json", "application/octet-stream", "text/plain"):
        answer = client.post("/v2/models/iris/infer?own=1", data=json.dumps(body), content_type=content_type)
        assert answer.status_code == 200, answer.text


def test_data_may_be_nested_as_the_shape_says(infer, iris):
    given = {"name": "x", "shape": [2, 4], "datatype": "FP64"}
    flat, nested = (infer("iris", {**given, "data": data})["outputs"] for data in (sum(ROWS, []), ROWS))
    assert flat == nested


@pytest.mark.parametrize(
    ("datatype", "values"),
    [
        ("FP16", [[1.5, 2, 3]]),
        ("FP32", [[1.5, -2, 3e7]]),
        ("INT8", [[-128, 0, 127]]),
        ("INT16", [[-5, 0, 5]]),
        ("INT32", [[-5, 0, 5]]),
        ("INT64", [[-5, 0, 2**50]]),
        ("UINT8", [[0, 1, 255]]),
        ("UINT16", [[0, 1, 2]]),
        ("UINT32", [[0, 1, 2]]),
        ("UINT64", [[0, 1, 2**53]]),
        ("BOOL", [[True, False, True]]),
    ],
)
def test_every_datatype_of_numbers_is_converted(infer, numbers, datatype, values):
    [output] = infer("numbers", {"name": "x", "shape": [1, 3], "datatype": datatype, "data": values})["outputs"]
    assert output == {"name": "outputs", "datatype": "FP64", "shape": [1, 3], "data": [float(one) for one in values[0]]}


def test_a_number_is_rounded_as_its_datatype_says(infer, numbers):
    [output] = infer("numbers", tensor([[0.1, 0.1, 0.1]], datatype="FP32"))["outputs"]
    assert output["data"] == [float(np.float32(0.1))] * 3


def test_the_outputs_of_a_network_in_single_precision_are_fp32(client, infer, numbers):
    client.post("/networks", json={"name": "small", "inputs": 1, "layers": [{"type": "dense", "units": 1}]})
    [output] = infer("small", tensor([1.0]))["outputs"]
    assert (output["datatype"], output["shape"]) == ("FP32", [1, 1])


def test_a_network_of_named_numbers_takes_one_input_for_each_of_them_as_well(infer, network):
    both = [tensor([[0.2, 0.9], [0.1, 0.1]])], [tensor([0.9, 0.1], "salt"), tensor([[0.2], [0.1]], "fat")]
    first, second = (infer("cheese", *inputs, id="1") for inputs in both)
    assert first == second


def test_one_of_several_named_numbers_that_is_missing_or_not_finite_is_named(refused, network):
    fat = tensor([[0.2], [0.1]], "fat")
    refused("cheese", {"inputs": [fat]}, 'must have the input "salt"')
    refused("cheese", {"inputs": [fat, tensor([[0.2], [0.1]], "slt")]}, 'did you mean "salt"?')
    salt = tensor([[0.2], [float("nan")]], "salt")
    refused("cheese", {"inputs": [fat, salt]}, "inputs.1.data.1", "must be a finite number")
    refused("cheese", {"inputs": [fat, tensor([0.2], "salt")]}, "inputs.1.shape", "must be [2, 1]", "got [1]")


def test_a_class_without_a_label_is_a_number(client, infer):
    layer = {"type": "dense", "units": 2, "activation": "softmax"}
    client.post("/networks", json={"name": "bare", "inputs": 2, "loss": "cross_entropy", "layers": [layer]})
    answer = infer("bare", tensor([[1.0, 2.0]]), outputs=[{"name": "class"}, {"name": "probabilities"}])
    assert [(one["datatype"], one["shape"]) for one in answer["outputs"]] == [("INT64", [1]), ("FP32", [1, 2])]


def test_a_single_sigmoid_gives_the_probabilities_of_both_classes(client, infer, network):
    predicted = client.post("/predict", json={"network": "cheese", "inputs": [[0.2, 0.9]]}).json
    found = outputs_of(infer("cheese", tensor([[0.2, 0.9]])))
    assert found["probabilities"].tolist() == [list(predicted["probabilities"][0].values())]
    assert found["label"].tolist() == predicted["labels"]


def test_an_output_that_is_not_finite_is_null_in_json_and_has_no_class(client, infer, iris, numbers):
    layers = client.get("/networks/iris/weights").json["layers"]
    layers[0]["weights"][0] = [1e308] * 3
    layers[0]["weights"][1] = [1e308] * 3
    client.post("/networks/iris/snapshots", json={"layers": layers})
    found = outputs_of(infer("iris", tensor([[1e9, 0, 0, 0], [0, 0, 1, 0]])))
    assert found["probabilities"].tolist()[0] == [None] * 3
    assert found["label"].tolist()[0] == ""


@pytest.mark.parametrize("count", [1, 2, 3, 9])
def test_classification_gives_the_most_probable_classes_as_texts(infer, iris, count):
    wanted = [{"name": "probabilities", "parameters": {"classification": count}}]
    [output] = infer("iris", tensor(ROWS), outputs=wanted)["outputs"]
    count = min(count, 3)
    assert (output["datatype"], output["shape"]) == ("BYTES", [2, count])
    [first, _], chances = np.array(output["data"]).reshape(2, count), softmax(ROWS)[0]
    names = ["setosa", "versicolor", "virginica"]
    assert first.tolist() == [f"{chances[at]:f}:{at}:{names[at]}" for at in np.argsort(-chances)[:count]]


def test_classification_without_labels_has_value_and_index(infer, numbers):
    wanted = [{"name": "outputs", "parameters": {"classification": 2}}]
    [output] = infer("numbers", tensor([[1.0, 3.0, 2.0]]), outputs=wanted)["outputs"]
    assert output["data"] == ["3.000000:1", "2.000000:2"]


X = {"name": "x", "shape": [1, 4], "datatype": "FP64", "data": [1, 2, 3, 4]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "input-0"}, ['unknown input "input-0"', "known: x"]),
        ({"name": None}, ["inputs.0.name", "is required"]),
        ({"name": 5}, ["inputs.0.name", "must be a text"]),
        ({"shape": [4]}, ["inputs.0.shape", "must be [rows, 4]", "got [4]"]),
        ({"shape": [2, 2]}, ["must be [rows, 4]", "got [2, 2]"]),
        ({"shape": [2, 4]}, ["inputs.0.data", "must have 8 elements", "got 4"]),
        ({"shape": [-1, 4]}, ["inputs.0.shape.0", "must be at least 0"]),
        ({"shape": [1.0, 4]}, ["inputs.0.shape.0", "must be a whole number"]),
        ({"shape": [True, 4]}, ["inputs.0.shape.0", "must be a whole number"]),
        ({"shape": []}, ["inputs.0.shape", "1 to 8 sizes"]),
        ({"shape": "1,4"}, ["inputs.0.shape", "must be a list"]),
        ({"shape": [0, 4], "data": []}, ["inputs.0.shape", "one or more rows"]),
        ({"shape": [2**31 - 1, 2**31 - 1]}, ["must have 4,611,686,014,132,420,609 elements"]),
        ({"shape": [2**40, 4]}, ["inputs.0.shape.0", "must be at most"]),
        ({"shape": [1] * 9}, ["1 to 8 sizes"]),
        ({"datatype": "FLOAT"}, ["inputs.0.datatype", "unknown datatype", "FP64"]),
        ({"datatype": "BF16"}, ["BF16 is not supported"]),
        ({"datatype": "BYTES", "data": ["1", "2", "3", "4"]}, ["must be one of numbers, such as FP64"]),
        ({"datatype": "INT64", "data": [1, 2, 3, 4.5]}, ["inputs.0.data.3", "must be a whole number"]),
        ({"datatype": "INT64", "data": [1, 2, 3, None]}, ["inputs.0.data.3", "sent as FP64"]),
        ({"datatype": "INT8", "data": [1, 2, 3, 200]}, ["inputs.0.data.3", "from -128 to 127"]),
        ({"datatype": "UINT64", "data": [1, 2, 3, -1]}, ["from 0 to 18446744073709551615"]),
        ({"datatype": "BOOL"}, ["inputs.0.data.0", "must be true or false"]),
        ({"data": [1, 2, "3", 4]}, ["inputs.0.data.2", "must be a number", '"3"']),
        ({"data": [1, 2, True, 4]}, ["inputs.0.data.2", "must be a number"]),
        ({"data": [[1, 2], [3, 4]]}, ["inputs.0.data"]),
        ({"data": [[1, 2, 3], 4]}, ["inputs.0.data"]),
        ({"data": {"0": 1}}, ["inputs.0.data", "must be a list"]),
        ({"data": None}, ["inputs.0.data", "is required"]),
        ({"data": [1, 2, 10**400, 4]}, ["too large"]),
        ({"data": [1, 2, 1e300, float("inf")]}, ["must be a finite number"]),
        ({"data": [1, float("nan"), 3, 4]}, ["inputs.0.data.1", "must be a finite number"]),
        ({"data": [1, 2, 3, None]}, ["inputs.0.data.3", "must be a finite number"]),
        ({"shape": [2, 4], "data": [1, 2, 3, 4, 5, None, 7, 8]}, ["inputs.0.data.5: must be a finite number"]),
        ({"parameters": 5}, ["inputs.0.parameters", "must be an object"]),
        ({"parameters": {"shared_memory_region": "r"}}, ["shared_memory_region", "is not offered"]),
        ({"parameters": {"binary_data_size": 32}}, ["inputs.0.data", "must be left out"]),
        ({"data": None, "parameters": {"binary_data_size": 32}}, ["is 32, but 0 bytes are left"]),
        ({"data": None, "parameters": {"binary_data_size": -1}}, ["binary_data_size", "must be at least 0"]),
    ],
)
def test_a_wrong_tensor_is_rejected_with_its_place_and_what_would_be_right(refused, iris, change, words):
    refused("iris", {"inputs": [{**X, **change}]}, *words)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, ["inputs", "must be a list of one or more tensors"]),
        ({"inputs": []}, ["must be a list of one or more tensors"]),
        ({"inputs": {"x": X}}, ["must be a list of one or more tensors"]),
        ({"inputs": [5]}, ["inputs.0", "must be an object"]),
        ({"inputs": [X, X]}, ["inputs.1.name", "occurs twice"]),
        ({"inputs": [X], "id": 42}, ["id", "must be a text"]),
        ({"inputs": [X], "parameters": []}, ["parameters", "must be an object"]),
        ({"inputs": [X], "parameters": {"binary_data_output": 1}}, ["binary_data_output", "must be true or false"]),
        ({"inputs": [X], "outputs": {}}, ["outputs", "must be a list"]),
        ({"inputs": [X], "outputs": ["label"]}, ["outputs.0", "must be an object"]),
        ({"inputs": [X], "outputs": [{"name": "labl"}]}, ["outputs.0.name", 'did you mean "label"?']),
        ({"inputs": [X], "outputs": [{"name": "label"}] * 2}, ["must name each output once"]),
        ({"inputs": [X], "outputs": [{"name": "label"}] * 9}, ["must name each output once", "9 are listed"]),
        ({"inputs": [X] * 10_001}, ["inputs: must be at most 10,000 tensors, got 10,001"]),
        ([X], ["must be a JSON object"]),
        (b"", ["not valid JSON"]),
        (b'{"inputs": [', ["not valid JSON"]),
        (b"[" * 100_000, ["not valid JSON"]),
        (b"\xff\xfe", ["not valid JSON"]),
    ],
)
def test_a_wrong_request_is_rejected(refused, iris, body, words):
    refused("iris", body, *words)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"classification": "2"}, ["outputs.0.parameters.classification", "must be a whole number"]),
        ({"classification": -1}, ["must be at least 1"]),
        ({"shared_memory_region": "r"}, ["is not offered"]),
        ({"binary_data": "yes"}, ["binary_data", "must be true or false"]),
    ],
)
def test_wrong_parameters_of_an_output_are_rejected(refused, iris, wanted, words):
    body = {"inputs": [X], "outputs": [{"name": "probabilities", "parameters": wanted}]}
    refused("iris", body, *words)


def test_classification_of_what_is_no_list_of_scores_is_rejected(refused, iris):
    body = {"inputs": [X], "outputs": [{"name": "label", "parameters": {"classification": 1}}]}
    refused("iris", body, "needs an output of one number per class")


def test_more_rows_than_one_request_may_have_are_rejected(refused, iris):
    refused("iris", {"inputs": [tensor(np.zeros((10_001, 4)))]}, "must have at most 10,000 rows, got 10,001")


def test_what_nobody_can_find_is_a_404_in_the_words_of_mlserver(client, refused, iris):
    answer = refused("nothing", {"inputs": [X]}, status=404)
    assert answer.json == {"error": "Model nothing not found"}
    answer = refused("iris/versions/3", {"inputs": [X]}, status=404)
    assert answer.json == {"error": "Model iris with version 3 not found"}
    for path in ("/v2/models/nothing", "/v2/models/nothing/ready", "/v2/models/iris/versions/x", "/v2/trace/setting"):
        answer = client.get(path)
        assert (answer.status_code, answer.content_type, list(answer.json)) == (404, "application/json", ["error"])
    assert client.post("/v2/models/iris").status_code == 405
