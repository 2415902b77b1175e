"""How a run ends, and what it leaves: early stopping, divergence, interruption, and the plateau schedule on the way."""

import itertools

import numpy as np
import pytest

from service.engine.evaluation import evaluate
from service.engine.rows import Rows
from service.engine.training.monitor import Monitor
from service.engine.training.report import Outcome
from service.engine.training.spec import EarlyStopping
from service.schema.validation import SpecError
from tests.unit.engine.factories import a_network, a_trainer, dense, some_rows, train
from tests.unit.engine.textbook import Textbook, half_squared_error

SGD = {"type": "sgd", "learning_rate": 0.1}


@pytest.fixture
def passing_by():
    """One weight on its way from 0 to 1, passing by a validation row that wants 0.5 after seven epochs."""
    network = a_network(dense(1, bias=False, weights=[[0.0]]), loss="half_squared_error", inputs=1)
    return network, Rows.of(network, [[1.0]], [[1.0]]), Rows.of(network, [[1.0]], [[0.5]])


def run(passing_by, **settings):
    network, rows, validation = passing_by
    return train(network, rows, validation=validation, epochs=100, optimizer=SGD, **settings)


# -- early stopping --------------------------------------------------------------------------------------------------


def test_a_run_stops_when_patience_is_at_its_end_and_restores_the_best_weights(passing_by):
    trainer, reports = run(passing_by, early_stopping={"patience": 3})
    best = min(reports, key=lambda report: report.val_loss)
    assert trainer.outcome == Outcome("stopped_early", best.epoch + 3) and len(reports) == best.epoch + 3
    assert trainer.values[0] == pytest.approx(1 - 0.9**best.epoch)
    assert np.array_equal(trainer.values, trainer.best_values)
    assert (reports[-1].best_epoch, reports[-1].best_value) == (best.epoch, best.val_loss)


def test_the_last_weights_stay_when_the_best_are_not_wanted(passing_by):
    trainer, reports = run(passing_by, early_stopping={"patience": 3, "restore_best": False})
    assert trainer.best_values is None
    assert trainer.values[0] == pytest.approx(1 - 0.9 ** len(reports))


def test_the_best_weights_are_restored_when_the_epochs_run_out_too(passing_by):
    trainer, reports = run(passing_by, early_stopping={"patience": 1000})
    assert trainer.outcome == Outcome("finished", 100)
    assert trainer.values[0] == pytest.approx(1 - 0.9 ** reports[-1].best_epoch)


@pytest.mark.parametrize("reason", ["diverged", "interrupted"])
def test_a_run_that_does_not_end_by_itself_keeps_its_last_epochs_weights(passing_by, reason):
    network, rows, _ = passing_by
    optimizer = SGD | {"learning_rate": 100 if reason == "diverged" else 0.1}
    asked = itertools.count(1)
    trainer = a_trainer(
        network,
        rows,
        validation=Rows.of(network, [[1.0]], [[0.0]]),  # so the first epoch is the best
        epochs=1000,
        optimizer=optimizer,
        early_stopping={"patience": 1000},
        interrupt=lambda: reason == "interrupted" and next(asked) == 10,
    )
    after = [trainer.values.copy() for _ in trainer.epochs()]
    assert trainer.outcome.reason == reason and not trainer.outcome.ended_well
    assert np.array_equal(trainer.best_values, after[0]) and len(after) > 1
    assert np.array_equal(trainer.values, after[-1])


def test_improved_marks_each_new_best_epoch(passing_by):
    _, reports = run(passing_by)
    best = np.minimum.accumulate([report.val_loss for report in reports])
    assert [report.improved for report in reports] == [True, *(best[1:] < best[:-1])]


def test_a_gain_below_min_delta_does_not_buy_more_time(passing_by):
    _, reports = run(passing_by, early_stopping={"monitor": "loss", "patience": 2, "min_delta": 0.02})
    losses = [report.loss for report in reports]
    mark, waited = losses[0], 0
    for epoch, loss in enumerate(losses[1:], 2):
        mark, waited = (loss, 0) if loss < mark - 0.02 else (mark, waited + 1)
        assert (waited == 2) == (epoch == len(reports))


