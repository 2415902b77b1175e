"""A cross-validation as a run: each fold is a training of its own, and a resumed one has equal bits."""

import statistics
from dataclasses import replace

import numpy as np
import pytest

from service.domain.status import RequestedState
from service.engine.evaluation import evaluate
from service.engine.rows import Rows
from service.engine.training.spec import TrainingSpec
from service.engine.training.trainer import Trainer
from service.jobs import encoded_rows
from service.jobs.folds import Folds, assign
from service.schema.validation import DataError
from tests.unit.jobs.makers import NETWORK, assignment, reports_of, requested_state_after

generator = np.random.default_rng(3)
INPUTS = generator.random((31, 2))
ROWS = Rows.of(NETWORK, INPUTS, (INPUTS.sum(axis=1, keepdims=True) > 1) * 1)
TRAINING = {
    "batch_size": 4,
    "seed": 5,
    "optimizer": {"type": "adam", "learning_rate": 0.05},
    "metrics": ["accuracy"],
    "early_stopping": {"patience": 4},
}
FOLDS = {"count": 3, "stratified": True}


def work(epochs=12, **settings):
    made = assignment(epochs, snapshots={"best": False, "last": False}, **TRAINING | settings)
    options = made.options | {"folds": Folds.from_json(FOLDS).to_json()}
    return replace(made, data=encoded_rows.encode(ROWS), options=options)


def assigned(rows=ROWS, **given):
    ways = {"classes": lambda: rows.targets[:, 0].astype(int), "bits": list}
    return assign(len(rows), Folds.from_json(given), seed=5, split_seed=0, **ways)


def alone(training, held_out):
    spec = TrainingSpec.from_json({"epochs": 12, **TRAINING})
    trainer = Trainer(NETWORK, spec, ROWS.take(training), validation=ROWS.take(held_out))
    list(trainer.epochs())
    return trainer


def test_each_fold_is_what_it_would_be_alone():
    *_, last = reports_of(work())
    found = last.end.folds
    trainers = [alone(*fold) for fold in assigned(**FOLDS)]
    expected = [
        evaluate(NETWORK, trainer.values, ROWS.take(held), trainer.spec.metrics)
        for trainer, (_, held) in zip(trainers, assigned(**FOLDS), strict=True)
    ]
    losses = found["numbers"]["val_loss"]
    assert losses["folds"] == [numbers["loss"] for numbers in expected]
    assert losses["mean"] == pytest.approx(statistics.fmean(losses["folds"]))
    assert losses["std"] == pytest.approx(statistics.stdev(losses["folds"]))
    assert found["epochs"] == [trainer.epoch for trainer in trainers]
    rows = found["rows"]
    assert sum(rows) == found["pooled"]["rows"] == len(ROWS) and found["diverged"] == []
    # A share of right answers in all rows is that of the folds, weighted by their rows.
    shares = found["numbers"]["val_accuracy"]["folds"]
    assert found["pooled"]["val_accuracy"] == pytest.approx(np.average(shares, weights=rows))


def test_no_weights_are_kept():
    assert [snapshot for report in reports_of(work()) for snapshot in report.snapshots] == []


def test_a_paused_run_goes_on_with_equal_bits():
    *_, whole = reports_of(work())
    before = reports_of(work(), requested_state_after(60, RequestedState.PAUSE))
    checkpoint = next(report.checkpoint for report in reversed(before) if report.checkpoint)
    assert 0 < checkpoint.epoch < 12 and before[-1].end.stopped
    *_, resumed = reports_of(replace(work(), checkpoint=checkpoint))
    assert resumed.end.folds == whole.end.folds
    assert resumed.epochs[-1].val_loss == whole.epochs[-1].val_loss


def test_if_all_folds_diverge_so_does_the_job():
    reports = reports_of(work(optimizer={"type": "sgd", "learning_rate": 1e300}))
    assert reports[-1].end.error.code == "diverged" and reports[-1].end.folds is None


@pytest.mark.parametrize(
    ("given", "path"),
    [({"count": 20}, ["folds.count"]), ({"group": "a"}, ["folds.group"]), ({"time": "a"}, ["folds.time"])],
)
def test_rows_that_cannot_be_assigned_are_rejected(given, path):
    with pytest.raises(DataError) as rejected:
        assigned(ROWS.take(np.arange(10)), **given)
    assert [issue.location for issue in rejected.value.issues] == path
