"""Trials of one shape train as one stack, each to the bytes that it comes to alone."""

from dataclasses import replace

import pytest

from service.domain.status import RequestedState
from service.jobs import stack_run
from service.jobs.job_run import run
from service.jobs.messages import Orders, ReportIntervals
from service.operations.searches import stacking
from service.operations.searches.driver import advance_due
from service.worker.job_runner import assignment_of
from tests.api.searches.searched import BODY, RATE, UNITS, queued
from tests.api.searches.stacks import claimed, run_claims

SEED, DECAY = "/network/seed", "/training/optimizer/weight_decay"
NUMBERS = {
    SEED: {"type": "int", "low": 0, "high": 1000},
    RATE: {"type": "float", "low": 0.001, "high": 0.1, "scale": "log"},
    DECAY: {"type": "float", "low": 1e-5, "high": 1e-2, "scale": "log"},
}
TRAINING = {**BODY["training"], "optimizer": "adamw", "epochs": 5}
LIMITS = {"trials": 4, "parallel": 4}


@pytest.fixture
def begun(search, backend):
    """The jobs of a search whose trials have all begun, by default of one shape."""

    def begin(**fields):
        search(**{"training": TRAINING, "parameters": NUMBERS, "limits": LIMITS, **fields})
        advance_due(backend)
        return queued(backend.storage)

    return begin


def alone(storage, claim, orders=None):
    chunks = (storage.read_chunk(one.id, number) for one in claim.datasets.values() for number in range(one.chunks))
    reports, told = [], orders or Orders.of(claim.job)
    run(assignment_of(claim, ReportIntervals()), lambda: told, reports.append, chunks)
    return reports


def result(reports):
    """Everything of a run but its times and ids."""
    epochs = [epoch._replace(seconds=0.0) for report in reports for epoch in report.epochs]
    kept = {snapshot.kind: snapshot for report in reports for snapshot in report.snapshots}
    weights = {kind: (one.epoch, one.values, one.calibration, one.reference) for kind, one in kept.items()}
    prepared = [report.preparation for report in reports if report.preparation]
    return epochs, weights, reports[-1].findings, reports[-1].end, prepared


def state(reports):
    [checkpoint] = [report.checkpoint for report in reports if report.checkpoint]
    return checkpoint.epoch, checkpoint.sha256, checkpoint.meta["state"]


def test_seeds_rates_and_decays_come_to_the_bytes_that_they_come_to_alone(backend, begun):
    claims = claimed(backend.storage, begun())
    stacked = run_claims(backend.storage, claims)
    for claim in claims:
        own = alone(backend.storage, claim)
        assert own[-1].end.error is None and not own[-1].end.stopped
        assert result(stacked[claim.job.id]) == result(own)


def test_one_that_diverges_leaves_the_others_to_themselves(backend, begun):
    rates = {"values": [0.01, 1e30, 0.02]}
    training = {**TRAINING, "optimizer": {"type": "sgd", "learning_rate": 0.01}}
    layers = [{"type": "dense", "units": 3, "activation": "relu"}, *BODY["network"]["layers"][1:]]
    network = {**BODY["network"], "layers": layers}
    jobs = begun(network=network, training=training, parameters={RATE: rates}, sampler="grid")
    claims = claimed(backend.storage, jobs)
    stacked = run_claims(backend.storage, claims)
    ends = [stacked[claim.job.id][-1].end.error for claim in claims]
    assert [error.code if error else None for error in ends] == [None, "diverged", None]
    for claim in claims:
        assert result(stacked[claim.job.id]) == result(alone(backend.storage, claim))


@pytest.mark.parametrize(
    ("changes", "paused_at"),
    [
        ({"requested_state": RequestedState.PAUSE}, None),
        ({"pause_at": 1}, 1),
        ({"epochs_per_second": 100.0}, None),
    ],
)
def test_one_that_stops_is_at_a_checkpoint_and_goes_on_to_the_same_bytes(backend, begun, changes, paused_at):
    storage, claims = backend.storage, claimed(backend.storage, begun())
    leaving = claims[1]
    orders = {claim.job.id: Orders.of(claim.job) for claim in claims}
    orders[leaving.job.id] = replace(orders[leaving.job.id], **changes)
    stacked = run_claims(storage, claims, orders)
    stopped = stacked[leaving.job.id]
    assert stopped[-1].end.stopped and stopped[-1].end.paused_at == paused_at
    for claim in claims:
        if claim is not leaving:
            assert result(stacked[claim.job.id]) == result(alone(storage, claim))
    [checkpoint] = [report.checkpoint for report in stopped if report.checkpoint]
    assert checkpoint.epoch == 1
    resumed = replace(leaving, checkpoint=checkpoint)
    whole = result(alone(storage, leaving))
    on = result(alone(storage, resumed))
    assert (on[0], on[1:4]) == (whole[0][1:], whole[1:4])
    # In a stack with others that begin, it comes to the same.
    mixed = run_claims(storage, [claims[0], resumed])
    assert result(mixed[leaving.job.id])[:4] == on[:4]
    assert result(mixed[claims[0].job.id]) == result(alone(storage, claims[0]))


