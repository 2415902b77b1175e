"""A running job obeys: cancel, pause and resume."""

import os
import signal

from service.domain.status import RequestedState, Status
from tests.acceptance.worker.rig import EARLY, ENDLESS, EPOCHS, Baseline, training_spec, wait_for_child, wait_until


def test_cancelling_keeps_the_last_epochs_weights(working):
    job = working.submit(epochs=ENDLESS)
    working.wait_for_epoch(job.id, 20)
    assert working.storage.set_requested_state(job.id, RequestedState.CANCEL).status is Status.CANCELLING
    cancelled = working.wait_for(job.id, Status.CANCELLED)
    alone = Baseline.run(training_spec(ENDLESS), until=cancelled.epoch)
    alone.assert_equals(working.history(job.id))
    assert working.digests(job.id) == alone.digests


def test_a_paused_and_resumed_job_ends_bit_for_bit_like_an_baseline_one(working, baseline):
    job = working.submit(epochs=EPOCHS)
    reached = 0
    for epoch in (20, EARLY):
        # An epoch beyond the last pause shows that the job is running again, and not queued still.
        working.wait_for_epoch(job.id, max(epoch, reached + 1))
        assert working.storage.set_requested_state(job.id, RequestedState.PAUSE).status is Status.PAUSING
        paused = working.wait_for(job.id, Status.PAUSED)
        reached = paused.epoch
        assert epoch <= paused.epoch < EPOCHS
        before = working.history(job.id)
        assert working.storage.set_requested_state(job.id, RequestedState.RUN).status is Status.QUEUED
        working.queue.send(job.id)
    done = working.wait_for(job.id, Status.SUCCEEDED)
    assert working.history(job.id, to_epoch=paused.epoch) == before
    baseline.assert_equals(working.history(job.id))
    assert working.digests(job.id) == baseline.digests
    assert (done.token, done.crashes) == (3, 0)


def test_a_pause_taken_back_at_once_does_not_stop_the_job_for_good(working):
    job = working.submit(epochs=EPOCHS)
    working.wait_for_epoch(job.id, 1)
    working.storage.set_requested_state(job.id, RequestedState.PAUSE)
    working.storage.set_requested_state(job.id, RequestedState.RUN)
    assert working.wait_for(job.id, Status.SUCCEEDED).epoch == EPOCHS


def test_a_child_that_does_not_listen_is_killed_after_the_grace(rig):
    worker = rig.start_worker()
    job = rig.submit(epochs=ENDLESS)
    saved = wait_until(lambda: rig.newest_checkpoint(job.id), "a checkpoint")
    os.kill(wait_for_child(worker), signal.SIGSTOP)
    rig.storage.set_requested_state(job.id, RequestedState.CANCEL)
    rig.wait_for(job.id, Status.CANCELLED)
    kept = [epoch for kind, epoch in rig.snapshots(job.id) if kind == "last"]
    assert len(kept) == 1 and kept[0] >= saved
    alone = Baseline.run(training_spec(ENDLESS), until=kept[0])
    assert rig.digests(job.id)["last"] == alone.digests["last"]


def test_a_paused_job_can_be_cancelled(working):
    job = working.submit(epochs=ENDLESS)
    working.wait_for_epoch(job.id, 1)
    working.storage.set_requested_state(job.id, RequestedState.PAUSE)
    paused = working.wait_for(job.id, Status.PAUSED)
    working.storage.set_requested_state(job.id, RequestedState.CANCEL)
    working.wait_for(job.id, Status.CANCELLED)
    assert ("last", paused.epoch) in working.snapshots(job.id)
