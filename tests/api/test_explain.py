import json
from pathlib import Path

import numpy as np
import pytest

from service.app import create_app
from service.operations.backend import Backend
from service.operations.limits import Limits
from tests.api.given import import_biases, passing

BOOK = json.loads((Path(__file__).parents[1] / "worked_examples.json").read_text())["cheese"]
EXPLAIN = "/networks/cheese/explain"


def explained(client, path=EXPLAIN, **body):
    answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json


def close(actual, expected):
    np.testing.assert_allclose(np.array(actual, float), np.array(expected, float), rtol=0, atol=1e-12)


@pytest.fixture
def book(client):
    """The network of the textbook, with its features and labels named."""
    spec = {**BOOK["network"], "name": "cheese", "inputs": ["fat", "salt"], "labels": ["dislike", "like"]}
    answer = client.post("/networks", json=spec)
    assert answer.status_code == 201, answer.text


def test_every_number_of_the_book_is_shown(client, book):
    expect = BOOK["expect"]
    seen = explained(client, inputs=[BOOK["row"]["inputs"]], targets=[BOOK["row"]["targets"]])

    close(seen["loss"], expect["loss"])
    close(seen["outputs"], [expect["activations"][-1]])
    assert [layer["name"] for layer in seen["layers"]] == ["dense_1", "dense_2"]
    for layer, z, activation, delta in zip(
        seen["layers"], expect["z"], expect["activations"], expect["deltas"], strict=True
    ):
        close(layer["z"], [z])
        close(layer["activation"], [activation])
        close(layer["delta"], [delta])
        close(layer["gradients"]["biases"], delta)
    # Without an optimizer it is sgd at 0.01, the book's own.
    for layer, weights, biases in zip(
        seen["after"], expect["after_one_step"]["weights"], expect["after_one_step"]["biases"], strict=True
    ):
        close(layer["weights"], weights)
        close(layer["biases"], biases)
    assert seen["network"] == "cheese"
    assert seen["snapshot"] == client.get("/networks/cheese/snapshots/initial").json["id"]
    assert {"layer": "dense_1", "formula": "z = W x + b"} in seen["calls"]


def test_a_row_and_its_target_may_be_written_in_every_way(client, book):
    seen = explained(client, inputs=[[0.2, 0.9]], targets=[[1]])
    for inputs, targets in [
        ([0.2, 0.9], 1),
        ([0.2, 0.9], [1]),
        ([0.2, 0.9], "like"),
        ({"salt": 0.9, "fat": 0.2}, "like"),
        ([{"salt": 0.9, "fat": 0.2}], ["like"]),
    ]:
        assert explained(client, inputs=inputs, targets=targets) == seen


def test_one_class_of_several_is_a_target(client):
    passing(client, "insects", activation="softmax", loss="cross_entropy", labels=["ant", "bee", "cat"])
    path = "/networks/insects/explain"
    seen = explained(client, path, inputs=[1, 2, 3], targets="cat")
    assert seen == explained(client, path, inputs=[1, 2, 3], targets=2)
    assert seen == explained(client, path, inputs=[1, 2, 3], targets=[0, 0, 1])
    np.testing.assert_allclose(seen["layers"][0]["delta"], np.array(seen["outputs"]) - [[0, 0, 1]], atol=1e-15)


def test_a_single_input_may_stand_bare(client):
    passing(client, "line", inputs=1)
    path = "/networks/line/explain"
    one, two = explained(client, path, inputs=3, targets=1), explained(client, path, inputs=[3, 4], targets=[1, 2])
    assert (one["loss"], one["layers"][0]["z"]) == (4, [[3]])
    assert (two["loss"], two["layers"][0]["z"]) == (4, [[3], [4]])


def test_the_step_is_that_of_the_optimizer_asked_for(client):
    passing(client, "line", inputs=1)
    body = {"inputs": 3, "targets": 1}
    for optimizer, after in [
        ({"type": "sgd", "learning_rate": 0.5}, 1 - 0.5 * 2 * 2 * 3),
        ("sgd", 1 - 0.01 * 2 * 2 * 3),
        ({"type": "adam", "learning_rate": 0.25}, 0.75),
    ]:
        seen = explained(client, "/networks/line/explain", **body, optimizer=optimizer)
        assert seen["after"][0]["weights"] == [[pytest.approx(after, rel=1e-6)]]


def test_any_snapshot_can_be_explained(client):
    passing(client, "line", inputs=1)
    newest = import_biases(client, "line", [10])
    body = {"inputs": 0, "targets": 0}
    latest, initial = (
        explained(client, "/networks/line/explain", **body, **ref) for ref in ({}, {"snapshot": "initial"})
    )
    assert (latest["snapshot"], latest["outputs"], initial["outputs"]) == (newest, [[10]], [[0]])


def test_numbers_that_are_none_are_null_and_reported(client):
    passing(client, "huge", inputs=1, weight=1e308)
    seen = explained(client, "/networks/huge/explain", inputs=100, targets=0)
    assert (seen["loss"], seen["outputs"], seen["layers"][0]["z"]) == (None, [[None]], [[None]])
    assert {"loss", "outputs.0.0", "layers.0.z.0.0"} <= seen["nonfinite"].keys()


def test_nothing_is_trained_and_nothing_stored(client, book, count_rows):
    before, weights = count_rows(), client.get("/networks/cheese/weights").json
    explained(client, inputs=[0.2, 0.9], targets="like")
    assert (count_rows(), client.get("/networks/cheese/weights").json) == (before, weights)