def test_a_cancelled_one_leaves_without_a_checkpoint(backend, begun):
    claims = claimed(backend.storage, begun())
    orders = {claim.job.id: Orders.of(claim.job) for claim in claims}
    gone = claims[2].job.id
    orders[gone] = replace(orders[gone], requested_state=RequestedState.CANCEL)
    stacked = run_claims(backend.storage, claims, orders)
    assert stacked[gone][-1].end.stopped and not any(report.checkpoint for report in stacked[gone])
    assert [reports[-1].end.stopped for reports in stacked.values()] == [False, False, True, False]


def test_all_that_pause_stop_at_checkpoints_that_a_run_alone_makes(backend, begun):
    claims = claimed(backend.storage, begun())
    orders = {claim.job.id: replace(Orders.of(claim.job), pause_at=2) for claim in claims}
    stacked = run_claims(backend.storage, claims, orders)
    for claim in claims:
        own = alone(backend.storage, claim, orders[claim.job.id])
        assert stacked[claim.job.id][-1].end.stopped
        assert state(stacked[claim.job.id]) == state(own)


def test_where_a_stack_does_not_give_the_same_bytes_its_jobs_are_given_back(backend, begun, monkeypatch):
    monkeypatch.setattr(stack_run, "gives_same_bytes", lambda trainings: False)
    stacked = run_claims(backend.storage, claimed(backend.storage, begun()))
    assert all(len(reports) == 1 and reports[0].end.stopped for reports in stacked.values())
    assert not any(reports[0].end.trace for reports in stacked.values())


def test_a_fault_in_a_stack_is_no_jobs_fault(backend, begun):
    claims = claimed(backend.storage, begun())
    broken = [*claims[:1], replace(claims[1], start_values=b"torn")]
    stacked = run_claims(backend.storage, broken)
    for reports in stacked.values():
        assert reports[-1].end.stopped and reports[-1].end.error is None and "Traceback" in reports[-1].end.trace


def test_a_stack_reports_as_often_as_a_few_jobs():
    alone = ReportIntervals(report_seconds=0.5, checkpoint_seconds=5.0)
    assert stack_run.stack_intervals(alone, 2) == alone
    assert stack_run.stack_intervals(alone, 64) == ReportIntervals(report_seconds=16.0, checkpoint_seconds=40.0)


def beside(storage, jobs):
    [claim] = claimed(storage, jobs[:1])
    return list(storage.jobs_beside(claim.job.id, most=64))


def test_trials_of_one_shape_may_train_as_one_stack(backend, begun):
    jobs = begun()
    assert beside(backend.storage, jobs) == jobs[1:]


def test_those_of_other_shapes_or_batches_may_not(backend, begun):
    units = {UNITS: {"values": [2, 3]}, "/training/batch_size": {"values": [8, 16]}}
    jobs = begun(parameters=units, sampler="grid")
    assert beside(backend.storage, jobs) == []


@pytest.mark.parametrize(
    "training",
    [
        {"folds": 2, "validation": None},
        {"max_seconds": 60},
        {"epochs_per_second": 5.0},
        {"threads": 2, "batch_size": 16},
    ],
)
def test_those_that_train_more_than_once_or_within_a_limit_train_alone(backend, begun, training):
    given = {name: value for name, value in {**TRAINING, **training}.items() if value is not None}
    jobs = begun(training=given)
    assert beside(backend.storage, jobs) == []


def test_those_with_long_epochs_train_alone(backend, begun, monkeypatch):
    monkeypatch.setattr(stacking, "MAX_EPOCH_NUMBERS", 100)
    assert beside(backend.storage, begun()) == []


def test_networks_with_long_steps_share_a_process_and_come_to_the_same_bytes(backend, begun):
    layers = [{"type": "dense", "units": 250}, {"type": "dense", "units": 250}, *BODY["network"]["layers"][1:]]
    limits = {"trials": 2, "parallel": 2}
    jobs = begun(network={**BODY["network"], "layers": layers}, limits=limits)
    claims = claimed(backend.storage, jobs)
    stacked = run_claims(backend.storage, claims)
    for claim in claims:
        assert result(stacked[claim.job.id]) == result(alone(backend.storage, claim))


def test_seeds_that_draw_other_rows_are_no_stack(backend, begun):
    validation = {"fraction": 0.3, "method": "random"}
    same = begun(name="same", training={**TRAINING, "validation": validation})
    assert beside(backend.storage, same) == same[1:]
