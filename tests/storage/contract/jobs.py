from itertools import combinations

import pytest

from service.domain.paging import Page
from service.domain.status import RequestedState, Status
from service.errors import Conflict, NotFound
from service.storage.sql import queue_positions
from tests.storage.makers import add_epochs, at_once, claimed, epoch, events_of, snapshot, stored_job, stored_network


class JobsContract:
    def test_a_new_job_is_queued(self, storage):
        made = stored_network(storage, name="cheese")
        job = stored_job(storage, made.id, options={"training": {"seed": 7}}, epochs=20, rows=6, max_seconds=1.5)
        assert (job.status, job.requested_state, job.network_name) == (Status.QUEUED, RequestedState.RUN, "cheese")
        assert (job.options, job.epoch, job.epochs, job.rows) == ({"training": {"seed": 7}}, 0, 20, 6)
        assert (job.token, job.crashes, job.max_seconds, job.best_value, job.error) == (0, 0, 1.5, None, None)
        assert storage.get_job(job.id) == job
        assert events_of(storage, job.id) == ["submitted"]
        assert storage.read_job_data(job.id) == b"rows"
        with pytest.raises(NotFound):
            storage.read_job_data("job_missing")

    def test_a_job_needs_its_network_and_its_start_snapshot(self, storage):
        made = stored_network(storage)
        for wrong in ({"network_id": "net_missing"}, {"options": {"start_snapshot": "snap_missing"}}):
            with pytest.raises(NotFound):
                stored_job(storage, **{"network_id": made.id, **wrong})
        assert storage.list_jobs(Page()) == []

    def test_a_job_starts_from_the_snapshot_of_its_submission_even_when_that_is_gone(self, storage):
        made = stored_network(storage, initial=b"from the start")
        first = storage.find_snapshot(made.id, "initial")
        job = stored_job(storage, made.id, options={"start_snapshot": first.id})
        storage.add_snapshot(snapshot(made.id, values=b"newer"))
        storage.delete_snapshot(first.id)
        assert storage.claim(job.id, owner="worker", lease_seconds=60).start_values == b"from the start"

    def test_a_job_starts_from_the_newest_snapshot_by_default(self, storage):
        made = stored_network(storage)
        storage.add_snapshot(snapshot(made.id, values=b"newest"))
        job = stored_job(storage, made.id)
        assert storage.claim(job.id, owner="worker", lease_seconds=60).start_values == b"newest"

    def test_jobs_are_listed_newest_first_by_network_and_status(self, storage):
        one, other = stored_network(storage), stored_network(storage)
        queued, paused, foreign = (stored_job(storage, made.id) for made in (one, one, other))
        storage.set_requested_state(paused.id, RequestedState.PAUSE)

        def listed(page=Page(), **wanted):  # noqa: B008
            return [job.id for job in storage.list_jobs(page, **wanted)]

        assert set(listed()) == {queued.id, paused.id, foreign.id}
        assert listed() == sorted(listed(), reverse=True)
        assert listed(Page(limit=2)) + listed(Page(after=listed()[1])) == listed()
        assert set(listed(network_id=one.id)) == {queued.id, paused.id}
        assert listed(network_id=one.id, statuses=[Status.PAUSED, Status.FAILED]) == [paused.id]
        with pytest.raises(NotFound):
            listed(Page(after="job_missing"))

    def test_the_queue_is_first_come_first_served(self, storage):
        made = stored_network(storage)
        first, second, third = (stored_job(storage, made.id) for _ in range(3))
        jobs = [first.id, second.id, third.id]
        assert storage.queue_positions(jobs) == {first.id: 1, second.id: 2, third.id: 3}
        storage.claim(first.id, owner="worker", lease_seconds=60)
        storage.set_requested_state(second.id, RequestedState.PAUSE)
        storage.set_requested_state(second.id, RequestedState.RUN)
        assert storage.queue_positions([*jobs, "job_missing"]) == {second.id: 2, third.id: 1}
        assert storage.queue_positions([]) == {}
        assert storage.count_jobs([Status.QUEUED]) == 2
        assert storage.count_jobs([Status.QUEUED, Status.RUNNING]) == 3

    @pytest.mark.parametrize("near", [1, 2, 3, 1000])
    def test_positions_are_exact_from_whichever_end_of_the_queue_they_are_counted(self, storage, monkeypatch, near):
        monkeypatch.setattr(queue_positions, "NEAR", near)
        made = stored_network(storage)
        running, paused, cancelled, *queued = (stored_job(storage, made.id).id for _ in range(10))
        storage.claim(running, owner="worker", lease_seconds=60)
        storage.set_requested_state(paused, RequestedState.PAUSE)
        storage.set_requested_state(cancelled, RequestedState.CANCEL)
        positions = {job_id: position for position, job_id in enumerate(queued, 1)}
        for first, last in combinations(range(len(queued) + 1), 2):
            asked = queued[first:last]
            expected = {job_id: positions[job_id] for job_id in asked}
            assert storage.queue_positions([*asked, running, paused, cancelled]) == expected
        assert storage.queue_positions(queued[::3]) == {job_id: positions[job_id] for job_id in queued[::3]}

    @pytest.mark.parametrize(
        ("before", "requested_state", "status", "event"),
        [
            ("queued", RequestedState.PAUSE, Status.PAUSED, "paused"),
            ("queued", RequestedState.CANCEL, Status.CANCELLED, "ended"),
            ("running", RequestedState.PAUSE, Status.PAUSING, "pausing"),
            ("running", RequestedState.CANCEL, Status.CANCELLING, "cancelling"),
            ("pausing", RequestedState.RUN, Status.RUNNING, "resumed"),
            ("pausing", RequestedState.CANCEL, Status.CANCELLING, "cancelling"),
            ("paused", RequestedState.RUN, Status.QUEUED, "resumed"),
            ("paused", RequestedState.CANCEL, Status.CANCELLED, "ended"),
        ],
    )
    def test_a_request_moves_a_job(self, storage, before, requested_state, status, event):
        job = job_that_is(storage, before)
        assert storage.set_requested_state(job.id, requested_state).status is status
        last = storage.list_events(job.id)[-1]
        assert (last.kind, last.data["status"]) == (event, status)

    @pytest.mark.parametrize(
        ("before", "requested_state"),
        [
            ("queued", RequestedState.RUN),
            ("running", RequestedState.RUN),
            ("pausing", RequestedState.PAUSE),
            ("paused", RequestedState.PAUSE),
            ("cancelling", RequestedState.CANCEL),
            ("cancelled", RequestedState.CANCEL),
        ],
    )
    def test_the_same_request_again_changes_nothing(self, storage, before, requested_state):
        job = job_that_is(storage, before)
        events = events_of(storage, job.id)
        assert storage.set_requested_state(job.id, requested_state) == storage.get_job(job.id) == job
        assert events_of(storage, job.id) == events

    @pytest.mark.parametrize(
        ("before", "requested_state"),
        [
            ("cancelling", RequestedState.RUN),
            ("cancelling", RequestedState.PAUSE),
            ("cancelled", RequestedState.RUN),
            ("succeeded", RequestedState.RUN),
            ("succeeded", RequestedState.PAUSE),
            ("succeeded", RequestedState.CANCEL),
        ],
    )
    def test_a_request_that_comes_too_late_is_a_conflict(self, storage, before, requested_state):
        job = job_that_is(storage, before)
        with pytest.raises(Conflict, match=before):
            storage.set_requested_state(job.id, requested_state)
        assert storage.get_job(job.id) == job

    def test_a_missing_job_is_not_found(self, storage):
        for action in (
            storage.get_job,
            storage.delete_job,
            lambda missing: storage.set_requested_state(missing, RequestedState.PAUSE),
        ):
            with pytest.raises(NotFound):
                action("job_missing")

    def test_of_requests_at_once_one_moves_the_job_and_its_event_is_written_once(self, storage):
        job = job_that_is(storage, "running")
        at_once(lambda _: storage.set_requested_state(job.id, RequestedState.CANCEL), 4)
        assert events_of(storage, job.id) == ["submitted", "started", "cancelling"]

    def test_an_ended_job_can_be_deleted_and_its_snapshots_stay(self, storage):
        job = claimed(storage)
        add_epochs(storage, job, [epoch(1), epoch(2)])
        kept = storage.add_snapshot(snapshot(job.network_id, job_id=job.id, kind="best"), token=job.token)
        with pytest.raises(Conflict):
            storage.delete_job(job.id)
        storage.finish(job.id, job.token, Status.SUCCEEDED)
        storage.delete_job(job.id)
        assert storage.history([job.id]) == []
        assert storage.find_snapshot(job.network_id, kept.id).job_id is None
        with pytest.raises(NotFound):
            storage.get_job(job.id)


def job_that_is(storage, status):
    """A job that came to a status the way jobs do."""
    if status in ("queued", "paused", "cancelled"):
        job = stored_job(storage)
        wants = {"queued": RequestedState.RUN, "paused": RequestedState.PAUSE, "cancelled": RequestedState.CANCEL}
        return storage.set_requested_state(job.id, wants[status])
    job = claimed(storage)
    if status == "succeeded":
        return storage.finish(job.id, job.token, Status.SUCCEEDED)
    wants = {"running": RequestedState.RUN, "pausing": RequestedState.PAUSE, "cancelling": RequestedState.CANCEL}
    return storage.set_requested_state(job.id, wants[status])
