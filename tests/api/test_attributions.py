"""Why this answer: the share of each input, over HTTP."""

import pytest

from service.app import create_app
from service.operations.backend import Backend
from service.operations.limits import Limits
from tests.api.given import import_biases, passing


def asked(client, network, inputs, body=True, **fields):
    answer = client.post("/predict", json={"network": network, "inputs": inputs, "attributions": body, **fields})
    assert answer.status_code == 200, answer.text
    return answer.json


def a_sum(client, name="sum", inputs=("fat", "salt"), weights=((2.0,), (-3.0,)), **fields):
    """A network of one output, 2 fat - 3 salt + 1."""
    layer = {"type": "dense", "units": len(weights[0]), "weights": weights, "biases": [1.0] * len(weights[0])}
    spec = {"name": name, "inputs": list(inputs), "dtype": "float64", "layers": [layer], **fields}
    answer = client.post("/networks", json=spec)
    assert answer.status_code == 201, answer.text


def test_each_row_says_what_each_feature_has_to_do_with_its_answer(client):
    a_sum(client)
    answer = asked(client, "sum", [[1, 2], {"fat": 0.5, "salt": 0}][:1] + [[0.5, 0]])
    assert answer["outputs"] == [[-3.0], [2.0]]
    first, second = answer["attributions"]
    assert first["inputs"] == pytest.approx({"fat": 2.0, "salt": -6.0})
    assert second["inputs"] == pytest.approx({"fat": 1.0, "salt": 0.0})
    assert (first["output"], first["value"], first["baseline"]) == (0, -3.0, 1.0)
    assert first["gap"] == pytest.approx(0, abs=1e-12)


def test_the_baseline_may_be_a_row_of_ones_own(client):
    a_sum(client)
    for baseline in ([1, 1], {"fat": 1, "salt": 1}):
        (why,) = asked(client, "sum", [{"fat": 1, "salt": 2}], {"baseline": baseline})["attributions"]
        assert why["inputs"] == pytest.approx({"fat": 0.0, "salt": -3.0}) and why["baseline"] == pytest.approx(0)


def test_inputs_without_names_go_by_their_index(client):
    passing(client, "plain", inputs=2, activation="softmax", loss="cross_entropy")
    (why,) = asked(client, "plain", [[3, 1]])["attributions"]
    assert why["inputs"].keys() == {"0", "1"} and why["output"] == 0
    assert sum(why["inputs"].values()) == pytest.approx(why["value"] - why["baseline"], rel=1e-2)


def test_the_class_of_each_row_is_explained_and_any_other_on_request(client):
    passing(client, "classes", activation="softmax", loss="cross_entropy", labels=["a", "b", "c"])
    answer = asked(client, "classes", [[5, 0, 0], [0, 0, 5]])
    assert [why["output"] for why in answer["attributions"]] == answer["labels"] == ["a", "c"]
    assert [why["value"] for why in answer["attributions"]] == pytest.approx([max(row) for row in answer["outputs"]])
    for wanted in ("b", 1):
        answer = asked(client, "classes", [[5, 0, 0]], {"output": wanted})
        assert answer["attributions"][0]["output"] == "b"
        assert answer["attributions"][0]["value"] == pytest.approx(answer["outputs"][0][1])
        assert answer["attributions"][0]["inputs"]["0"] < 0


def test_a_single_output_speaks_of_the_second_label(client, network):
    (why,) = asked(client, "cheese", [[0.2, 0.9]])["attributions"]
    assert why["output"] == "like" and why["inputs"].keys() == {"fat", "salt"}


@pytest.mark.parametrize("body", [False, None])
def test_nothing_is_said_unasked(client, network, body):
    assert "attributions" not in asked(client, "cheese", [[0.2, 0.9]], body)


def test_numbers_that_are_not_finite_are_null_with_their_kind(client):
    passing(client, "wild", inputs=1, weight=1e300)
    (why,) = (answer := asked(client, "wild", [[1e300]]))["attributions"]
    assert why["value"] is None and answer["nonfinite"]["attributions.0.value"] == "+inf"
    import_biases(client, "wild", [1.0])


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ("yes", "#/attributions"),
        (1, "#/attributions"),
        ({"outputs": 1}, "#/attributions/outputs"),
        ({"output": -1}, "#/attributions/output"),
        ({"output": 3}, "#/attributions/output"),
        ({"output": "d"}, "#/attributions/output"),
        ({"output": 1.5}, "#/attributions/output"),
        ({"baseline": [1, 2]}, "#/attributions/baseline"),
        ({"baseline": [1, 2, None]}, "#/attributions/baseline/2"),
        ({"baseline": "zeros"}, "#/attributions/baseline"),
    ],
)
def test_a_request_that_cannot_be_is_rejected_with_its_place(client, rejected, body, path):
    passing(client, "classes", activation="softmax", loss="cross_entropy", labels=["a", "b", "c"])
    rejected(422, "POST", "/predict", path, json={"network": "classes", "inputs": [[1, 2, 3]], "attributions": body})