BODY = {"inputs": [[0.2, 0.9], [0.1, 0.1]], "targets": ["like", "dislike"]}


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"network": "cheese"}, "#/network"),
        ({"snapshot": None}, "#/snapshot"),
        ({"input": [1, 2]}, "#/input"),
        ({"optimizer": None}, "#/optimizer"),
        ({"optimizer": "sdg"}, "#/optimizer"),
        ({"optimizer": {"type": "sgd", "learning_rate": -1}}, "#/optimizer/learning_rate"),
        ({"inputs": None}, "#/inputs"),
        ({"inputs": []}, "#/inputs"),
        ({"inputs": "0.2,0.9"}, "#/inputs"),
        ({"inputs": [[0.2, 0.9], [0.1]]}, "#/inputs/1"),
        ({"inputs": [[0.2, 0.9], [0.1, "x"]]}, "#/inputs/1/1"),
        ({"targets": None}, "#/targets"),
        ({"targets": []}, "#/targets"),
        ({"targets": ["like"]}, "#/targets"),
        ({"targets": ["like", "hate"]}, "#/targets/1"),
        ({"inputs": [0.2], "targets": "like"}, "#/inputs"),
        ({"inputs": [0.2, "x"], "targets": "like"}, "#/inputs/1"),
        ({"inputs": {"fat": 0.2}, "targets": "like"}, "#/inputs/salt"),
        ({"inputs": [0.2, 0.9], "targets": "hate"}, "#/targets"),
        ({"inputs": [0.2, 0.9], "targets": ["like", "like"]}, "#/targets"),
    ],
)
def test_a_bad_field_is_pointed_at(rejected, network, fields, place):
    rejected(422, "POST", EXPLAIN, place, json={**BODY, **fields})


def test_everything_wrong_is_reported_at_once(rejected, network):
    body = {"inputs": [[1]], "targets": ["hate"], "optimizer": "sdg"}
    rejected(422, "POST", EXPLAIN, "#/inputs/0", "#/targets/0", "#/optimizer", json=body)
    rejected(422, "POST", EXPLAIN, "#/inputs", "#/targets", json={})


def test_what_is_not_there_is_not_found(rejected, network):
    rejected(404, "POST", "/networks/chese/explain", json=BODY)
    rejected(404, "POST", "/networks/../explain", json=BODY)
    rejected(404, "POST", EXPLAIN, "#/snapshot", json={**BODY, "snapshot": "champion"})


@pytest.mark.parametrize("cell", ["NaN", "1e999", "[" * 2000 + "]" * 2000])
def test_numbers_that_are_none_are_not_json(rejected, network, cell):
    body = f'{{"inputs": [1, {cell}], "targets": "like"}}'
    rejected(400, "POST", EXPLAIN, data=body, content_type="application/json")


def test_deep_nesting_is_rejected_wherever_it_stands(rejected, network):
    deep = json.loads("[" * 900 + "]" * 900)
    for fields in ({"inputs": deep}, {"targets": deep}, {"optimizer": deep}):
        rejected(422, "POST", EXPLAIN, json={**BODY, **fields})


def test_another_type_a_large_body_and_arguments_are_rejected(rejected, network):
    rejected(415, "POST", EXPLAIN, data=json.dumps(BODY), content_type="text/plain")
    rejected(413, "POST", EXPLAIN, data=b" " * (2**20 + 1), content_type="application/json")
    rejected(422, "POST", f"{EXPLAIN}?snapshot=best", "snapshot", json=BODY)


def test_only_what_can_be_read_is_explained(storage, dispatcher, network):
    limits = Limits(max_explained_rows=2, max_explained_numbers=80)
    client = create_app(backend=Backend(storage, dispatcher, limits)).test_client()
    passing(client, "small", inputs=3)

    many = client.post("/networks/small/explain", json={"inputs": [[1, 2, 3]] * 3, "targets": [[1, 2, 3]] * 3})
    assert (many.status_code, many.json["errors"][0]["pointer"]) == (422, "#/inputs")
    large = client.post(EXPLAIN, json=BODY)
    assert (large.status_code, large.mimetype) == (422, "application/problem+json")
    assert "at most 80 numbers; a step of cheese with 2 rows takes 87" in large.json["detail"]


UNSTORED = {"network": BOOK["network"], **BOOK["row"], "optimizer": {"type": "sgd", "learning_rate": 0.01}}


def test_a_network_that_is_not_stored_is_explained_from_its_spec(client, count_rows):
    before = count_rows()
    seen = explained(client, "/explain", **UNSTORED)
    close(seen["loss"], BOOK["expect"]["loss"])
    for layer, weights in zip(seen["after"], BOOK["expect"]["after_one_step"]["weights"], strict=True):
        close(layer["weights"], weights)
    assert "snapshot" not in seen
    assert count_rows() == before


def test_its_weights_may_be_given_beside_the_spec_and_then_the_step_goes_on_from_there(client):
    once = explained(client, "/explain", **UNSTORED)
    again = explained(client, "/explain", **UNSTORED, layers=once["after"])
    assert again["loss"] < once["loss"]
    as_it_starts = explained(client, "/explain", **UNSTORED, layers=None)
    assert as_it_starts["loss"] == once["loss"]


def test_what_is_wrong_with_an_unstored_network_is_said_where_it_stands(rejected):
    nowhere = {**BOOK["network"], "layers": [{"type": "dense", "units": 0}]}
    rejected(422, "POST", "/explain", "#/network/layers/0/units", json={**UNSTORED, "network": nowhere})
    misfit = [{"name": "dense_1", "weights": [[1.0]], "biases": [0, 0, 0]}]
    places = ("#/layers/0/weights/0", "#/inputs")
    rejected(422, "POST", "/explain", *places, json={**UNSTORED, "inputs": [1], "layers": misfit})
