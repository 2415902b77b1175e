"""Thresholds of a class: chosen in a training, kept with weights, and used by everything that answers a class."""

import csv
import io
import json

import numpy as np
import pytest

from tests.api.played import play

TWO = {
    "name": "two",
    "inputs": ["x"],
    "labels": ["no", "yes"],
    "loss": "binary_cross_entropy",
    "layers": [{"type": "dense", "units": 1, "activation": "sigmoid", "bias": False}],
    "dtype": "float64",
}
THREE = {
    "name": "three",
    "inputs": ["x"],
    "labels": ["a", "b", "c"],
    "loss": "cross_entropy",
    "layers": [{"type": "dense", "units": 3, "activation": "softmax", "bias": False}],
    "dtype": "float64",
}
FIGURES = dict.fromkeys(("accuracy", "balanced_accuracy", "f1", "precision", "recall"), 0.5)
CHOSEN = {"positive": "yes", "value": 0.25, "metric": "f1", "rows": 9, "positives": 2, "before": FIGURES}
CHOSEN |= {"after": FIGURES, "reason": None}


def send(client, spec, weights, threshold):
    assert client.post("/networks", json=spec).status_code == 201
    layers = [{"name": "dense_1", "type": "dense", "weights": [weights]}]
    body = {"layers": layers, "calibration": {"rows": 9, "threshold": threshold}}
    return client.post(f"/networks/{spec['name']}/weights", json=body)


@pytest.fixture
def two(client):
    answer = send(client, TWO, [1], CHOSEN)
    assert answer.status_code == 201, answer.text


@pytest.fixture
def three(client):
    answer = send(client, THREE, [1, 0, -1], {"positive": "c", "value": 0.2})
    assert answer.status_code == 201, answer.text


#: The probability of yes is .27, .73 and .12.
ROWS = [[-1], [1], [-2]]


def test_a_class_is_answered_from_its_threshold_on_and_the_answer_says_so(client, two):
    answer = client.post("/predict", json={"network": "two", "inputs": ROWS, "top_k": 1}).json
    assert answer["labels"] == ["yes", "yes", "no"]
    assert answer["threshold"] == {"positive": "yes", "value": 0.25}
    assert answer["probabilities"][0]["yes"] == pytest.approx(1 / (1 + np.e))
    assert answer["top_k"][0][0]["label"] == "no"
    one = client.get("/predict?network=two&x=-1").json
    assert (one["labels"], one["threshold"]) == (["yes"], answer["threshold"])
    assert "threshold" not in client.get("/predict?network=two&x=-1&snapshot=initial").json


def test_one_of_many_classes_is_answered_from_its_threshold_on(client, three):
    # Of c: .24, .09 and .67; without it, a is the most probable of the second row, and b of none.
    rows = [[-0.15], [1], [-1]]
    labels = client.post("/predict", json={"network": "three", "inputs": rows}).json["labels"]
    assert labels == ["c", "a", "c"]
    assert [client.get(f"/predict?network=three&x={row[0]}").json["labels"][0] for row in rows] == labels


def test_csv_answers_and_the_open_inference_protocol_have_it_too(client, two):
    headers = {"Content-Type": "text/csv", "Accept": "text/csv"}
    text = client.post("/predict?network=two", data="x\r\n-1\r\n-2\r\n", headers=headers).text
    assert [line["label"] for line in csv.DictReader(io.StringIO(text))] == ["yes", "no"]
    tensor = {"name": "x", "datatype": "FP64", "shape": [3, 1], "data": [-1, 1, -2]}
    answer = client.post("/v2/models/two/infer", json={"inputs": [tensor]}).json
    assert next(one["data"] for one in answer["outputs"] if one["name"] == "label") == ["yes", "yes", "no"]


def test_an_evaluation_is_of_the_classes_that_are_answered(client, two):
    body = {"network": "two", "data": {"inputs": ROWS, "targets": ["yes", "yes", "no"]}}
    answer = client.post("/evaluate", json=body | {"metrics": ["accuracy", "recall", "log_loss", "roc_auc"]}).json
    assert answer["threshold"] == {"positive": "yes", "value": 0.25}
    assert answer["metrics"]["accuracy"] == answer["metrics"]["recall"] == answer["metrics"]["roc_auc"] == 1
    assert answer["metrics"]["log_loss"] == pytest.approx(answer["loss"])
    assert answer["confusion"]["counts"] == [[1, 0], [0, 2]]
    assert [one["f1"] for one in answer["classes"]] == [1, 1]
    # The naive answer is that of the majority, by the usual rule.
    assert answer["naive"]["label"] == "yes"


