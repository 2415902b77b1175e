import json

import numpy as np
import pytest

from tests.api.given import import_biases, passing

#: Each row's largest input is its class, as a passing network with a softmax sees it.
INPUTS = [[5, 0, 0], [0, 5, 0], [0, 5, 0], [0, 4, 5], [5, 1, 0]]
TRUE = [0, 1, 1, 1, 2]
ONE_HOT = [[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1]]
NAMES = ["ant", "bee", "cat"]


def labelled(client, **body):
    answer = client.post("/evaluate", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json


@pytest.fixture
def insects(client):
    return passing(client, "insects", activation="softmax", loss="cross_entropy", labels=NAMES)


@pytest.mark.parametrize("targets", [TRUE, ONE_HOT, [NAMES[index] for index in TRUE]])
def test_classes_are_judged_however_the_targets_are_written(client, insects, targets):
    answer = labelled(
        client,
        network="insects",
        data={"inputs": INPUTS, "targets": targets},
        metrics=["accuracy", {"type": "top_k_accuracy", "k": 2}, {"type": "f1", "average": "macro"}],
    )
    z = np.array(INPUTS, float)
    losses = np.log(np.exp(z).sum(axis=1)) - z[range(5), TRUE]
    assert answer["loss"] == pytest.approx(losses.mean(), rel=1e-12)
    assert answer["metrics"] == {"accuracy": 0.6, "top_2_accuracy": 0.8, "f1": pytest.approx((2 / 3 + 4 / 5 + 0) / 3)}
    assert answer["confusion"] == {"labels": NAMES, "counts": [[1, 0, 0], [0, 2, 1], [1, 0, 0]]}
    assert answer["classes"] == [
        {"label": "ant", "precision": 0.5, "recall": 1, "f1": pytest.approx(2 / 3), "support": 1},
        {"label": "bee", "precision": 1, "recall": pytest.approx(2 / 3), "f1": 0.8, "support": 3},
        {"label": "cat", "precision": 0, "recall": 0, "f1": 0, "support": 1},
    ]
    assert (answer["network"], answer["rows"]) == ("insects", 5)
    assert answer["snapshot"] == client.get("/networks/insects/snapshots/latest").json["id"]


def test_a_quotient_of_nothing_by_nothing_is_null_and_reported(client, insects):
    answer = labelled(client, network="insects", data={"inputs": [[5, 0, 0]], "targets": ["bee"]})
    assert [report["precision"] for report in answer["classes"]] == [0, None, None]
    assert [report["recall"] for report in answer["classes"]] == [None, 0, None]
    nothing = {"classes.1.precision", "classes.2.precision", "classes.0.recall", "classes.2.recall", "classes.2.f1"}
    assert answer["nonfinite"] == dict.fromkeys(nothing, "nan")


def test_one_output_separates_two_classes(client):
    passing(client, "taste", inputs=1, activation="sigmoid", loss="binary_cross_entropy", labels=["dislike", "like"])
    data = {"inputs": [2, 1, -1, -2, 3], "targets": ["like", "like", "like", "dislike", "dislike"]}
    answer = labelled(client, network="taste", data=data, metrics=["precision", "recall"])
    assert answer["confusion"] == {"labels": ["dislike", "like"], "counts": [[1, 1], [1, 2]]}
    assert answer["metrics"] == {"precision": pytest.approx(2 / 3), "recall": pytest.approx(2 / 3)}
    assert [(report["precision"], report["support"]) for report in answer["classes"]] == [
        (0.5, 2),
        (pytest.approx(2 / 3), 3),
    ]


def test_signs_are_classes(client):
    passing(client, "margin", inputs=1, loss="hinge")
    answer = labelled(client, network="margin", data={"inputs": [2, -0.5, 0.3], "targets": [1, -1, -1]})
    assert answer["loss"] == pytest.approx((0 + 0.5 + 1.3) / 3)
    assert answer["confusion"] == {"labels": ["0", "1"], "counts": [[1, 1], [0, 1]]}


def test_rows_of_several_classes_have_no_confusion_but_reports(client):
    passing(client, "topics", activation="sigmoid", loss="binary_cross_entropy", labels=NAMES)
    data = {"inputs": [[1, -1, 1], [1, 1, -1]], "targets": [[1, 1, 1], [0, 1, 0]]}
    answer = labelled(client, network="topics", data=data, metrics=["accuracy"])
    assert answer["confusion"] is None
    assert [(report["precision"], report["recall"], report["support"]) for report in answer["classes"]] == [
        (0.5, 1, 1),
        (1, 0.5, 2),
        (1, 1, 1),
    ]
    assert answer["metrics"] == {"accuracy": 0}


def test_numbers_are_judged_without_classes(client):
    passing(client, "plain", inputs=1)
    data = {"inputs": [1, 2, 3], "targets": [1, 2, 5]}
    answer = labelled(client, network="plain", data=data, metrics=["mae", "rmse", "r2"])
    assert answer["loss"] == pytest.approx(4 / 3)
    spread = np.var([1, 2, 5]) * 3
    assert answer["metrics"] == pytest.approx({"mae": 2 / 3, "rmse": np.sqrt(4 / 3), "r2": 1 - 4 / spread})
    assert answer["classes"] is answer["confusion"] is None


def test_shares_of_a_class_name_none(client, network):
    data = {"inputs": [[1, 2], [2, 1]], "targets": [0.3, 0.9]}
    answer = labelled(client, network="cheese", data=data)
    assert answer["classes"] is answer["confusion"] is None


def test_the_weight_of_a_row_counts_in_the_loss(client):
    passing(client, "plain", inputs=1)
    data = {"inputs": [1, 2], "targets": [0, 0]}
    assert labelled(client, network="plain", data=data)["loss"] == (1 + 4) / 2
    assert labelled(client, network="plain", data={**data, "sample_weights": [3, 0]})["loss"] == 3 / 2


def test_any_snapshot_can_be_judged(client):
    passing(client, "plain", inputs=1)
    newest = import_biases(client, "plain", [10])
    data = {"inputs": [1], "targets": [1]}
    latest, initial = (labelled(client, network="plain", data=data, snapshot=ref) for ref in ("latest", "initial"))
    assert (latest["loss"], latest["snapshot"], initial["loss"]) == (100, newest, 0)


def test_a_loss_that_is_no_number_is_null_and_reported(client):
    passing(client, "huge", inputs=1, weight=1e308)
    answer = labelled(client, network="huge", data={"inputs": [100], "targets": [0]}, metrics=["mae"])
    assert (answer["loss"], answer["metrics"]) == (None, {"mae": None})
    assert answer["nonfinite"].items() >= {"loss": "+inf", "metrics.mae": "+inf"}.items()
    assert {quantile["value"] for quantile in answer["targets"][0]["residual_quantiles"]} == {None}


def test_nothing_is_stored(client, insects, count_rows):
    before = count_rows()
    labelled(client, network="insects", data={"inputs": INPUTS, "targets": TRUE}, metrics=["accuracy"])
    assert count_rows() == before


DATA = {"inputs": [[0.2, 0.9], [0.1, 0.1]], "targets": ["like", "dislike"]}


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"network": None}, "#/network"),
        ({"snapshot": 7}, "#/snapshot"),
        ({"metric": ["accuracy"]}, "#/metric"),
        ({"metrics": None}, "#/metrics"),
        ({"metrics": "accuracy"}, "#/metrics"),
        ({"metrics": ["acuracy"]}, "#/metrics/0"),
        ({"metrics": ["accuracy", "accuracy"]}, "#/metrics/1"),
        ({"metrics": ["top_k_accuracy"]}, "#/metrics/0"),
        ({"metrics": [{"type": "precision", "average": "mean"}]}, "#/metrics/0/average"),
        ({"data": None}, "#/data"),
        ({"data": []}, "#/data"),
        ({"data": {}}, "#/data/inputs"),
        ({"data": {**DATA, "weights": [1, 1]}}, "#/data/weights"),
        ({"data": {**DATA, "inputs": []}}, "#/data/inputs"),
        ({"data": {**DATA, "inputs": [[1, 2], [1]]}}, "#/data/inputs/1"),
        ({"data": {**DATA, "inputs": [[1, 2], [1, "2"]]}}, "#/data/inputs/1/1"),
        ({"data": {**DATA, "targets": ["like"]}}, "#/data/targets"),
        ({"data": {**DATA, "targets": ["like", "hate"]}}, "#/data/targets/1"),
        ({"data": {**DATA, "targets": ["like", None]}}, "#/data/targets/1"),
        ({"data": {**DATA, "sample_weights": [1]}}, "#/data/sample_weights"),
        ({"data": {**DATA, "sample_weights": [1, -1]}}, "#/data/sample_weights/1"),
    ],
)
def test_a_bad_field_is_pointed_at(rejected, network, fields, path):
    rejected(422, "POST", "/evaluate", path, json={"network": "cheese", "data": DATA, **fields})


