"""A running job obeys: cancel, pause and resume."""

import os
import signal

import pytest

from service.domain.status import Status, Want
from tests.acceptance.worker.conftest import EPOCHS
from tests.acceptance.worker.rig import Undisturbed, training_spec, wait_for_child

ENDLESS = 1_000_000


@pytest.fixture
def worker(rig):
    worker = rig.start_worker()
    yield worker
    rig.stop(worker)


@pytest.mark.usefixtures("worker")
def test_cancelling_keeps_the_last_epochs_weights(rig):
    job = rig.submit(epochs=ENDLESS)
    rig.wait_for_epoch(job.id, 20)
    assert rig.storage.wish(job.id, Want.CANCEL).status is Status.CANCELLING
    cancelled = rig.wait_for(job.id, Status.CANCELLED)
    alone = Undisturbed.run(training_spec(ENDLESS), until=cancelled.epoch)
    alone.assert_equals(rig.history(job.id))
    assert rig.digests(job.id) == alone.digests


@pytest.mark.usefixtures("worker")
def test_a_paused_and_resumed_job_ends_bit_for_bit_like_an_undisturbed_one(rig, undisturbed):
    job = rig.submit(epochs=EPOCHS)
    for epoch in (20, EPOCHS // 2):
        rig.wait_for_epoch(job.id, epoch)
        assert rig.storage.wish(job.id, Want.PAUSE).status is Status.PAUSING
        paused = rig.wait_for(job.id, Status.PAUSED)
        assert epoch <= paused.epoch < EPOCHS
        assert rig.storage.wish(job.id, Want.RUN).status is Status.QUEUED
        rig.queue.send(job.id)
    done = rig.wait_for(job.id, Status.SUCCEEDED)
    undisturbed.assert_equals(rig.history(job.id))
    assert rig.digests(job.id) == undisturbed.digests
    assert (done.token, done.crashes) == (3, 0)


@pytest.mark.usefixtures("worker")
def test_a_pause_taken_back_at_once_does_not_stop_the_job_for_good(rig):
    job = rig.submit(epochs=EPOCHS)
    rig.wait_for_epoch(job.id, 1)
    rig.storage.wish(job.id, Want.PAUSE)
    rig.storage.wish(job.id, Want.RUN)
    assert rig.wait_for(job.id, Status.SUCCEEDED).epoch == EPOCHS


def test_a_child_that_does_not_listen_is_killed_after_the_grace(rig, worker):
    job = rig.submit(epochs=ENDLESS)
    rig.wait_for_epoch(job.id, 1)
    os.kill(wait_for_child(worker), signal.SIGSTOP)
    rig.storage.wish(job.id, Want.CANCEL)
    rig.wait_for(job.id, Status.CANCELLED)


@pytest.mark.usefixtures("worker")
def test_a_paused_job_can_be_cancelled(rig):
    job = rig.submit(epochs=ENDLESS)
    rig.wait_for_epoch(job.id, 1)
    rig.storage.wish(job.id, Want.PAUSE)
    paused = rig.wait_for(job.id, Status.PAUSED)
    rig.storage.wish(job.id, Want.CANCEL)
    rig.wait_for(job.id, Status.CANCELLED)
    assert ("last", paused.epoch) in rig.snapshots(job.id)
