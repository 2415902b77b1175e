import inspect

import pytest

from service.domain.frames import Frame
from service.domain.jobs import JobError
from service.domain.paging import Page
from service.domain.status import ENDED, RequestedState, Status
from service.errors import Conflict, LeaseLost
from service.storage.base import Storage
from tests.storage.makers import (
    LEASE_SECONDS,
    add_epochs,
    at_once,
    checkpoint,
    claimed,
    epoch,
    events_of,
    snapshot,
    stored_job,
    stored_network,
)

#: Every write of a run, as one who holds the job's record would make it.
FENCED = {
    "heartbeat": lambda storage, job: storage.heartbeat(job.id, job.token, lease_seconds=1000),
    "add_epochs": lambda storage, job: add_epochs(storage, job, [epoch(3, loss=99.0)]),
    "add_frames": lambda storage, job: storage.add_frames(job.id, job.token, [Frame(epoch=3, weights=b"frame")]),
    "record_preparation": lambda storage, job: storage.record_preparation(job.id, job.token, rows=2, data={}),
    "record_findings": lambda storage, job: storage.record_findings(job.id, job.token, []),
    "save_checkpoint": lambda storage, job: storage.save_checkpoint(checkpoint(job, 3)),
    "add_snapshot": lambda storage, job: storage.add_snapshot(
        snapshot(job.network_id, job_id=job.id, kind="last"), token=job.token
    ),
    "finish": lambda storage, job: storage.finish(job.id, job.token, Status.SUCCEEDED),
    "release": lambda storage, job: storage.release(job.id, job.token, crashed=False, max_crashes=3),
}


def goes_on_from(storage, job):
    storage.release(job.id, job.token, crashed=False, max_crashes=3)
    return storage.claim(job.id, owner="other", lease_seconds=60).checkpoint.epoch


#: What each of them leaves to be read, and what was written.
READ_BACK = {
    "heartbeat": (lambda storage, job: storage.get_job(job.id).lease_until > job.lease_until + 900, True),
    "add_epochs": (lambda storage, job: [(one.epoch, one.loss) for one in storage.history([job.id])], [(3, 99.0)]),
    "add_frames": (lambda storage, job: [one.epoch for one in storage.read_frames(job.id, after=0)], [3]),
    "record_preparation": (lambda storage, job: storage.get_job(job.id).rows, 2),
    "record_findings": (lambda storage, job: storage.get_job(job.id).findings, []),
    "save_checkpoint": (goes_on_from, 3),
    "add_snapshot": (lambda storage, job: storage.find_snapshot(job.network_id, "latest").kind, "last"),
    "finish": (lambda storage, job: storage.get_job(job.id).status, Status.SUCCEEDED),
    "release": (lambda storage, job: storage.get_job(job.id).status, Status.QUEUED),
}


