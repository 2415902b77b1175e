"""A job that pauses itself and is resumed piece by piece, at another pace, and across the deaths of its workers."""

import os
import signal
import time
from pathlib import Path

from service.domain.jobs import Pace
from service.domain.status import RequestedState, Status
from tests.acceptance.worker.rig import ENDLESS, EPOCHS, training_processes, wait_for_child, wait_until


def resume(rig, job_id, **pace):
    assert rig.storage.resume_job(job_id, Pace(**pace)).status is Status.QUEUED
    rig.queue.send(job_id)


def test_pieces_across_killed_workers_end_like_one_run(rig, baseline):
    worker = rig.start_worker()
    job = rig.make_job(epochs=EPOCHS)
    resume(rig, job.id, pause_at=1)
    for number in (1, 2, 3):
        paused = rig.wait_for(job.id, Status.PAUSED)
        assert (paused.epoch, paused.requested_state) == (number, RequestedState.PAUSE)
        resume(rig, job.id, pause_at=number + 1)
    rig.wait_for(job.id, Status.PAUSED)
    resume(rig, job.id, pause_at=EPOCHS // 2)
    os.kill(wait_for_child(worker), signal.SIGKILL)
    assert rig.wait_for(job.id, Status.PAUSED).epoch == EPOCHS // 2
    resume(rig, job.id, pause_at=EPOCHS - 1)
    wait_for_child(worker)
    worker.kill()
    rig.start_worker()
    assert rig.wait_for(job.id, Status.PAUSED).epoch == EPOCHS - 1
    resume(rig, job.id)
    rig.wait_for(job.id, Status.SUCCEEDED)
    baseline.assert_equals(rig.history(job.id))
    assert rig.digests(job.id) == baseline.digests


def test_a_paused_job_holds_no_slot(working):
    paused = working.make_job(epochs=ENDLESS)
    resume(working, paused.id, pause_at=2)
    working.wait_for(paused.id, Status.PAUSED)
    other = working.submit(epochs=3)
    assert working.wait_for(other.id, Status.SUCCEEDED).epoch == 3
    working.storage.set_requested_state(paused.id, RequestedState.CANCEL)


def test_slow_motion_uses_no_processor_and_ends_at_once(rig):
    worker = rig.start_worker()
    job = rig.make_job(epochs=ENDLESS)
    resume(rig, job.id, epochs_per_second=0.05)
    rig.wait_for_epoch(job.id, 1)
    child = wait_for_child(worker)
    before = cpu_seconds(child)
    time.sleep(1.0)
    assert cpu_seconds(child) - before < 0.2
    assert rig.job(job.id).epoch == 1

    assert rig.storage.resume_job(job.id, Pace(epochs_per_second=1000)).status is Status.RUNNING
    rig.wait_for_epoch(job.id, 50)
    rig.storage.resume_job(job.id, Pace(epochs_per_second=0.05))
    wait_until(lambda: rig.job(job.id).epochs_per_second == 0.05)
    rig.storage.set_requested_state(job.id, RequestedState.PAUSE)
    rig.wait_for(job.id, Status.PAUSED)
    wait_until(lambda: not training_processes(worker))


def cpu_seconds(pid):
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
