"""Runs against a real database and queue. Only the child is scripted, to do what no real one can be made to do."""

import logging
import threading
import time
from dataclasses import replace

import pytest

from service.domain.jobs import JobError
from service.domain.paging import Page
from service.domain.status import RequestedState, Status
from service.errors import Damaged, PreconditionFailed, StorageUnavailable
from service.jobs.contest import Judgement
from service.jobs.messages import End, Orders, Report
from service.queues.huey import HueyDispatcher
from service.worker import job_runner as runner_module
from service.worker.forkserver import ChildStartError
from service.worker.job_runner import JobRunner
from service.worker.settings import WorkerSettings
from tests.storage.makers import claimed, epoch, events_of, snapshot, stored_job

SETTINGS = WorkerSettings(poll_seconds=0, grace_seconds=60)
OPTIONS = {"snapshots": {"every": 1, "keep": None}}
CANCEL = Orders(requested_state=RequestedState.CANCEL)
STOPPED = Report(end=End(stopped=True))


class Script:
    """A fork server and its child, which makes these reports, one a tick; an exception is raised instead.

    Behind the last report it says nothing more: it waits for `stops_when_told`, or until it is killed.
    """

    def __init__(self, *reports, stops_when_told=False):
        self._reports = iter(reports)
        self._stops_when_told = stops_when_told
        self.told, self.kills, self.is_closed, self._gives_up_at = [], 0, False, time.monotonic() + 20

    def start(self, assignment, chunks):
        return self

    def next_report(self, seconds):
        report = next(self._reports, None)
        if isinstance(report, Exception):
            raise report
        if report is None and self._stops_when_told and self.told:
            return STOPPED
        if report is None and self.kills:
            raise EOFError
        assert report or time.monotonic() < self._gives_up_at, "nobody stopped this child"
        return report

    def tell(self, orders):
        self.told.append(replace(orders, job_id=""))

    def kill(self):
        self.kills += 1

    def exit_code(self):
        return -11

    def close(self):
        self.is_closed = True


@pytest.fixture
def dispatcher(tmp_path):
    dispatcher = HueyDispatcher(f"sqlite:///{tmp_path / 'queue.db'}")
    yield dispatcher
    dispatcher.close()


@pytest.fixture
def run(storage, dispatcher):
    def run(job, child, settings=SETTINGS):
        JobRunner(storage, dispatcher, child, settings, owner="test", stopping=threading.Event()).supervise(job.id)
        return storage.get_job(job.id)

    return run


def trained_before(storage, *, seconds, **changes):
    """A queued job that has an epoch and so many seconds of training behind it."""
    job = claimed(storage, options=OPTIONS, **changes)
    storage.add_epochs(job.id, job.token, [epoch(1)], seconds=seconds, best_epoch=1, best_value=1.0)
    return storage.release(job.id, job.token, crashed=False, max_crashes=3)


def test_the_seconds_of_all_runs_add_up(storage, run):
    job = trained_before(storage, seconds=10.0)
    ended = run(
        job, Script(Report(epochs=(epoch(2),), seconds=1.5), Report(epochs=(epoch(3),), seconds=2.5, end=End()))
    )
    assert (ended.status, ended.epoch, ended.seconds) == (Status.SUCCEEDED, 3, 12.5)


def test_a_run_is_stopped_once_all_runs_together_took_longer_than_allowed(storage, run):
    job = trained_before(storage, seconds=10.0, max_seconds=9.0)
    child = Script(stops_when_told=True)
    ended = run(job, child)
    assert child.told == [CANCEL]
    assert (ended.status, ended.error.code) == (Status.FAILED, "timeout")


def test_a_run_that_has_time_left_is_not_stopped(storage, run):
    job = trained_before(storage, seconds=10.0, max_seconds=1000.0)
    child = Script(Report(epochs=(epoch(2),), seconds=1.0), Report(end=End()))
    assert (run(job, child).status, child.told) == (Status.SUCCEEDED, [])


def test_a_child_that_dies_without_a_word_gives_its_job_back_as_crashed(storage, run, dispatcher):
    job = run(stored_job(storage, options=OPTIONS), Script(EOFError()))
    assert (job.status, job.crashes, dispatcher.depth()) == (Status.QUEUED, 1, 1)
    assert "SIGSEGV" in storage.list_events(job.id)[-1].data["cause"]


def test_the_log_reports_why_a_run_failed_and_the_user_sees_no_traceback(storage, run, caplog):
    error = JobError(code="internal", message="A fault in the service itself.")
    child = Script(Report(end=End(error=error, trace="Traceback: line 7")))
    with caplog.at_level(logging.INFO, "service.worker"):
        job = run(stored_job(storage, options=OPTIONS), child)
    assert (job.status, job.error, child.is_closed) == (Status.FAILED, error, True)
    logged = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert "Traceback: line 7" in logged[0]
    assert logged[1].endswith("internal, A fault in the service itself.")


