"""One child with several jobs, against a real database and queue. Only the child is scripted."""

import threading
import time

import pytest
import sqlalchemy as sa

from service.domain.jobs import JobError
from service.domain.status import RequestedState, Status
from service.errors import Damaged
from service.jobs.messages import End, Report
from service.queues.huey import HueyDispatcher
from service.worker.forkserver import ChildStartError
from service.worker.job_runner import JobRunner
from service.worker.settings import WorkerSettings
from tests.storage.makers import epoch, events_of, stored_job, stored_network

SETTINGS = WorkerSettings(poll_seconds=0, grace_seconds=60)
OPTIONS = {"snapshots": {"every": 1, "keep": None}}


class Script:
    """A fork server and its child; `says` gives its next report, from what it was told of each job, behind which
    others may wait already."""

    def __init__(self, says, waiting=()):
        self._says, self.told, self.kills, self.work = says, {}, 0, None
        self._waiting = list(waiting)
        self._gives_up_at = time.monotonic() + 20

    def start(self, work, chunks):
        self.work = work
        return self

    def next_report(self, seconds):
        assert time.monotonic() < self._gives_up_at, "nobody stopped this child"
        return self._says(self)

    def waiting_reports(self):
        found, self._waiting = self._waiting, []
        return found

    def tell(self, orders):
        self.told[orders.job_id] = orders.requested_state

    def kill(self):
        self.kills += 1

    def exit_code(self):
        return -9

    def close(self):
        pass


@pytest.fixture
def dispatcher(tmp_path):
    dispatcher = HueyDispatcher(f"sqlite:///{tmp_path / 'queue.db'}")
    yield dispatcher
    dispatcher.close()


@pytest.fixture
def jobs(storage):
    network_id = stored_network(storage).id
    told = {"search_id": "srch_1", "stack_key": "shape", "options": OPTIONS}
    return [stored_job(storage, network_id, trial=number, **told).id for number in (1, 2, 3)]


@pytest.fixture
def run(storage, dispatcher, jobs):
    def run(child, settings=SETTINGS):
        told, stopping = [], threading.Event()
        runner = JobRunner(storage, dispatcher, child, settings, owner="test", stopping=stopping, go_on=told.append)
        runner.supervise(jobs[0])
        return [storage.get_job(job_id) for job_id in jobs], told

    return run


def each(*reports):
    """What a child says, one after another; then it is gone."""
    left = list(reports)

    def says(child):
        if not left:
            raise EOFError
        return left.pop(0)(child) if callable(left[0]) else left.pop(0)

    return says


def test_jobs_of_a_stack_are_one_childs_work_and_each_ends_for_itself(run, jobs):
    epochs = {"epochs": (epoch(1),), "seconds": 1.0}
    diverged = End(error=JobError(code="diverged", message="It diverged."))
    child = Script(
        each(
            Report(job_id=jobs[1], **epochs),
            Report(job_id=jobs[1], end=diverged),
            Report(job_id=jobs[0], **epochs, end=End()),
            Report(job_id=jobs[2], **epochs, end=End(stopped_early=True)),
        )
    )
    ended, told = run(child)
    assert [assignment.job_id for assignment in child.work] == jobs
    assert [job.status for job in ended] == [Status.SUCCEEDED, Status.FAILED, Status.SUCCEEDED]
    assert [job.token for job in ended] == [1, 1, 1] and [job.epoch for job in ended] == [1, 1, 1]
    assert ended[1].error.code == "diverged" and ended[2].stopped_early
    assert told == ["srch_1"] * 3


def test_a_child_that_dies_takes_all_with_it_and_each_goes_on_alone(run, storage, jobs, dispatcher):
    ended, _ = run(Script(each(Report(job_id=jobs[0], end=End()))))
    assert [job.status for job in ended] == [Status.SUCCEEDED, Status.QUEUED, Status.QUEUED]
    assert [job.crashes for job in ended] == [0, 1, 1] and dispatcher.depth() == 2
    assert list(storage.jobs_beside(storage.claim_next(owner="w", lease_seconds=60).job.id, most=9)) == []


