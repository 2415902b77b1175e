from dataclasses import replace
from functools import partial
from itertools import accumulate, count, pairwise
from time import perf_counter
from types import SimpleNamespace

import pytest

from service.domain.status import RequestedState
from service.jobs import recorder as recorder_module
from service.jobs.job_run import run
from service.jobs.messages import End, Orders, ReportIntervals
from service.jobs.recorder import CHECKPOINT_SHARE, MAX_EPOCHS
from service.jobs.snapshot_policy import SnapshotPolicy
from service.storage.sql import exact_json
from tests.unit.jobs.makers import NETWORK, NEVER, ONE_BY_ONE, TOGETHER, assignment, reports_of, requested_state_after


def test_ten_thousand_tiny_epochs_are_a_handful_of_reports():
    epochs = 3 * MAX_EPOCHS
    reports = reports_of(assignment(epochs, **TOGETHER))
    assert len(reports) == 4
    assert [epoch.epoch for report in reports for epoch in report.epochs] == list(range(1, epochs + 1))


def test_every_epoch_is_reported_at_once_where_that_is_wanted():
    reports = reports_of(assignment(5, intervals=ReportIntervals(report_seconds=0, checkpoint_seconds=NEVER)))
    assert [[epoch.epoch for epoch in report.epochs] for report in reports] == [[1], [2], [3], [4], [5], []]


def test_the_seconds_of_a_run_are_those_of_its_epochs_so_far():
    started = perf_counter()
    reports = reports_of(assignment(3, intervals=ReportIntervals(report_seconds=0, checkpoint_seconds=NEVER)))
    elapsed = perf_counter() - started
    seconds = [epoch.seconds for report in reports for epoch in report.epochs]
    assert [report.seconds for report in reports] == pytest.approx([*accumulate(seconds), sum(seconds)])
    assert all(one > 0 for one in seconds) and sum(seconds) < elapsed