def test_a_child_that_cannot_be_started_gives_its_job_back_as_crashed(storage, run, dispatcher):
    class NoChild:
        def start(self, assignment, chunks):
            raise ChildStartError

    settings = replace(SETTINGS, max_crashes=2)
    job = run(stored_job(storage, options=OPTIONS), NoChild(), settings)
    assert (job.status, job.crashes, dispatcher.depth()) == (Status.QUEUED, 1, 1)
    job = run(job, NoChild(), settings)
    assert (job.status, job.error.code, dispatcher.depth()) == (Status.FAILED, "crashed", 1)


def test_a_job_whose_data_is_damaged_fails_and_is_not_tried_again(storage, run, dispatcher):
    child = Script(Damaged("Chunk 0 is damaged."))
    job = run(stored_job(storage, options=OPTIONS), child)
    assert child.is_closed
    assert (job.status, job.crashes, dispatcher.depth()) == (Status.FAILED, 0, 0)
    assert job.error == JobError(code="bad_data", message="Chunk 0 is damaged.")


def test_a_child_that_does_not_stop_is_killed_once_after_its_grace(storage, run):
    job = stored_job(storage, options=OPTIONS)

    class Cancelled(Script):
        def start(self, assignment, chunks):
            storage.set_requested_state(job.id, RequestedState.CANCEL)
            return self

    child = Cancelled()
    assert run(job, child, replace(SETTINGS, grace_seconds=0)).status is Status.CANCELLED
    assert (child.told, child.kills) == ([CANCEL], 1)

    job = stored_job(storage, options=OPTIONS)
    child = Cancelled(stops_when_told=True)
    assert run(job, child).status is Status.CANCELLED
    assert (child.told, child.kills) == ([CANCEL], 0)


def test_periodic_snapshots_are_skipped_when_the_quota_is_used_up_and_best_and_last_ones_are_not(storage, run):
    job = stored_job(storage, options=OPTIONS)

    def report(number, *kinds, **changes):
        made = tuple(snapshot(job.network_id, job_id=job.id, kind=kind, epoch=number) for kind in kinds)
        return Report(epochs=(epoch(number),), snapshots=made, **changes)

    child = Script(report(1, "periodic"), report(2, "periodic"), report(3, "periodic", "best", "last", end=End()))
    room_for_one = len(b"initial") + len(b"weights")
    assert run(job, child, replace(SETTINGS, max_snapshot_bytes=room_for_one)).status is Status.SUCCEEDED
    stored = storage.list_snapshots(job.network_id, Page(limit=10), job_id=job.id)
    assert {(one.kind, one.epoch) for one in stored} == {("periodic", 1), ("best", 3), ("last", 3)}
    (skipped,) = [event.data for event in storage.list_events(job.id) if event.kind == "snapshots_skipped"]
    assert skipped["epoch"] == 2


def test_periodic_snapshots_are_thinned_by_the_policy(storage, run):
    job = stored_job(storage, options={"snapshots": {"every": 1, "keep": 2}})
    reports = [
        Report(snapshots=(snapshot(job.network_id, job_id=job.id, kind="periodic", epoch=number),))
        for number in (1, 2, 4)
    ]
    run(job, Script(*reports, Report(end=End())))
    stored = storage.list_snapshots(job.network_id, Page(limit=10), job_id=job.id)
    assert [one.epoch for one in stored] == [4, 2]


def test_a_message_is_sent_again_when_the_database_is_away_at_its_claim(storage, run, dispatcher, monkeypatch):
    monkeypatch.setattr(runner_module, "RETRY_SECONDS", 0.01)
    job = stored_job(storage, options=OPTIONS)

    def away(**arguments):
        raise StorageUnavailable

    monkeypatch.setattr(storage, "claim_next", away)
    assert (run(job, Script()).status, dispatcher.depth()) == (Status.QUEUED, 1)
    assert events_of(storage, job.id) == ["submitted"]


def test_an_alias_that_is_moved_at_the_very_end_of_its_challengers_training_stays(storage, run, monkeypatch):
    options = {**OPTIONS, "promote": {"alias": "production", "if": {"metric": "val_loss", "better_by": 0.0}}}
    job = stored_job(storage, options=options)
    better = Judgement(is_better=True, metric="val_loss", old=None, new=0.5, rows=100)
    last = snapshot(job.network_id, job_id=job.id, kind="last", epoch=1)

    def moved(move):
        raise PreconditionFailed

    monkeypatch.setattr(storage, "move_alias", moved)
    done = run(job, Script(Report(epochs=(epoch(1),), snapshots=(last,), end=End(judgement=better))))
    assert done.status is Status.SUCCEEDED
    (event,) = [event.data for event in storage.list_events(job.id) if event.kind == "promotion"]
    assert (event["promoted"], event["reason"]) == (False, "The alias was moved while the models were compared.")
    assert storage.list_versions(job.network_id, Page()) == []
    assert [one.id for one in storage.list_snapshots(job.network_id, Page(), job_id=job.id)] == [last.id]
