"""When a job is sent to the queue again, by a clock that the test moves on."""

import sqlite3
from types import SimpleNamespace

import pytest

from service.domain.status import Status
from service.queues.huey import HueyDispatcher
from service.worker import sweeper as sweeper_module
from service.worker.settings import WorkerSettings
from service.worker.sweeper import Sweeper
from tests.storage.makers import claimed, stored_job

#: So short that the database, whose clock is real, has every job queued for longer.
RESEND_SECONDS = 2.0**-30


@pytest.fixture
def clock(monkeypatch):
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(sweeper_module, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def test_an_empty_queue_ends_the_ever_longer_waits_for_what_may_be_lost(storage, tmp_path, clock):
    queue_path = tmp_path / "queue.db"
    dispatcher = HueyDispatcher(f"sqlite:///{queue_path}")
    settings = WorkerSettings(lost_after_seconds=0, resend_seconds=RESEND_SECONDS)
    sweeper = Sweeper(storage, dispatcher, settings, owner="test")
    dispatcher.send(stored_job(storage).id)

    def depth_after(waits):
        clock.now += waits * RESEND_SECONDS
        sweeper.sweep()
        return dispatcher.depth()

    assert [depth_after(waits) for waits in (0, 1, 1, 1, 3, 1)] == [1, 2, 2, 3, 3, 4]
    with sqlite3.connect(queue_path) as connection:
        connection.execute("DELETE FROM task")
    assert [depth_after(waits) for waits in (0, 1, 1)] == [1, 2, 2]
    dispatcher.close()


def test_a_job_that_lost_its_worker_is_sent_again_and_one_given_up_is_not(storage, tmp_path):
    dispatcher = HueyDispatcher(f"sqlite:///{tmp_path / 'queue.db'}")
    sweeper = Sweeper(storage, dispatcher, WorkerSettings(max_crashes=2), owner="test")
    job = claimed(storage, lease_seconds=-1)
    sweeper.sweep()
    assert (storage.get_job(job.id).status, dispatcher.depth()) == (Status.QUEUED, 1)
    storage.claim(job.id, owner="another", lease_seconds=-1)
    sweeper.sweep()
    assert (storage.get_job(job.id).status, dispatcher.depth()) == (Status.FAILED, 1)
    dispatcher.close()