def test_a_metric_may_be_monitored_whose_higher_value_is_better():
    network = a_network(dense(1, weights=[[-1.0], [0.3], [0.3]]), loss="binary_cross_entropy")
    inputs = np.random.default_rng(0).normal(size=(80, 3))
    rows = Rows.of(network, inputs, inputs[:, :1] > 0)
    stopping = {"monitor": "accuracy", "patience": 5}
    optimizer = {"type": "sgd", "learning_rate": 1}
    trainer, reports = train(
        network, rows, epochs=99, metrics=["accuracy"], early_stopping=stopping, optimizer=optimizer
    )
    values = [report.metrics["accuracy"] for report in reports]
    best = values.index(max(values)) + 1
    assert trainer.monitored == "accuracy" and min(values) < max(values)
    assert (reports[-1].best_epoch, reports[-1].best_value, trainer.outcome.epoch) == (best, max(values), best + 5)


@pytest.mark.parametrize(
    ("name", "values", "best", "stops"),
    [
        ("loss", [3, 2, 2, 2], 2, 4),
        ("loss", [3, 2, 2.5, 1.9, 2, 2], 4, 6),
        ("accuracy", [0.1, 0.3, 0.2, 0.2], 2, 4),
        ("val_r2", [-5, -1, -2, -3], 2, 4),
        ("val_top_3_accuracy", [0.1, 0.1, 0.1], 1, 3),
        ("loss", [float("nan"), 2, float("nan"), float("nan")], 2, 4),
        ("loss", [float("nan"), float("nan")], None, 2),
    ],
)
def test_patience_counts_epochs_without_a_better_value(name, values, best, stops):
    monitor = Monitor(name, EarlyStopping(patience=2))
    for epoch, value in enumerate(values, 1):
        monitor.look(epoch, value)
        assert monitor.exhausted == (epoch == stops)
    assert monitor.best_epoch == best


# -- divergence ------------------------------------------------------------------------------------------------------


def test_a_diverging_run_ends_with_the_last_finite_weights_and_says_where():
    network = a_network(dense(4), dense(2), loss="half_squared_error")
    rows, rate = some_rows(network, 12), 2.0
    oracle = Textbook.of(network, network.initial_values(), half_squared_error, rate)
    optimizer = {"type": "sgd", "learning_rate": rate}
    trainer = a_trainer(network, rows, epochs=1000, batch_size=2, shuffle=False, optimizer=optimizer)
    kept = network.initial_values()
    for report in trainer.epochs():
        assert np.isfinite(report.loss)
        kept = trainer.values.copy()
    with np.errstate(all="ignore"):
        while np.all(np.isfinite(oracle.step_losses)):
            oracle.epoch(rows, 2)
    epoch, step = divmod(int(np.argmin(np.isfinite(oracle.step_losses))), 6)
    assert trainer.outcome.reason == "diverged"
    assert (trainer.outcome.epoch, trainer.outcome.step) == (epoch + 1, step + 1)
    assert f"epoch {epoch + 1}, step {step + 1}" in trainer.outcome.message
    assert np.array_equal(trainer.values, kept) and np.isfinite(kept).all()


def test_a_run_that_diverges_at_once_leaves_its_start():
    network = a_network(dense(1, weights=[[1e200]], biases=[0.0]), inputs=1)
    rows = Rows.of(network, [[1e200]], [[0.0]])
    trainer, reports = train(network, rows)
    assert not reports and trainer.outcome.reason == "diverged" and trainer.outcome.epoch == 1
    assert np.array_equal(trainer.values, network.initial_values())


def test_finite_losses_whose_sum_is_not_are_divergence_and_no_accident():
    network = a_network(
        dense(1, weights=[[1.0]], biases=[0.0]), inputs=1, loss={"type": "log_cosh", "reduction": "sum"}
    )
    rows = Rows.of(network, [[1.0], [-1.0]], [[1.2e308], [1.2e308]])
    trainer, reports = train(network, rows, optimizer={"type": "sgd", "learning_rate": 1e-300})
    assert not reports and (trainer.outcome.reason, trainer.outcome.step) == ("diverged", 1)
    assert evaluate(network, trainer.values, rows)["loss"] == np.inf