def test_checkpoints_that_take_long_come_rarely(monkeypatch):
    """A clock that moves on by a second whenever it is read: an epoch takes one, a checkpoint two."""
    seconds = count()
    monkeypatch.setattr(recorder_module, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
    reports = reports_of(assignment(200, intervals=ReportIntervals(report_seconds=NEVER, checkpoint_seconds=0)))
    epochs = [report.checkpoint.epoch for report in reports if report.checkpoint]
    assert {after - before for before, after in pairwise(epochs)} == {2 / CHECKPOINT_SHARE}


def test_only_the_newest_best_of_a_report_is_sent():
    (report,) = reports_of(assignment(30))
    assert [(snapshot.kind, snapshot.epoch) for snapshot in report.snapshots] == [("best", 30), ("last", 30)]
    assert report.snapshots[0].values == report.snapshots[1].values


def test_periodic_snapshots_are_spread_evenly_over_the_epochs():
    def periodic(**policy):
        (report,) = reports_of(assignment(10, snapshots={"every": 2, **policy}))
        return [snapshot.epoch for snapshot in report.snapshots if snapshot.kind == "periodic"]

    assert periodic() == [2, 4, 6, 8, 10]
    assert periodic(keep=None) == periodic(keep=5) == [2, 4, 6, 8, 10]
    assert periodic(keep=2) == [2, 4, 8]  # Of which the storage drops 2 when 8 comes.


@pytest.mark.parametrize("keep", [1, 2, 3, 7, 200])
@pytest.mark.parametrize("every", [1, 3])
def test_between_half_of_the_snapshots_to_keep_and_all_of_them_stay(every, keep):
    policy = SnapshotPolicy(every=every, keep=keep)
    kept = []
    for epoch in range(1, 3000):
        stride = policy.stride(epoch)
        if epoch % stride == 0:
            kept = [*(one for one in kept if one % stride == 0), epoch]
        assert len(kept) <= keep
        assert len(kept) >= min(epoch // every, keep // 2)
    gaps = {after - before for before, after in pairwise([0, *kept])}
    assert len(gaps) == 1


def test_a_request_to_pause_leaves_a_checkpoint_of_the_last_epoch():
    reports = reports_of(assignment(50), requested_state_after(20, RequestedState.PAUSE))
    assert reports[-1].end.stopped
    checkpoints = [report.checkpoint for report in reports if report.checkpoint]
    assert [checkpoint.epoch for checkpoint in checkpoints] == [reports[0].epochs[-1].epoch]
    assert 0 < checkpoints[0].epoch < 50


def test_a_run_goes_on_from_a_checkpoint_bit_for_bit():
    whole = reports_of(assignment(50))
    first = reports_of(assignment(50), requested_state_after(20, RequestedState.PAUSE))
    checkpoint = next(report.checkpoint for report in first if report.checkpoint)
    second = reports_of(assignment(50, checkpoint=checkpoint))
    assert second[0].epochs[0].epoch == checkpoint.epoch + 1
    assert second[-1].snapshots[-1].values == whole[-1].snapshots[-1].values
    assert [epoch.loss for report in (*first, *second) for epoch in report.epochs] == [
        epoch.loss for epoch in whole[0].epochs
    ]


def test_epochs_that_run_together_pause_and_go_on_bit_for_bit():
    work = partial(assignment, 500, snapshots={"every": 100}, **TOGETHER)
    whole = reports_of(work())
    first = reports_of(work(), requested_state_after(6, RequestedState.PAUSE))
    checkpoint = next(report.checkpoint for report in first if report.checkpoint)
    assert 1 < checkpoint.epoch < 500
    second = reports_of(work(checkpoint=checkpoint))
    assert [epoch.loss for report in (*first, *second) for epoch in report.epochs] == [
        epoch.loss for report in whole for epoch in report.epochs
    ]
    kept = {(one.kind, one.epoch): one.values for report in (*first, *second) for one in report.snapshots}
    expected = {(one.kind, one.epoch): one.values for report in whole for one in report.snapshots}
    assert expected.items() <= kept.items() and len(expected) > 5


def test_a_snapshot_within_epochs_that_run_together_has_the_weights_of_its_epoch():
    snapshots = {"every": 7}
    found = [
        {one.epoch: one.values for report in reports_of(work) for one in report.snapshots if one.kind == "periodic"}
        for work in (assignment(50, snapshots=snapshots, **TOGETHER), assignment(50, snapshots=snapshots, **ONE_BY_ONE))
    ]
    assert found[0] == found[1] and len(found[0]) == 7


def test_a_checkpoint_says_where_its_weights_lie():
    reports = reports_of(
        assignment(8, intervals=ReportIntervals(report_seconds=0, checkpoint_seconds=0), snapshots={"every": 1})
    )
    weights = {snapshot.epoch: snapshot.values for report in reports for snapshot in report.snapshots}
    checkpoints = [report.checkpoint for report in reports if report.checkpoint]
    assert checkpoints
    for checkpoint in checkpoints:
        assert checkpoint.values == weights[checkpoint.epoch]


def test_a_checkpoint_of_another_version_means_to_begin_again():
    first = reports_of(assignment(5, intervals=ReportIntervals(report_seconds=NEVER, checkpoint_seconds=0)))
    checkpoint = next(report.checkpoint for report in first if report.checkpoint)
    checkpoint.meta["state"] = checkpoint.meta["state"].replace('"version": ', '"version": 9')
    (again,) = reports_of(assignment(5, checkpoint=checkpoint))
    assert [epoch.epoch for epoch in again.epochs] == [1, 2, 3, 4, 5]


def test_restored_weights_are_reported_as_those_of_their_epoch_even_when_it_lies_before_a_resumption():
    training = {
        "optimizer": {"type": "adam", "learning_rate": 1e-9},
        "metrics": ["accuracy"],
        "early_stopping": {"monitor": "accuracy", "patience": 100},
    }
    first = reports_of(assignment(20, **training), requested_state_after(8, RequestedState.PAUSE))
    checkpoint = next(report.checkpoint for report in first if report.checkpoint)
    (second,) = reports_of(assignment(20, checkpoint=checkpoint, **training))
    (last,) = second.snapshots
    assert (last.kind, last.epoch, last.loss) == ("last", 1, first[0].epochs[0].loss)
    assert last.values == first[0].snapshots[0].values


@pytest.mark.parametrize(
    "training",
    [
        {},
        {
            "early_stopping": {"monitor": "accuracy", "patience": 2},
            "optimizer": {"type": "adam", "learning_rate": 1e-9},
        },
    ],
)
def test_a_run_that_goes_on_behind_its_last_epoch_still_leaves_its_weights(training):
    """The process may end between the checkpoint of the last epoch and the report that ends the job."""
    work = {
        "intervals": ReportIntervals(report_seconds=0, checkpoint_seconds=NEVER),
        "metrics": ["accuracy"],
        **training,
    }
    told = []

    def orders():
        return Orders(requested_state=RequestedState.PAUSE if len(told) == 3 else RequestedState.RUN)

    run(assignment(3, **work), orders, told.append)
    *told, lost = told
    assert (told[-1].checkpoint.epoch, lost.end) == (3, End(stopped_early=bool(training)))
    again = reports_of(assignment(3, checkpoint=through_storage(told[-1].checkpoint), **work))
    assert [(report.epochs, report.end) for report in again] == [((), lost.end)]
    assert kept_by([*told, *again]) == kept_by(reports_of(assignment(3, **work)))


def kept_by(reports):
    """The newest snapshot of each kind, but for its id."""
    return {snapshot.kind: replace(snapshot, id="") for report in reports for snapshot in report.snapshots}


def through_storage(checkpoint):
    return replace(checkpoint, meta=exact_json.decode(exact_json.encode(checkpoint.meta)))


def test_a_checkpoint_without_an_epoch_still_goes_on():
    first = reports_of(assignment(50), requested_state_after(20, RequestedState.PAUSE))
    checkpoint = next(report.checkpoint for report in first if report.checkpoint)
    del checkpoint.meta["latest"]
    (second,) = reports_of(assignment(50, checkpoint=checkpoint))
    assert second.epochs[0].epoch == checkpoint.epoch + 1


def test_running_out_of_memory_is_reported_as_such():
    def requested_state():
        raise MemoryError

    (report,) = reports_of(assignment(5), requested_state)
    assert report.end.error.code == "out_of_memory"
    assert "MemoryError" in report.end.trace


def test_weights_of_another_network_are_rejected():
    work = assignment(1)
    wrong = type(work)(**{**vars(work), "start_values": b"\0" * (4 * NETWORK.size + 4)})
    (report,) = reports_of(wrong)
    assert report.end.error.code == "bad_data"
    assert f"{4 * NETWORK.size} bytes" in report.end.error.message