def test_an_evaluation_of_many_classes_is_of_those_that_are_answered(client, three):
    body = {"network": "three", "data": {"inputs": [[-0.15], [1]], "targets": ["c", "a"]}, "metrics": ["accuracy"]}
    answer = client.post("/evaluate", json=body).json
    assert answer["metrics"]["accuracy"] == 1 and answer["confusion"]["counts"] == [[1, 0, 0], [0, 0, 0], [0, 0, 1]]


def test_live_metrics_and_logged_answers_follow_the_threshold_of_their_weights(client, two):
    client.patch("/networks/two", json={"answer_log": {}})
    answer_id = client.post("/predict", json={"network": "two", "inputs": ROWS}).json["id"]
    items = [{"id": answer_id, "row": row, "actual": truth} for row, truth in enumerate(["yes", "yes", "no"])]
    assert client.post("/feedback", json={"items": items}).status_code == 200
    kept = client.get("/networks/two/answers").json["data"]
    assert {row["inputs"]["x"]: row["prediction"] for row in kept} == {-1: "yes", 1: "yes", -2: "no"}
    (group,) = client.get("/networks/two/monitoring").json["snapshots"]
    assert group["metrics"]["accuracy"] == 1


def test_weights_go_round_with_it_and_it_can_be_read(client, two):
    for form, kind in (("json", "application/json"), ("safetensors", "application/octet-stream")):
        read = client.get(f"/networks/two/weights?format={form}&snapshot=latest")
        made = client.post("/networks/two/weights", data=read.data, headers={"Content-Type": kind})
        assert made.status_code == 201, made.text
        found = client.get("/networks/two/calibration?snapshot=latest").json
        assert found["threshold"] == CHOSEN


def test_the_exported_program_answers_the_same_class(client, two):
    file = {"__name__": "file"}
    exec(client.get("/networks/two/export?format=python").text, file)
    assert file["predict"](ROWS).tolist() == ["yes", "yes", "no"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"positive": "maybe"}, "positive"),
        ({"value": 1.0}, "value"),
        ({"value": -0.1}, "value"),
        ({"metric": "loss"}, "metric"),
        ({"after": {"f1": 1}}, "after/accuracy"),
        ({"cut": 1}, "cut"),
    ],
)
def test_a_threshold_that_makes_no_sense_is_rejected_at_its_place(rejected, client, two, change, pointer):
    layers = [{"name": "dense_1", "weights": [[1]]}]
    body = {"layers": layers, "calibration": {"rows": 9, "threshold": CHOSEN | change}}
    rejected(422, "POST", "/networks/two/weights", f"#/calibration/threshold/{pointer}", json=body)


def test_numbers_have_no_threshold(client):
    layer = {"type": "dense", "units": 1, "bias": False}
    spec = {"name": "line", "inputs": 1, "layers": [layer]}
    answer = send(client, spec, [1], {"positive": "0", "value": 0.2})
    assert answer.status_code == 422
    assert "#/calibration/threshold" in [error["pointer"] for error in answer.json["errors"]]


draw = np.random.default_rng(0)
X = draw.normal(size=(300, 1))
Y = np.where(X[:, 0] + 0.8 * draw.normal(size=300) > 1.4, "yes", "no")
DATA = {"inputs": X.tolist(), "targets": Y.tolist()}
TRAIN = {"network": "two", "data": DATA, "epochs": 30, "validation": {"fraction": 0.5, "stratified": True}}


