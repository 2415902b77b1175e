import math

import pytest

from service.errors import NotFound
from tests.storage.makers import at_once, stored_job


class EventsContract:
    def test_events_are_numbered_and_read_in_order(self, storage):
        job = stored_job(storage)
        added = [storage.add_event(job.id, "note", {"n": n, "loss": math.inf}) for n in range(3)]
        assert [event.seq for event in storage.list_events(job.id)] == [1, 2, 3, 4]
        assert storage.list_events(job.id, after=1) == added
        assert storage.list_events(job.id, after=2, limit=1) == added[1:2]
        assert storage.list_events(job.id, after=4) == []

    def test_a_missing_job_has_no_events(self, storage):
        with pytest.raises(NotFound):
            storage.list_events("job_missing")
        with pytest.raises(NotFound):
            storage.add_event("job_missing", "note", {})

    def test_events_of_writers_at_once_have_no_gap(self, storage):
        job = stored_job(storage)

        def write(writer):
            return [storage.add_event(job.id, "note", {"writer": writer}).seq for _ in range(10)]

        numbers = [seq for written in at_once(write, 4) for seq in written]
        assert sorted(numbers) == list(range(2, 42))
        assert [event.seq for event in storage.list_events(job.id)] == list(range(1, 42))

    def test_a_rolled_back_event_leaves_no_gap(self, storage):
        job = stored_job(storage)
        with pytest.raises(ZeroDivisionError), storage.transaction():
            storage.add_event(job.id, "undone", {})
            raise ZeroDivisionError
        assert storage.add_event(job.id, "done", {}).seq == 2

    def test_workers_are_counted_while_they_beat(self, storage):
        storage.heartbeat_worker("one", slots=1)
        storage.heartbeat_worker("two", slots=2)
        storage.heartbeat_worker("two", slots=2)
        assert storage.count_workers(alive_within_seconds=60) == 2
        assert storage.count_workers(alive_within_seconds=-60) == 0
        storage.forget_worker("one")
        assert storage.count_workers(alive_within_seconds=60) == 1
