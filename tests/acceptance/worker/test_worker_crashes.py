"""Whatever dies, the job goes on from its last checkpoint, and ends as if nothing had happened."""

import os
import signal
from contextlib import suppress

from service.domain.status import Status
from tests.acceptance.worker.rig import (
    EARLY,
    ENDLESS,
    EPOCHS,
    Baseline,
    children_of,
    is_alive,
    training_processes,
    training_spec,
    wait_for_child,
    wait_for_fork_server,
    wait_until,
)


def resumed_from(rig, job_id):
    """The epoch whose checkpoint the newest run went on from."""
    events = rig.storage.list_events(job_id)
    return [event.data["from_epoch"] for event in events if event.kind == "started"][-1]


def test_a_killed_child_changes_nothing_in_the_end(rig, baseline):
    worker = rig.start_worker()
    job = rig.submit(epochs=EPOCHS)
    child = wait_for_child(worker)
    rig.wait_for_checkpoint(job.id)
    before = rig.history(job.id)
    os.kill(child, signal.SIGKILL)
    done = rig.wait_for(job.id, Status.SUCCEEDED)
    assert (done.crashes, done.token) == (1, 2)
    kept = min(resumed_from(rig, job.id), len(before))
    assert kept > 0
    assert rig.history(job.id, to_epoch=kept) == before[:kept]
    baseline.assert_equals(rig.history(job.id))
    assert rig.digests(job.id) == baseline.digests


def test_a_killed_fork_server_costs_a_restart_and_no_more(rig, baseline):
    worker = rig.start_worker(slots=2, lease_seconds=1000)  # Nothing is found again by its lease.
    jobs = [rig.submit(epochs=EPOCHS) for _ in range(2)]
    for number in range(3):
        for job in jobs:
            rig.wait_for_epoch(job.id, EARLY * number + 1)
        killed = wait_for_fork_server(worker)
        os.kill(killed, signal.SIGKILL)
        # And the next one, just when it begins to be there.
        os.kill(wait_for_fork_server(worker, other_than=killed), signal.SIGKILL)
    for job in jobs:
        rig.wait_for(job.id, Status.SUCCEEDED)
        baseline.assert_equals(rig.history(job.id))
        assert rig.digests(job.id) == baseline.digests


def test_a_job_without_a_checkpoint_begins_again(rig):
    worker = rig.start_worker()
    job = rig.submit(epochs=2)
    os.kill(wait_for_child(worker), signal.SIGKILL)
    rig.wait_for(job.id, Status.SUCCEEDED)
    alone = Baseline.run(training_spec(2))
    alone.assert_equals(rig.history(job.id))
    assert rig.digests(job.id) == alone.digests


def test_a_job_that_always_crashes_fails_in_the_end(rig):
    worker = rig.start_worker(max_crashes=3, checkpoint_seconds=1000)
    job = rig.submit(epochs=ENDLESS)
    # A process that is killed before it has its job is started again and counts for nothing.
    while (failed := rig.job(job.id)).status is not Status.FAILED:
        for child in training_processes(worker):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
    assert failed.error.code == "crashed"
    assert (failed.crashes, failed.token) == (3, 3)


def test_a_job_that_gets_further_between_its_crashes_is_not_given_up(rig, baseline):
    worker = rig.start_worker(max_crashes=2)
    job = rig.submit(epochs=EPOCHS)
    killed = []
    for _ in range(3):
        killed.append(wait_for_child(worker, other_than=tuple(killed)))
        # Not before: what the last one had sent may be stored after its death, and is no step of this one.
        rig.wait_for_checkpoint(job.id, after=rig.newest_checkpoint(job.id))
        os.kill(killed[-1], signal.SIGKILL)
    assert rig.wait_for(job.id, Status.SUCCEEDED).crashes == 3
    baseline.assert_equals(rig.history(job.id))
    assert rig.digests(job.id) == baseline.digests


def test_a_killed_worker_takes_its_child_along_and_another_worker_goes_on(rig, baseline):
    first = rig.start_worker()
    job = rig.submit(epochs=EPOCHS)
    child = wait_for_child(first)
    rig.wait_for_epoch(job.id, EARLY)
    os.kill(child, signal.SIGSTOP)  # so that it can do nothing towards it
    first.kill()
    first.wait()
    wait_until(lambda: not is_alive(child), "the end of the child")
    rig.start_worker()
    done = rig.wait_for(job.id, Status.SUCCEEDED)
    assert (done.crashes, done.token) == (1, 2)
    baseline.assert_equals(rig.history(job.id))
    assert rig.digests(job.id) == baseline.digests


def test_a_worker_that_slept_past_its_lease_writes_nothing_more(rig, baseline):
    first = rig.start_worker()
    job = rig.submit(epochs=EPOCHS)
    child = wait_for_child(first)
    rig.wait_for_epoch(job.id, EARLY)
    rig.freeze(first)
    rig.start_worker()
    done = rig.wait_for(job.id, Status.SUCCEEDED)
    events = rig.events(job.id)
    first.send_signal(signal.SIGCONT)
    wait_until(lambda: not is_alive(child), "the end of the stale child")
    assert rig.job(job.id) == done
    assert rig.events(job.id) == events
    baseline.assert_equals(rig.history(job.id))
    assert rig.digests(job.id) == baseline.digests
    assert rig.stop(first) == 0


def test_a_stopped_worker_puts_its_job_back_and_a_new_one_finishes_it(rig, baseline):
    first = rig.start_worker()
    job = rig.submit(epochs=EPOCHS)
    rig.wait_for_epoch(job.id, EARLY)
    assert rig.stop(first) == 0
    put_back, before = rig.job(job.id), rig.history(job.id)
    assert (put_back.status, put_back.crashes) == (Status.QUEUED, 0)
    assert training_processes(first) == []
    assert rig.storage.count_workers(alive_within_seconds=60) == 0
    rig.start_worker()
    done = rig.wait_for(job.id, Status.SUCCEEDED)
    assert (done.crashes, done.token) == (0, 2)
    assert rig.history(job.id, to_epoch=put_back.epoch) == before
    baseline.assert_equals(rig.history(job.id))
    assert rig.digests(job.id) == baseline.digests


def test_a_stop_signal_to_the_whole_group_is_obeyed_in_order(rig):
    worker = rig.start_worker()
    job = rig.submit(epochs=ENDLESS)
    rig.wait_for_epoch(job.id, 1)
    for pid in (*training_processes(worker), *children_of(worker.pid), worker.pid):
        os.kill(pid, signal.SIGTERM)
    assert worker.wait(30) == 0
    put_back = rig.job(job.id)
    assert (put_back.status, put_back.crashes) == (Status.QUEUED, 0)