def test_of_several_numbers_one_must_be_named(client, rejected):
    passing(client, "numbers")
    body = {"network": "numbers", "inputs": [[1, 2, 3]], "attributions": True}
    problem = rejected(422, "POST", "/predict", "#/attributions/output", json=body)
    assert "an index from 0 to 2" in problem["errors"][0]["detail"]
    assert asked(client, "numbers", [[1, 2, 3]], {"output": 2})["attributions"][0]["inputs"]["2"] == pytest.approx(3)


@pytest.mark.parametrize("limits", [Limits(max_attributed_rows=2), Limits(max_attributed_work=17)])
def test_rows_beyond_the_limit_are_rejected(storage, dispatcher, limits):
    client = create_app(backend=Backend(storage, dispatcher, limits)).test_client()
    a_sum(client)
    assert len(asked(client, "sum", [[1, 2]] * 2)["attributions"]) == 2
    answer = client.post("/predict", json={"network": "sum", "inputs": [[1, 2]] * 3, "attributions": True})
    assert answer.status_code == 422 and "at most 2 rows" in answer.json["errors"][0]["detail"]


# -- networks that speak the names and words of a table ----------------------------------------------------------------

COLOURS = ["red", "green", "blue"]


def of_a_table(client, name, target, units, **fields):
    inputs = [
        {"name": "weight", "type": "number"},
        {"name": "colour", "type": "category", "categories": COLOURS},
        {"name": "shape", "type": "category", "categories": ["round", "flat"], "encode": "embedding", "size": 2},
    ]
    layer = {"type": "dense", "units": units, "activation": fields.pop("activation", "linear")}
    spec = {"name": name, "inputs": inputs, "target": target, "layers": [layer], "seed": 1, **fields}
    answer = client.post("/networks", json=spec)
    assert answer.status_code == 201, answer.text


def test_a_table_is_explained_by_its_own_columns_and_words(client):
    target = {"name": "sort", "type": "category", "categories": ["a", "b", "c"]}
    of_a_table(client, "sorts", target, 3, activation="softmax", loss="cross_entropy")
    rows = [{"weight": 0.5, "colour": "blue", "shape": "flat"}, {"weight": -0.5, "colour": "red", "shape": "round"}]
    answer = asked(client, "sorts", rows)
    for why, label in zip(answer["attributions"], answer["labels"], strict=True):
        assert why["output"] == label and list(why["inputs"]) == ["weight", "colour", "shape"]
        assert sum(why["inputs"].values()) + why["gap"] == pytest.approx(why["value"] - why["baseline"], abs=1e-6)
    same = asked(client, "sorts", rows[:1], {"baseline": rows[0], "output": "b"})["attributions"][0]
    assert same["output"] == "b" and same["inputs"] == {"weight": 0, "colour": 0, "shape": 0}


def test_one_of_several_numbers_of_a_table_goes_by_its_name(client, rejected):
    target = [{"name": "price", "type": "number"}, {"name": "age", "type": "number"}]
    of_a_table(client, "numbers", target, 2)
    rows = [{"weight": 0.5, "colour": "blue", "shape": "flat"}]
    assert asked(client, "numbers", rows, {"output": "age"})["attributions"][0]["output"] == "age"
    body = {"network": "numbers", "inputs": rows, "attributions": True}
    assert "price, age" in rejected(422, "POST", "/predict", "#/attributions/output", json=body)["detail"]
    body["attributions"] = {"output": "age", "baseline": {"weight": 1, "size": 2}}
    rejected(422, "POST", "/predict", "#/attributions/baseline/size", json=body)


def test_a_network_without_parameters_is_attributed_too(client):
    spec = {"name": "act", "inputs": 3, "layers": [{"type": "activation", "activation": "softmax"}]}
    assert client.post("/networks", json=spec).status_code == 201
    answer = client.post("/predict", json={"network": "act", "inputs": [[1, 2, 3]], "attributions": {"output": 0}})
    assert answer.status_code == 200, answer.text
    [told] = answer.json["attributions"]
    assert sum(told["inputs"].values()) + told["gap"] == pytest.approx(told["value"] - told["baseline"])