def test_an_update_that_leaves_no_finite_weights_counts_as_divergence():
    network = a_network(dense(1, weights=[[1.0]]), inputs=1, dtype="float32")
    rows = Rows.of(network, [[1.0]], [[0.0]])
    trainer, reports = train(network, rows, optimizer={"type": "sgd", "learning_rate": 1e39})
    assert not reports and trainer.outcome.reason == "diverged"
    assert np.array_equal(trainer.values, network.initial_values())


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_numbers_whose_squares_overflow_are_no_divergence(optimizer):
    """Weights and gradients of 1e20 have squares beyond float32, and are finite all the same."""
    network = a_network(dense(2, weights=[[1e20, 1e20]], bias=False), inputs=1, dtype="float32", loss="log_cosh")
    rows = Rows.of(network, [[1e18]], [[0.0, 0.0]])
    settings = {"optimizer": {"type": optimizer, "learning_rate": 0.5}, "epochs": 3}
    trainer, reports = train(network, rows, **settings)
    assert trainer.outcome == Outcome("finished", 3)
    assert reports[0].gradient_norm == pytest.approx(1e18 * 0.5**0.5, rel=1e-6)
    assert reports[-1].layers[0].weight_norm == pytest.approx(2**0.5 * 1e20, rel=0.05)


# -- interruption ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("asked", "epochs"), [(1, 0), (3, 0), (4, 0), (5, 1), (6, 1), (9, 2)])
def test_an_interrupted_run_ends_with_the_last_whole_epoch(asked, epochs):
    network = a_network(dense(2), dense(1))
    rows = some_rows(network, 256)  # asked before each block of 64 steps: four times an epoch
    calls = itertools.count(1)
    settings = {"batch_size": 1, "optimizer": SGD | {"learning_rate": 0.01}}
    trainer, reports = train(network, rows, interrupt=lambda: next(calls) == asked, **settings)
    assert trainer.outcome == Outcome("interrupted", epochs) and len(reports) == epochs
    expected = train(network, rows, epochs=epochs, **settings)[0].values if epochs else network.initial_values()
    assert np.array_equal(trainer.values, expected)


# -- the plateau schedule --------------------------------------------------------------------------------------------


def test_a_plateau_lowers_the_rate_of_the_epochs_that_follow(passing_by):
    schedule = {"type": "plateau", "monitor": "val_loss", "patience": 1, "factor": 0.5, "min_factor": 0.2}
    _, reports = run(passing_by, schedule=schedule)
    best = min(reports, key=lambda report: report.val_loss).epoch
    rates = [report.learning_rate for report in reports]
    assert rates[: best + 2] == [0.1] * (best + 2), "the rate an epoch had, not the one that follows"
    assert rates[best + 2 : best + 6] == pytest.approx([0.05, 0.05, 0.025, 0.025]) and rates[-1] == pytest.approx(0.02)


def test_a_plateau_of_a_metric_whose_higher_value_is_better_waits_while_it_rises():
    network = a_network(dense(1, weights=[[0.5]] * 3), loss="half_squared_error")
    rows = some_rows(network, 30)
    schedule = {"type": "plateau", "monitor": "r2", "patience": 0, "min_delta": 0, "factor": 0.5}
    _, reports = train(network, rows, epochs=10, batch_size="full", metrics=["r2"], schedule=schedule, optimizer=SGD)
    r2 = [report.metrics["r2"] for report in reports]
    assert r2 == sorted(r2) and {report.learning_rate for report in reports} == {0.1}


# -- what cannot be watched ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "place", "words"),
    [
        ({"early_stopping": {"monitor": "val_loss"}}, "early_stopping.monitor", "there are no validation rows"),
        ({"early_stopping": {"monitor": "acuracy"}}, "early_stopping.monitor", "known: loss, r2"),
        ({"early_stopping": {"monitor": "los"}}, "early_stopping.monitor", 'did you mean "loss"'),
        ({"schedule": {"type": "plateau"}}, "schedule.monitor", "there are no validation rows"),
    ],
)
def test_a_number_that_no_report_has_cannot_be_watched(settings, place, words):
    network = a_network(dense(1))
    with pytest.raises(SpecError) as rejected:
        a_trainer(network, some_rows(network), metrics=["r2"], **settings)
    (issue,) = rejected.value.issues
    assert issue.location == place and words in issue.message