class LeasesContract:
    def test_a_claim_brings_all_that_a_run_needs(self, storage):
        made = stored_network(storage, initial=b"initial")
        job = stored_job(storage, made.id, data=b"rows \x00\xff")
        claim = storage.claim(job.id, owner="worker 1", lease_seconds=60)
        assert (claim.job.status, claim.job.token, claim.job.owner) == (Status.RUNNING, 1, "worker 1")
        assert (claim.network, claim.data, claim.start_values) == (made, b"rows \x00\xff", b"initial")
        assert claim.checkpoint is None
        assert claim.job.lease_until - claim.job.started_at == pytest.approx(60, abs=1)
        assert events_of(storage, job.id) == ["submitted", "started"]

    def test_a_job_given_up_says_of_what_its_process_died(self, storage):
        job = claimed(storage)
        cause = JobError(code="out_of_memory", message="It was too large.")
        assert storage.release(job.id, job.token, crashed=True, max_crashes=2, cause=cause).error is None
        token = storage.claim(job.id, owner="worker", lease_seconds=60).job.token
        failed = storage.release(job.id, token, crashed=True, max_crashes=2, cause=cause)
        assert failed.error.code == "out_of_memory"
        assert "died 2 times without getting any further" in failed.error.message
        assert failed.error.message.endswith("given up. It was too large.")
        causes = [event.data["cause"] for event in storage.list_events(job.id) if event.kind == "recovered"]
        assert causes == [cause.message] * 2

    def test_only_a_queued_job_can_be_claimed(self, storage):
        held, paused = claimed(storage), stored_job(storage)
        storage.set_requested_state(paused.id, RequestedState.PAUSE)
        for job_id in (held.id, paused.id, "job_missing"):
            assert storage.claim(job_id, owner="late", lease_seconds=60) is None
        assert storage.get_job(held.id) == held

    def test_of_claims_at_once_one_wins(self, storage):
        job = stored_job(storage)
        claims = at_once(lambda n: storage.claim(job.id, owner=f"worker {n}", lease_seconds=60), 6)
        winners = [claim for claim in claims if claim is not None]
        assert len(winners) == 1
        assert storage.get_job(job.id) == winners[0].job
        assert events_of(storage, job.id) == ["submitted", "started"]

    def test_a_heartbeat_makes_the_lease_longer_and_returns_the_requested_state(self, storage):
        job = claimed(storage, lease_seconds=10)
        assert storage.heartbeat(job.id, job.token, lease_seconds=1000) is RequestedState.RUN
        assert storage.get_job(job.id).lease_until - job.lease_until == pytest.approx(990, abs=5)
        storage.set_requested_state(job.id, RequestedState.CANCEL)
        assert storage.heartbeat(job.id, job.token, lease_seconds=60) is RequestedState.CANCEL

    def test_every_write_with_a_token_is_tried_below(self):
        methods = dict(inspect.getmembers(Storage, inspect.isfunction))
        fenced = {name for name, method in methods.items() if "token" in inspect.signature(method).parameters}
        of_predictions = {"store_block", "publish_output"}  # outputs.py tries them
        assert fenced - of_predictions | {"save_checkpoint"} == set(FENCED)  # A checkpoint brings its token with it.

    @pytest.mark.parametrize("write", FENCED)
    @pytest.mark.parametrize("loss", ["claimed again", "ended", "released"])
    def test_a_write_under_a_lost_lease_is_rejected_and_leaves_no_trace(self, storage, write, loss):
        stale = claimed(storage)
        add_epochs(storage, stale, [epoch(1), epoch(2)])
        if loss == "ended":
            storage.finish(stale.id, stale.token, Status.CANCELLED)
        else:
            storage.release(stale.id, stale.token, crashed=True, max_crashes=3)
        if loss == "claimed again":
            storage.claim(stale.id, owner="other", lease_seconds=LEASE_SECONDS)
        before = everything(storage, stale)
        with pytest.raises(LeaseLost):
            FENCED[write](storage, stale)
        assert everything(storage, stale) == before

    @pytest.mark.parametrize("write", FENCED)
    def test_what_the_holder_of_a_lease_writes_can_be_read(self, storage, write):
        job = claimed(storage)
        read, expected = READ_BACK[write]
        FENCED[write](storage, job)
        assert read(storage, job) == expected

    @pytest.mark.parametrize("status", sorted(ENDED))
    def test_a_run_ends_once_and_reports_how(self, storage, status):
        job = claimed(storage)
        storage.save_checkpoint(checkpoint(job, 1))
        error = JobError(code="diverged", message="The loss became NaN.") if status is Status.FAILED else None
        ended = storage.finish(job.id, job.token, status, error=error, stopped_early=True, seconds=2.5)
        assert (ended.status, ended.error, ended.stopped_early, ended.seconds) == (status, error, True, 2.5)
        assert (ended.owner, ended.lease_until) == (None, None)
        assert ended.finished_at >= ended.started_at
        assert events_of(storage, job.id) == ["submitted", "started", "ended"]

    def test_a_failure_is_reported_in_its_event(self, storage):
        job = claimed(storage)
        storage.finish(job.id, job.token, Status.FAILED, error=JobError(code="timeout", message="Too slow."))
        last = storage.list_events(job.id)[-1]
        assert last.data == {"status": "failed", "error": {"code": "timeout", "message": "Too slow."}}

    def test_a_run_ends_only_where_the_moves_allow_it(self, storage):
        job = claimed(storage)
        with pytest.raises(Conflict):
            storage.finish(job.id, job.token, Status.RUNNING)
        assert storage.get_job(job.id) == job

    @pytest.mark.parametrize(
        ("late_request", "status", "event"),
        [(RequestedState.CANCEL, Status.CANCELLED, "ended"), (RequestedState.RUN, Status.QUEUED, "recovered")],
    )
    def test_a_pause_follows_a_request_that_changed_on_the_way(self, storage, late_request, status, event):
        job = claimed(storage)
        storage.set_requested_state(job.id, RequestedState.PAUSE)
        storage.set_requested_state(job.id, late_request)
        assert storage.finish(job.id, job.token, Status.PAUSED).status is status
        assert events_of(storage, job.id)[-1] == event

    def test_a_released_job_keeps_its_place_and_is_taken_first_again(self, storage):
        job = claimed(storage)
        waiting = stored_job(storage, job.network_id)
        released = storage.release(job.id, job.token, crashed=False, max_crashes=3)
        assert (released.status, released.crashes, released.owner) == (Status.QUEUED, 0, None)
        assert storage.queue_positions([waiting.id, job.id]) == {job.id: 1, waiting.id: 2}
        assert events_of(storage, job.id)[-1] == "recovered"

        taken = [storage.claim_next(owner="worker", lease_seconds=60) for _ in range(3)]
        assert [claim and claim.job.id for claim in taken] == [job.id, waiting.id, None]

    def test_a_swept_job_keeps_its_place(self, storage):
        job = claimed(storage, lease_seconds=-1)
        waiting = stored_job(storage, job.network_id)
        storage.sweep(max_crashes=3)
        assert storage.queue_positions([waiting.id, job.id]) == {job.id: 1, waiting.id: 2}

    def test_a_paused_and_resumed_job_goes_to_the_end(self, storage):
        job = claimed(storage)
        waiting = stored_job(storage, job.network_id)
        storage.set_requested_state(job.id, RequestedState.PAUSE)
        storage.finish(job.id, job.token, Status.PAUSED)
        storage.set_requested_state(job.id, RequestedState.RUN)
        assert storage.queue_positions([waiting.id, job.id]) == {waiting.id: 1, job.id: 2}
        assert storage.claim_next(owner="worker", lease_seconds=60).job.id == waiting.id

    def test_workers_at_once_take_different_jobs(self, storage):
        made = stored_network(storage)
        jobs = [stored_job(storage, made.id).id for _ in range(4)]
        claims = at_once(lambda _: storage.claim_next(owner="worker", lease_seconds=60), 4)
        assert sorted(claim.job.id for claim in claims) == sorted(jobs)

    def test_a_job_that_gets_further_between_its_crashes_is_not_given_up(self, storage):
        job = claimed(storage)
        for number, (is_stopped_well, got_to) in enumerate([(False, 1), (False, 2), (True, 2), (False, 3)]):
            storage.save_checkpoint(checkpoint(job, got_to))
            released = storage.release(job.id, job.token, crashed=not is_stopped_well, max_crashes=2)
            assert released.status is Status.QUEUED, number
            job = storage.claim(job.id, owner="worker", lease_seconds=60).job
        failed = storage.release(job.id, job.token, crashed=True, max_crashes=2)
        assert (failed.status, failed.crashes) == (Status.FAILED, 4)
        recovered = [event.data for event in storage.list_events(job.id) if event.kind == "recovered"]
        assert [data["from_epoch"] for data in recovered] == [1, 2, 2, 3, 3]

    def test_a_run_that_stopped_well_is_not_counted_among_its_crashes(self, storage):
        job = claimed(storage)
        for crashed in (True, False, True):
            released = storage.release(job.id, job.token, crashed=crashed, max_crashes=3)
            assert released.status is Status.QUEUED
            job = storage.claim(job.id, owner="worker", lease_seconds=60).job
        assert storage.release(job.id, job.token, crashed=True, max_crashes=3).status is Status.FAILED

    def test_crashes_are_counted_up_to_the_limit(self, storage):
        job = claimed(storage)
        for crashes in (1, 2):
            released = storage.release(job.id, job.token, crashed=True, max_crashes=3)
            assert (released.status, released.crashes) == (Status.QUEUED, crashes)
            job = storage.claim(job.id, owner="worker", lease_seconds=60).job
        failed = storage.release(job.id, job.token, crashed=True, max_crashes=3)
        assert (failed.status, failed.error.code, failed.crashes) == (Status.FAILED, "crashed", 3)
        assert events_of(storage, job.id)[-2:] == ["recovered", "ended"]

    @pytest.mark.parametrize(
        ("requested_state", "status", "events"),
        [
            (RequestedState.CANCEL, Status.CANCELLED, ["recovered", "ended"]),
            (RequestedState.PAUSE, Status.PAUSED, ["recovered", "paused"]),
        ],
    )
    def test_a_released_job_follows_the_request(self, storage, requested_state, status, events):
        job = claimed(storage)
        storage.set_requested_state(job.id, requested_state)
        assert storage.release(job.id, job.token, crashed=True, max_crashes=1).status is status
        assert events_of(storage, job.id)[-2:] == events

    def test_the_sweeper_frees_what_has_run_out_and_nothing_else(self, storage):
        expired, living = claimed(storage, lease_seconds=-1), claimed(storage)
        waiting = stored_job(storage)
        assert [(job.id, job.status, job.crashes) for job in storage.sweep(max_crashes=3)] == [
            (expired.id, Status.QUEUED, 1)
        ]
        assert storage.sweep(max_crashes=3) == []
        assert (storage.get_job(living.id), storage.get_job(waiting.id)) == (living, waiting)

    def test_sweepers_at_once_count_one_crash(self, storage):
        job = claimed(storage, lease_seconds=-1)
        swept = at_once(lambda _: storage.sweep(max_crashes=3), 4)
        assert sorted(map(len, swept)) == [0, 0, 0, 1]
        assert storage.get_job(job.id).crashes == 1

    def test_jobs_long_queued_are_listed_oldest_first(self, storage):
        made = stored_network(storage)
        first, second, claimed_one = (stored_job(storage, made.id) for _ in range(3))
        storage.claim(claimed_one.id, owner="worker", lease_seconds=60)
        assert storage.lost_jobs(queued_for_seconds=0, limit=10) == [first.id, second.id]
        assert storage.lost_jobs(queued_for_seconds=0, limit=1) == [first.id]
        assert storage.lost_jobs(queued_for_seconds=60, limit=10) == []
        storage.set_requested_state(first.id, RequestedState.PAUSE)
        storage.set_requested_state(first.id, RequestedState.RUN)
        assert storage.lost_jobs(queued_for_seconds=0, limit=10) == [second.id, first.id]


def everything(storage, job):
    """All that a run writes about a job."""
    return (
        storage.get_job(job.id),
        storage.list_events(job.id),
        storage.history([job.id]),
        storage.list_snapshots(job.network_id, Page()),
        storage.read_frames(job.id, after=-1),
    )
