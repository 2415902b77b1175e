"""Which threshold a run chooses by its validation rows, and what it says of it."""

from dataclasses import replace

import numpy as np
import pytest

from service.data.calibration import Calibration
from service.data.signatures.choice import signature_of
from service.data.thresholds import ThresholdRule
from service.engine.inference import predict
from service.engine.network import Network
from service.engine.rows import Rows
from service.engine.spec import NetworkSpec
from service.engine.thresholds import figures
from service.jobs import encoded_rows
from service.jobs.thresholds import choose_threshold
from tests.unit.jobs.makers import NETWORK, assignment, reports_of


def classifier_of(outputs):
    layer = {"type": "dense", "units": outputs, "activation": "sigmoid" if outputs == 1 else "softmax"}
    loss = "binary_cross_entropy" if outputs == 1 else "cross_entropy"
    network = Network(NetworkSpec.from_json({"inputs": 1, "layers": [layer], "loss": loss, "dtype": "float64"}))
    return signature_of(network, features=None, labels=None, table=None).classifier


def chosen(outputs, classes, **rule):
    outputs = np.array(outputs, float)
    classes = np.array(classes)
    targets = classes[:, None].astype(float) if outputs.shape[1] == 1 else np.eye(outputs.shape[1])[classes]
    return choose_threshold(outputs, targets, classifier_of(outputs.shape[1]), ThresholdRule(**{"metric": "f1"} | rule))


RARE = [[0.1], [0.2], [0.3], [0.4], [0.45]], [0, 0, 0, 1, 1]


def test_a_rare_class_is_found_below_one_half_and_both_rules_are_described():
    found = chosen(*RARE)
    assert (found.positive, found.metric, found.rows, found.positives) == ("1", "f1", 5, 2)
    assert found.value == pytest.approx(0.35)
    assert (found.before.f1, found.before.recall, found.before.accuracy) == (0, 0, pytest.approx(0.6))
    assert (found.after.f1, found.after.recall, found.after.precision) == (1, 1, 1)


def test_the_first_of_two_classes_can_be_the_one():
    outputs = [[1 - p] for (p,) in RARE[0]]
    found = chosen(outputs, [1 - one for one in RARE[1]], positive="0")
    assert (found.positive, found.value, found.after.f1) == ("0", pytest.approx(0.35), 1)


def test_one_of_many_classes_is_judged_against_all_others():
    outputs = [[0.5, 0.3, 0.2], [0.2, 0.5, 0.3], [0.5, 0.2, 0.3], [0.6, 0.3, 0.1]]
    found = chosen(outputs, [0, 2, 2, 0], positive="2")
    assert (found.value, found.before.f1, found.after.f1) == (pytest.approx(0.25), 0, 1)


def test_where_the_usual_rule_is_as_good_it_stays():
    assert chosen([[0.2], [0.8]], [0, 1]).value == 0.5
    found = chosen([[0.6, 0.3, 0.1], [0.3, 0.4, 0.3], [0.45, 0.5, 0.05], [0.2, 0.2, 0.6]], [0, 1, 0, 2], positive="2")
    assert found.value is None and "most probable class has as high a f1" in found.reason


@pytest.mark.parametrize(
    ("classes", "rule", "reason"),
    [
        ([0, 0, 0, 0, 0], {}, "no validation row is of the class 1"),
        ([1, 1, 1, 1, 1], {}, "every validation row is of the class 1"),
        ([0, 1, 0, 1, 0], {"metric": "recall", "min_precision": 0.9}, "no threshold reaches a precision of 0.9"),
    ],
)
def test_where_there_is_none_the_reason_is_given(classes, rule, reason):
    found = chosen(RARE[0], classes, **rule)
    assert found.value is None and found.after is None and reason in found.reason


def test_recall_is_as_high_as_precision_allows():
    outputs, classes = [[0.1], [0.2], [0.3], [0.4], [0.45], [0.7]], [0, 1, 0, 0, 1, 1]
    found = chosen(outputs, classes, metric="recall", min_precision=0.6)
    assert (found.after.recall, found.after.precision) == (1, 0.6)
    found = chosen(outputs, classes, metric="recall", min_precision=0.7)
    assert (found.after.recall, found.after.precision) == (pytest.approx(2 / 3), 1)


draw = np.random.default_rng(0)
INPUTS = draw.random((400, 2))
TARGETS = (INPUTS.sum(axis=1, keepdims=True) + 0.4 * draw.normal(size=(400, 1)) > 1.75).astype(float)
TRAINING, VALIDATION = (Rows.of(NETWORK, INPUTS[part], TARGETS[part]) for part in (slice(200), slice(200, None)))


def test_a_run_keeps_the_threshold_with_its_weights_and_finds_no_class_unpredicted():
    work = replace(assignment(60, metrics=["f1"]), data=encoded_rows.encode(TRAINING, VALIDATION))
    plain = reports_of(work)
    rule = {"metric": "f1", "positive": "1"}
    reports = reports_of(replace(work, options=work.options | {"threshold": rule, "calibrate": True}))
    snapshots = {one.kind: one for report in reports for one in report.snapshots}
    found = Calibration.from_json(snapshots["last"].calibration)
    outputs = predict(NETWORK, NETWORK.from_bytes(snapshots["last"].values), VALIDATION.inputs, found.temperature)
    after = figures(outputs[:, 0] > found.threshold.value, VALIDATION.targets[:, 0] > 0.5)
    assert after == pytest.approx(found.threshold.after.to_json())
    assert found.threshold.after.f1 > found.threshold.before.f1 + 0.05
    assert [epoch.metrics for report in plain for epoch in report.epochs] == [
        epoch.metrics for report in reports for epoch in report.epochs
    ]
    # The answers to the training rows, which drift is measured against, are those of the threshold.
    shares = snapshots["last"].reference["answers"]["class"]
    assert shares != next(one for r in plain for one in r.snapshots if one.kind == "last").reference["answers"]["class"]


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_threshold_that_was_not_found_is_reported(is_kept):
    none = Rows.of(NETWORK, INPUTS[:50], np.zeros((50, 1)))
    work = replace(assignment(2, snapshots={"last": is_kept}), data=encoded_rows.encode(TRAINING, none))
    options = work.options | {"threshold": {"metric": "f1", "positive": "1"}}
    (found,) = [
        finding
        for finding in reports_of(replace(work, options=options))[-1].findings
        if finding["code"] == "threshold_not_chosen"
    ]
    assert "no validation row is of the class 1" in found["sentence"]