def test_a_training_chooses_it_on_its_validation_rows(client, storage, two):
    body = TRAIN | {"threshold": {"metric": "recall", "min_precision": 0.5}}
    answer = client.post("/train", json=body)
    assert answer.status_code == 202, answer.text
    assert answer.json["options"]["threshold"] == {
        "metric": "recall",
        "positive": "yes",
        "min_precision": 0.5,
        "min_recall": None,
    }
    play(storage, answer.json["id"])
    found = client.get("/networks/two/calibration?snapshot=latest").json["threshold"]
    assert found["rows"] == 150 and found["after"]["precision"] >= 0.5 > found["before"]["precision"]
    judged = client.post("/evaluate", json={"job": answer.json["id"], "metrics": ["precision", "recall"]}).json
    assert judged["evaluated_on"]["rows"] == "validation"
    assert judged["metrics"] == pytest.approx({name: found["after"][name] for name in ("precision", "recall")})
    again = client.post(f"/jobs/{answer.json['id']}/restart", json={})
    assert again.json["options"]["threshold"] == answer.json["options"]["threshold"]


@pytest.mark.parametrize(
    ("change", "pointer", "words"),
    [
        ({"threshold": {"metric": "f1", "positive": "maybe"}}, "#/threshold/positive", "one of no, yes"),
        ({"threshold": {"metric": "roc_auc"}}, "#/threshold/metric", "one of accuracy"),
        ({"threshold": {}}, "#/threshold/metric", "required"),
        ({"threshold": {"metric": "recall"}}, "#/threshold/min_precision", "required"),
        ({"threshold": {"metric": "recall", "min_recall": 0.5}}, "#/threshold/min_precision", "required"),
        ({"threshold": {"metric": "precision", "min_recall": 2}}, "#/threshold/min_recall", "at most 1"),
        (
            {"threshold": {"metric": "f1", "min_recall": 0.5, "min_precision": 0.5}},
            "#/threshold/min_recall",
            "together",
        ),
        ({"threshold": True}, "#/threshold", "object"),
        ({"threshold": {"metric": "f1"}, "validation": None}, "#/threshold", "validation rows"),
        ({"threshold": {"metric": "f1"}, "validation": None, "folds": 3}, "#/threshold", "left out with folds"),
    ],
)
def test_what_no_training_could_choose_is_rejected(rejected, client, two, change, pointer, words):
    problem = rejected(422, "POST", "/train", pointer, json=TRAIN | change)
    assert words in json.dumps(problem)


def test_a_class_of_many_must_be_named(rejected, three):
    body = {"network": "three", "data": {"inputs": [[1], [2]], "targets": ["a", "b"]}, "validation": {"fraction": 0.5}}
    rejected(422, "POST", "/train", "#/threshold/positive", json=body | {"threshold": {"metric": "f1"}})


def test_models_are_not_compared_by_classes_that_a_threshold_changes(rejected, two):
    body = TRAIN | {"metrics": ["f1", "roc_auc"], "threshold": {"metric": "f1"}}
    promote = {"alias": "production", "if": {"metric": "val_f1"}}
    rejected(422, "POST", "/train", "#/promote/if/metric", json=body | {"promote": promote})


def test_a_proposal_for_a_rare_class_offers_a_threshold_and_weights_and_says_what_they_cost(client, storage):
    kinds = ["fraud" if y == "yes" and n % 3 else "fine" for n, y in enumerate(Y)]
    lines = [f"{x:.4f},{kind}" for x, kind in zip(X[:, 0], kinds, strict=True)]
    client.post("/datasets?name=bank", data="\n".join(["x,kind", *lines]), content_type="text/csv")
    found = client.get("/datasets/bank/proposal?target=kind").json
    assert [list(offer["train"]) for offer in found["offers"]] == [["threshold"], ["class_weights"]]
    assert "precision" in found["offers"][0]["cost"] and '"fraud"' in found["offers"][0]["effect"]
    assert {"average_precision", "roc_auc", "f1"} <= set(found["train"]["metrics"])
    assert client.post("/networks", json=found["network"]).status_code == 201
    for offer in found["offers"]:
        answer = client.post("/train", json=found["train"] | offer["train"] | {"epochs": 1})
        assert answer.status_code == 202, answer.text
    lines = [f"{x:.4f},{'u' if x > 0 else 'v'}" for x in X[:, 0]]
    client.post("/datasets?name=even", data="\n".join(["x,kind", *lines]), content_type="text/csv")
    assert client.get("/datasets/even/proposal?target=kind").json["offers"] == []
