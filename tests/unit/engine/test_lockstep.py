"""Several runs side by side: each equals itself alone, their report is the mean, and a resumed one has equal bits."""

import json

import numpy as np
import pytest

from service.engine.training.lockstep import Lockstep, Parted
from service.engine.training.side_by_side import Grouped, InTurn, Stacked
from service.engine.training.stackable import Training
from service.engine.training.stacked import StackedTrainer
from service.engine.training.state import TrainingState
from service.schema.validation import DataError
from tests.unit.engine.factories import a_network, a_trainer, dense, same_bits, some_rows

OPTIONS = {"epochs": 12, "batch_size": 4, "metrics": ["mae"], "optimizer": {"type": "adam", "learning_rate": 0.05}}
STOPPING = {"monitor": "val_loss", "patience": 2, "restore_best": True}
NETWORK = a_network(dense(4, "tanh"), dense(1))


def a_fit(index, state=None, interrupt=None, **options):
    """Rows, validation rows and order of its own."""
    rows, validation = some_rows(NETWORK, 11, seed=index), some_rows(NETWORK, 5, seed=90 + index)
    options = OPTIONS | {"seed": index, "early_stopping": STOPPING} | options
    return a_trainer(NETWORK, rows, validation=validation, state=state, interrupt=interrupt, **options)


@pytest.fixture(params=["in turn", "stacked", "apart", "apart in threads", "in groups"], autouse=True)
def way(request, monkeypatch):
    """How the runs take their epochs."""
    monkeypatch.setattr("tests.unit.engine.test_lockstep.WAY", request.param)
    if "apart" in request.param:
        monkeypatch.setattr("service.engine.training.stacked.is_worth_stacking", lambda training: False)


WAY = ""


def as_training(trainer, state=None):
    tracker = trainer._tracker
    rows = trainer._run.rows
    return Training(
        network=NETWORK, spec=trainer.spec, rows=rows, validation=tracker.validation, values=trainer.values, state=state
    )


def side_by_side(trainers, states=None, interrupt=None):
    if WAY == "in turn":
        return InTurn(trainers)
    if WAY == "in groups":
        places = [range(0, len(trainers), 2), range(1, len(trainers), 2)]
        first = [as_training(trainers[i], states and states[i]) for i in places[0]]
        stack = Stacked(StackedTrainer(first, interrupt=interrupt, holds=True))
        return Grouped([(places[0], stack), (places[1], InTurn([trainers[i] for i in places[1]]))])
    trainings = [as_training(*each) for each in zip(trainers, states or [None] * len(trainers), strict=True)]
    threads = 2 if "threads" in WAY else 1
    return Stacked(StackedTrainer(trainings, interrupt=interrupt, threads=threads, holds=True))


def fits(state=None, runs=3, **options):
    parted = Parted.of(state, runs)
    trainers = [a_fit(index, known, **options) for index, known in enumerate(parted.states)]
    return Lockstep(side_by_side(trainers, parted.states), lambda index: f"fit_{index + 1}", parted.counted)


def alone(index, **options):
    trainer = a_fit(index, **options)
    return trainer, list(trainer.epochs())


def test_each_run_ends_as_it_does_alone():
    lockstep = fits()
    reports = list(lockstep.epochs())
    lengths = []
    for index, trainer in enumerate(lockstep.trainers):
        single, own = alone(index)
        assert same_bits(trainer.values, single.values)
        assert trainer.outcome == single.outcome
        lengths.append(len(own))
    assert len(set(lengths)) > 1  # they stop at epochs of their own
    assert len(reports) == max(lengths)
    assert lockstep.outcome.reason == "stopped_early" if max(lengths) < 12 else "finished"


