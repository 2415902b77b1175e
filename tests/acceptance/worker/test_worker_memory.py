"""A job that asks for too much memory fails by itself; worker and service go on."""

import os
import signal
import sys

import numpy as np
import pytest

from service.domain.status import Status
from service.jobs import encoded_rows
from tests.acceptance.worker.rig import ENDLESS, TRAINING, training_processes, wait_for_child, wait_until

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux counts memory this way")


@pytest.fixture
def many_rows():
    times = (100_000, 1)
    return encoded_rows.encode(type(TRAINING)(np.tile(TRAINING.inputs, times), np.tile(TRAINING.targets, times)))


def test_a_job_beyond_its_memory_fails_with_a_sentence_and_the_next_one_runs(rig, many_rows):
    rig.start_worker(max_job_bytes=128 * 2**20)
    job = rig.submit(data=many_rows, batch_size="full")
    failed = rig.wait_for(job.id, Status.FAILED)
    assert failed.error.code == "out_of_memory"
    assert "batch_size" in failed.error.message and "FEEDFORWARD_MAX_JOB_BYTES" in failed.error.message
    assert failed.crashes == 0
    small_batches = rig.submit(data=many_rows, batch_size=1000)
    assert rig.wait_for(small_batches.id, Status.SUCCEEDED).epoch == 1


def test_what_its_threads_need_does_not_count_against_a_job(rig):
    rig.start_worker(max_job_bytes=2**20)
    job = rig.submit(threads=3)
    rig.wait_for(job.id, Status.SUCCEEDED)


def test_rows_that_do_not_even_arrive_are_the_same_error(rig, many_rows):
    rig.start_worker(max_job_bytes=2**20)
    job = rig.submit(data=many_rows)
    assert rig.wait_for(job.id, Status.FAILED).error.code == "out_of_memory"


def test_a_crash_says_how_the_process_ended(rig):
    worker = rig.start_worker(max_crashes=1)
    job = rig.submit(epochs=ENDLESS)
    os.kill(wait_for_child(worker), signal.SIGSEGV)
    failed = rig.wait_for(job.id, Status.FAILED)
    assert failed.error.code == "crashed"
    assert failed.error.message == (
        "The training process died once, and was given up. It was killed by the signal SIGSEGV."
    )
    [recovered] = [event for event in rig.storage.list_events(job.id) if event.kind == "recovered"]
    assert recovered.data["cause"] == "It was killed by the signal SIGSEGV."


def test_a_training_process_gives_way_to_others(rig):
    worker = rig.start_worker(niceness=5)
    rig.submit(epochs=ENDLESS)
    lower = min(os.getpriority(os.PRIO_PROCESS, worker.pid) + 5, 19)
    # Whichever process trains the job: on a busy machine the first one may have been replaced.
    wait_until(lambda: lower in map(priority_of, training_processes(worker)), "a training process of lower priority")


def priority_of(pid):
    """None where the process has gone."""
    try:
        return os.getpriority(os.PRIO_PROCESS, pid)
    except ProcessLookupError:
        return None
