"""Messages are lost, doubled or nonsense; jobs are not."""

import os
import threading

import pytest
import redis

from service.domain.ids import new_id
from service.domain.status import Status
from service.jobs.huey_dispatcher import HueyDispatcher
from service.worker.settings import WorkerSettings
from service.worker.sweeper import Sweeper

REDIS_URL = os.environ.get("FEEDFORWARD_TEST_REDIS", "redis://127.0.0.1:6379/9")


def test_five_messages_are_one_run(rig):
    job = rig.submit(epochs=3)
    for _ in range(4):
        rig.queue.send(job.id)
    rig.start_worker(slots=3)
    rig.wait_for(job.id, Status.SUCCEEDED)
    last = rig.submit()
    rig.wait_for(last.id, Status.SUCCEEDED)
    assert rig.job(job.id).token == 1
    assert rig.events(job.id).count("started") == 1


def test_a_lost_message_is_sent_again(rig):
    job = rig.make_job()
    rig.start_worker(lost_after_seconds=0.5)
    rig.wait_for(job.id, Status.SUCCEEDED)


def test_while_messages_wait_a_job_is_only_sent_again_after_a_long_time(rig):
    lost, waiting = rig.make_job(), rig.submit()

    def depth_after_sweep(**settings):
        settings = WorkerSettings(lost_after_seconds=0, **settings)
        Sweeper(rig.storage, rig.queue, settings, owner="test", stopping=threading.Event()).sweep()
        return rig.queue.depth()

    assert depth_after_sweep() == 1
    assert depth_after_sweep(resend_seconds=0) == 3  # one each for the lost job and the one that was not
    rig.start_worker()
    for job in (lost, waiting):
        rig.wait_for(job.id, Status.SUCCEEDED)


def test_messages_that_name_no_job_are_dropped(rig):
    for nonsense in (new_id("job"), "not a job's id", "", "x" * 100):
        rig.queue.send(nonsense)
    job = rig.submit()
    rig.start_worker()
    rig.wait_for(job.id, Status.SUCCEEDED)
    assert rig.queue.depth() == 0


def test_a_queue_that_is_away_does_not_stop_a_submission(rig):
    gone = HueyDispatcher("redis://127.0.0.1:1/0")
    gone.send(rig.make_job().id)
    gone.close()


class TestOnRedis:
    @pytest.fixture
    def queue_url(self):
        try:
            with redis.Redis.from_url(REDIS_URL) as connection:
                connection.ping()
        except redis.ConnectionError as error:
            if os.environ.get("CI"):
                pytest.fail(f"There is no Redis at {REDIS_URL}: {error}")
            pytest.skip(f"there is no Redis at {REDIS_URL}")
        return REDIS_URL

    def test_jobs_are_delivered(self, rig):
        jobs = [rig.submit() for _ in range(3)]
        assert rig.queue.depth() == 3
        rig.start_worker(slots=2)
        for job in jobs:
            rig.wait_for(job.id, Status.SUCCEEDED)
        assert rig.queue.depth() == 0