def test_an_epoch_reports_the_mean_of_all_runs():
    first = next(fits().epochs())
    own = [alone(index)[1][0] for index in range(3)]
    assert first.loss == pytest.approx(np.mean([report.loss for report in own]), rel=1e-15)
    assert first.val_loss == pytest.approx(np.mean([report.val_loss for report in own]), rel=1e-15)
    assert first.metrics["val_mae"] == pytest.approx(np.mean([report.metrics["val_mae"] for report in own]), rel=1e-15)
    assert [fit.loss for fit in first.fits] == [report.loss for report in own]


def test_a_run_that_has_stopped_counts_with_its_best_epoch():
    last = list(fits().epochs())[-1]
    for index, fit in enumerate(last.fits):
        own = alone(index)[1]
        assert fit.val_loss == min(report.val_loss for report in own) == fit.best_value
    assert last.best_value == pytest.approx(np.mean([fit.val_loss for fit in last.fits]), rel=1e-15)


@pytest.mark.parametrize("epoch", [1, 4, 9])
def test_runs_that_go_on_from_a_state_give_equal_bits(epoch):
    whole = fits()
    wanted = list(whole.epochs())
    stopped = fits()
    for _ in zip(range(epoch), stopped.epochs(), strict=False):
        pass
    state = stopped.state()
    text, arrays = json.dumps(state.to_json()), {name: array.copy() for name, array in state.arrays.items()}
    resumed = fits(TrainingState.restore(json.loads(text), arrays))
    assert list(resumed.epochs()) == wanted[epoch:]
    for one, other in zip(resumed.trainers, whole.trainers, strict=True):
        assert same_bits(one.values, other.values)


def test_a_run_that_had_stopped_stays_stopped_with_more_patience():
    stopped = fits()
    for report in stopped.epochs():
        if any(fit.ended for fit in report.fits):
            break
    first = [index for index, fit in enumerate(report.fits) if fit.ended][0]
    for _ in zip(range(2), stopped.epochs(), strict=False):
        pass
    resumed = fits(stopped.state(), early_stopping={**STOPPING, "patience": 50})
    last = list(resumed.epochs())[-1]
    assert same_bits(resumed.trainers[first].values, alone(first)[0].values)
    assert (last.epoch, resumed.outcome.reason) == (12, "finished")


def test_a_run_that_diverges_leaves_the_others_alone():
    adam = {"type": "adam", "learning_rate": 0.05}
    lockstep = Lockstep(side_by_side([a_fit(0), a_fit(1, optimizer=adam | {"learning_rate": 1e300})]), str)
    reports = list(lockstep.epochs())
    assert lockstep.lost == {1}
    assert reports[-1].fits[1] is None
    assert reports[-1].loss == reports[-1].fits[0].loss
    assert same_bits(lockstep.trainers[0].values, alone(0)[0].values)
    assert lockstep.outcome.ended_well


def test_it_diverges_when_every_run_does():
    lockstep = Lockstep(InTurn([a_fit(i, optimizer={"type": "sgd", "learning_rate": 1e200}) for i in range(2)]), str)
    list(lockstep.epochs())
    assert lockstep.outcome.reason == "diverged"


def test_an_interruption_within_an_epoch_ends_all_runs_after_the_one_before():
    asked = []

    def interrupt():
        asked.append(1)
        return len(asked) > 2  # in the third epoch of the first run

    lockstep = Lockstep(side_by_side([a_fit(0, interrupt=interrupt), a_fit(1)], interrupt=interrupt), str)
    reports = list(lockstep.epochs())
    assert lockstep.outcome.reason == "interrupted"
    assert lockstep.epoch == len(reports) == reports[-1].epoch


def test_a_state_of_another_number_of_runs_is_rejected():
    with pytest.raises(DataError, match="must be 2, as many as train now; got 3"):
        Parted.of(fits().state(), 2)


def test_layers_are_named_after_their_run():
    report = next(report for report in fits(early_stopping=None).epochs() if report.layers)
    assert [layer.layer for layer in report.layers][:3] == ["fit_1.dense_1", "fit_1.dense_2", "fit_2.dense_1"]