def test_one_that_does_not_stop_is_killed_with_the_child_and_no_crash_of_the_others(run, storage, jobs):
    def cancelled(child):
        if child.told.get(jobs[1]) is not RequestedState.CANCEL:
            storage.set_requested_state(jobs[1], RequestedState.CANCEL)
        elif child.kills:
            raise EOFError

    child = Script(cancelled)
    ended, _ = run(child, WorkerSettings(poll_seconds=0, grace_seconds=0))
    assert [job.status for job in ended] == [Status.QUEUED, Status.CANCELLED, Status.QUEUED]
    assert [job.crashes for job in ended] == [0, 0, 0] and child.kills == 1


def test_one_that_somebody_else_holds_leaves_and_the_others_end(run, storage, jobs):
    def taken(child):
        storage.release(jobs[1], 1, crashed=True, max_crashes=3)

    def late(child):
        return Report(job_id=jobs[1], end=End())

    child = Script(each(taken, late, Report(job_id=jobs[0], end=End()), Report(job_id=jobs[2], end=End())))
    ended, _ = run(child)
    assert [job.status for job in ended] == [Status.SUCCEEDED, Status.QUEUED, Status.SUCCEEDED]
    assert child.told[jobs[1]] is RequestedState.CANCEL


def test_one_that_was_deleted_leaves_too(run, storage, jobs, monkeypatch):
    find = storage.get_jobs
    monkeypatch.setattr(storage, "get_jobs", lambda ids: {one: job for one, job in find(ids).items() if one != jobs[1]})
    child = Script(each(None, Report(job_id=jobs[0], end=End()), Report(job_id=jobs[2], end=End())))
    ended, _ = run(child)
    assert child.told[jobs[1]] is RequestedState.CANCEL
    assert [job.status for job in ended] == [Status.SUCCEEDED, Status.RUNNING, Status.SUCCEEDED]


def test_a_stack_that_cannot_read_its_rows_gives_its_jobs_back(run, jobs):
    def damaged(child):
        raise Damaged("The data set is damaged.")

    ended, told = run(Script(damaged))
    assert [job.status for job in ended] == [Status.QUEUED] * 3 and [job.crashes for job in ended] == [0, 0, 0]
    assert len(told) == 3


def test_a_stack_whose_child_does_not_start_counts_a_crash_of_each(run, jobs, storage):
    class NoChild:
        def start(self, work, chunks):
            raise ChildStartError

    ended, _ = run(NoChild())
    assert [(job.status, job.crashes) for job in ended] == [(Status.QUEUED, 1)] * 3
    assert "recovered" in events_of(storage, jobs[2])


def test_reports_that_wait_are_stored_in_one_transaction(run, storage, jobs):
    commits = []

    def note(connection):
        commits.append(connection)

    def first(child):
        sa.event.listen(sa.Engine, "commit", note)
        return Report(job_id=jobs[1], epochs=(epoch(1),))

    waiting = [Report(job_id=job_id, end=End()) for job_id in (jobs[1], jobs[0], jobs[2])]
    try:
        ended, told = run(Script(each(first), waiting))
    finally:
        sa.event.remove(sa.Engine, "commit", note)
    assert [job.status for job in ended] == [Status.SUCCEEDED] * 3 and [job.epoch for job in ended] == [0, 1, 0]
    assert len(commits) == 1 and told == ["srch_1"] * 3


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_a_report_that_cannot_be_stored_keeps_none_of_the_others_that_wait(run, storage, jobs, lost):
    def first(child):
        storage.release(jobs[lost], 1, crashed=True, max_crashes=3)
        return Report(job_id=jobs[0], epochs=(epoch(1),))

    waiting = [Report(job_id=job_id, end=End()) for job_id in jobs]
    ended, told = run(Script(each(first), waiting))
    expected = [Status.SUCCEEDED] * 3
    expected[lost] = Status.QUEUED
    assert [job.status for job in ended] == expected and len(told) == 3
    assert ended[0].epoch == (0 if lost == 0 else 1)