def test_a_metric_of_another_kind_is_rejected(client, rejected, insects):
    body = {"network": "insects", "data": {"inputs": INPUTS, "targets": TRUE}, "metrics": ["accuracy", "r2"]}
    rejected(422, "POST", "/evaluate", "#/metrics/1", json=body)


def test_everything_wrong_is_reported_at_once(rejected, network):
    body = {"network": "cheese", "data": {"inputs": [[1]], "targets": ["hate"]}, "metrics": ["acuracy"]}
    rejected(422, "POST", "/evaluate", "#/data/inputs/0", "#/data/targets/0", "#/metrics/0", json=body)
    rejected(422, "POST", "/evaluate", "#/network", json={})


def test_what_is_not_there_is_pointed_at(rejected, network):
    rejected(404, "POST", "/evaluate", "#/network", json={"network": "chese", "data": DATA})
    rejected(404, "POST", "/evaluate", "#/snapshot", json={"network": "cheese", "data": DATA, "snapshot": "champion"})


@pytest.mark.parametrize("cell", ["NaN", "1e999", "[" * 2000 + "]" * 2000])
def test_numbers_that_are_none_are_not_json(rejected, network, cell):
    body = json.dumps({"network": "cheese", "data": {**DATA, "inputs": ["CELL"]}}).replace('"CELL"', f"[1, {cell}]")
    rejected(400, "POST", "/evaluate", data=body, content_type="application/json")


def test_deep_nesting_is_rejected_wherever_it_stands(rejected, network):
    deep = json.loads("[" * 900 + "]" * 900)
    for fields in ({"data": deep}, {"data": {**DATA, "targets": deep}}, {"metrics": deep}):
        rejected(422, "POST", "/evaluate", json={"network": "cheese", "data": DATA, **fields})


def test_another_type_a_large_body_and_arguments_are_rejected(rejected, network):
    rejected(415, "POST", "/evaluate", data=json.dumps({"network": "cheese"}), content_type="text/csv")
    rejected(413, "POST", "/evaluate", data=b" " * (2**20 + 1), content_type="application/json")
    rejected(422, "POST", "/evaluate?snapshot=best", "snapshot", json={"network": "cheese", "data": DATA})
