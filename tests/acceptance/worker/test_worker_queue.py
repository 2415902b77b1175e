"""Messages are lost, doubled or nonsense; jobs are not."""

import os

import pytest
import redis

from service.domain.ids import new_id
from service.domain.status import RequestedState, Status
from service.queues.dispatcher import DispatchError
from service.queues.open import open_dispatcher
from service.worker.settings import WorkerSettings
from service.worker.sweeper import Sweeper
from tests.acceptance.worker.rig import EARLY, ENDLESS, EPOCHS, wait_until

REDIS_URL = os.environ.get("FEEDFORWARD_TEST_REDIS", "redis://127.0.0.1:6379/9")


def test_while_messages_wait_a_job_is_only_sent_again_after_a_long_time(rig):
    lost, waiting = rig.make_job(), rig.submit()

    def depth_after_sweep(**settings):
        impatient = WorkerSettings(lost_after_seconds=0, **settings)
        Sweeper(rig.storage, rig.queue, impatient, owner="test").sweep()
        return rig.queue.depth()

    assert depth_after_sweep() == 1
    assert depth_after_sweep(resend_seconds=0) == 3  # one each for the lost job and the one that was not
    rig.start_worker()
    for job in (lost, waiting):
        rig.wait_for(job.id, Status.SUCCEEDED)


def redis_url():
    """Where a Redis is; skips where there is none, but never in CI."""
    try:
        with redis.Redis.from_url(REDIS_URL) as connection:
            connection.ping()
    except redis.ConnectionError as error:
        if os.environ.get("CI"):
            pytest.fail(f"There is no Redis at {REDIS_URL}: {error}")
        pytest.skip(f"there is no Redis at {REDIS_URL}")
    return REDIS_URL


class Deliveries:
    """What every queue is held to; a subclass says which, by the fixture `queue_url`."""

    def test_five_messages_are_one_run(self, rig):
        job = rig.submit(epochs=3)
        for _ in range(4):
            rig.queue.send(job.id)
        rig.start_worker(slots=3)
        rig.wait_for(job.id, Status.SUCCEEDED)
        last = rig.submit()
        rig.wait_for(last.id, Status.SUCCEEDED)
        assert rig.job(job.id).token == 1
        assert rig.events(job.id).count("started") == 1

    def test_a_lost_message_is_sent_again(self, rig):
        job = rig.make_job()
        rig.start_worker(lost_after_seconds=0.5)
        rig.wait_for(job.id, Status.SUCCEEDED)

    def test_messages_that_name_no_job_are_dropped(self, rig):
        for nonsense in (new_id("job"), "not a job's id", "", "x" * 100):
            rig.queue.send(nonsense)
        job = rig.submit()
        rig.start_worker()
        rig.wait_for(job.id, Status.SUCCEEDED)
        # Any message may have brought the job, so others may still wait.
        wait_until(lambda: rig.queue.depth() == 0, "the last messages to be dropped")

    def test_as_many_run_at_once_as_there_are_slots(self, rig):
        running = [rig.submit(epochs=ENDLESS) for _ in range(2)]
        waiting = rig.submit()
        rig.start_worker(slots=2)
        for job in running:
            rig.wait_for(job.id, Status.RUNNING)
        assert rig.job(waiting.id).status is Status.QUEUED
        assert rig.queue.depth() == 1
        rig.storage.set_requested_state(running[0].id, RequestedState.CANCEL)
        rig.wait_for(waiting.id, Status.SUCCEEDED)
        assert rig.job(running[1].id).status is Status.RUNNING

    def test_a_stopped_worker_leaves_what_waits_to_the_next(self, rig):
        first, *others = [rig.submit(epochs=ENDLESS), rig.submit(), rig.submit()]
        worker = rig.start_worker(lost_after_seconds=1000)
        rig.wait_for_epoch(first.id, 1)
        assert rig.stop(worker) == 0
        assert [rig.job(job.id).status for job in (first, *others)] == [Status.QUEUED] * 3
        assert rig.queue.depth() == 3
        rig.start_worker(slots=2, lost_after_seconds=1000)
        for job in others:
            rig.wait_for(job.id, Status.SUCCEEDED)
        assert rig.job(first.id).crashes == 0

    def test_a_killed_worker_loses_no_job(self, rig, baseline):
        worker = rig.start_worker()
        job = rig.submit(epochs=EPOCHS)
        rig.wait_for_epoch(job.id, EARLY)
        worker.kill()
        worker.wait()
        rig.start_worker()
        assert rig.wait_for(job.id, Status.SUCCEEDED).crashes == 1
        baseline.assert_equals(rig.history(job.id))
        assert rig.digests(job.id) == baseline.digests


class TestInAFile(Deliveries):
    pass


class TestOnRedis(Deliveries):
    @pytest.fixture
    def queue_url(self):
        return redis_url()


class TestByCeleryOnRedis(Deliveries):
    @pytest.fixture
    def queue_url(self):
        pytest.importorskip("celery")
        return f"celery+{redis_url()}"


@pytest.mark.parametrize("scheme", ["redis", "celery+redis"])
def test_a_queue_that_is_away_does_not_stop_a_submission(rig, scheme):
    gone = open_dispatcher(f"{scheme}://127.0.0.1:1/0")
    gone.send(rig.make_job().id)
    with pytest.raises(DispatchError):
        gone.depth()
    gone.close()


def test_a_job_that_was_passed_over_runs_as_soon_as_its_creator_may_run_another_one(rig):
    first, second = (rig.submit(epochs=epochs, running_limit=1) for epochs in (ENDLESS, 1))
    rig.start_worker(slots=2)
    rig.wait_for(first.id, Status.RUNNING)
    wait_until(lambda: rig.queue.depth() == 0, "the message of the second job, which comes to nothing")
    assert rig.job(second.id).status is Status.QUEUED
    rig.storage.set_requested_state(first.id, RequestedState.CANCEL)
    rig.wait_for(second.id, Status.SUCCEEDED)
    assert rig.job(first.id).finished_at <= rig.job(second.id).started_at
