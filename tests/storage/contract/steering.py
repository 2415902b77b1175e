import pytest

from service.domain.frames import Frame, Weights
from service.domain.jobs import ChangedOptions, Pace
from service.domain.paging import Page
from service.domain.status import RequestedState, Status
from service.errors import Conflict, LeaseLost, NotFound
from tests.storage.makers import checkpoint, claimed, epoch, events_of, execute, snapshot, stored_job, stored_network

CHANGED = ChangedOptions(options={"training": {"seed": 9}}, epochs=50, changes={"epochs": {"before": 10, "after": 50}})


class SteeringContract:
    def test_a_job_that_is_to_pause_at_0_is_stored_paused(self, storage):
        job = stored_job(storage, pause_at=0, epochs_per_second=2.0)
        assert (job.status, job.requested_state, job.pause_at) == (Status.PAUSED, RequestedState.PAUSE, 0)
        assert storage.claim_next(owner="worker", lease_seconds=60) is None
        resumed = storage.resume_job(job.id, Pace(pause_at=3, epochs_per_second=2.0))
        assert (resumed.status, resumed.pause_at, resumed.epochs_per_second) == (Status.QUEUED, 3, 2.0)
        assert storage.claim_next(owner="worker", lease_seconds=60).job.pause_at == 3
        assert events_of(storage, job.id) == ["submitted", "resumed", "started"]

    def test_a_job_that_paused_itself_is_paused_unless_it_is_to_run_on(self, storage):
        job = claimed(storage, pause_at=5)
        assert storage.finish(job.id, job.token, Status.PAUSED, paused_at=5).requested_state is RequestedState.PAUSE
        for pace in (Pace(pause_at=6), Pace()):
            job = claimed(storage, pause_at=5)
            storage.resume_job(job.id, pace)
            assert storage.finish(job.id, job.token, Status.PAUSED, paused_at=5).status is Status.QUEUED
        job = claimed(storage, pause_at=5)
        storage.set_requested_state(job.id, RequestedState.CANCEL)
        assert storage.finish(job.id, job.token, Status.PAUSED, paused_at=5).status is Status.CANCELLED

    def test_the_same_pace_again_changes_nothing(self, storage):
        job = claimed(storage)
        for _ in range(2):
            assert storage.resume_job(job.id, Pace(epochs_per_second=4.0)).epochs_per_second == 4.0
        assert events_of(storage, job.id) == ["submitted", "started", "pace_changed"]

    def test_options_change_while_a_job_is_paused_and_every_change_is_kept(self, storage):
        job = claimed(storage)
        with pytest.raises(Conflict, match="running"):
            storage.resume_job(job.id, Pace(), CHANGED)
        assert storage.get_job(job.id) == job
        storage.save_checkpoint(checkpoint(job, 7))
        storage.set_requested_state(job.id, RequestedState.PAUSE)
        storage.finish(job.id, job.token, Status.PAUSED)
        changed = storage.resume_job(job.id, Pace(), CHANGED)
        assert (changed.options, changed.epochs) == ({"training": {"seed": 9}}, 50)
        assert changed.changes == [{"from_epoch": 8, "options": {"epochs": {"before": 10, "after": 50}}}]
        assert events_of(storage, job.id)[-2:] == ["options_changed", "resumed"]

    def test_an_ended_or_missing_job_is_not_resumed(self, storage):
        job = claimed(storage)
        storage.finish(job.id, job.token, Status.SUCCEEDED)
        with pytest.raises(Conflict):
            storage.resume_job(job.id, Pace(pause_at=3))
        assert storage.get_job(job.id).pause_at is None
        with pytest.raises(NotFound):
            storage.resume_job("job_missing", Pace())

    def test_a_job_is_watched_for_as_long_as_that_is_renewed(self, storage, database_url):
        job = claimed(storage)
        assert not job.is_watched
        storage.watch_job(job.id, seconds=60)
        storage.watch_job("job_missing", seconds=60)
        assert storage.get_job(job.id).is_watched
        execute(database_url, "UPDATE jobs SET watched_until = watched_until - 100")
        assert not storage.get_job(job.id).is_watched
        storage.watch_job(job.id, seconds=60)
        assert storage.get_job(job.id).is_watched

    def test_frames_are_kept_for_a_short_time_with_the_numbers_of_their_epochs(self, storage, database_url):
        job = claimed(storage)
        storage.add_epochs(job.id, job.token, [epoch(1), epoch(2)], seconds=1, best_epoch=1, best_value=1.0)
        storage.add_frames(job.id, job.token, [frame(2), frame(3)])
        storage.add_frames(job.id, job.token, [frame(3, b"again")])
        assert [(one.epoch, one.weights) for one in storage.read_frames(job.id, after=0)] == [
            (2, b"frame 2"),
            (3, b"again"),
        ]
        [third] = storage.read_frames(job.id, after=2)
        assert (third.epoch, third.numbers) == (3, None)
        [numbers] = storage.history([job.id], from_epoch=2)
        assert storage.read_frames(job.id, after=1)[0].numbers == numbers
        execute(database_url, "UPDATE frames SET created_at = created_at - 20")
        storage.add_frames(job.id, job.token, [frame(4)])
        assert [one.epoch for one in storage.read_frames(job.id, after=-1)] == [4]
        execute(database_url, "UPDATE frames SET created_at = created_at - 100")
        storage.forget_frames()
        assert storage.read_frames(job.id, after=-1) == []
        with pytest.raises(LeaseLost):
            storage.add_frames(job.id, job.token + 1, [frame(5)])

    def test_restarts_are_listed_under_the_first_job_and_outlive_it(self, storage):
        first = claimed(storage)
        second, third = (stored_job(storage, first.network_id, restart_of=first.id) for _ in range(2))

        def listed(**wanted):
            return [job.id for job in storage.list_jobs(Page(), **wanted)]

        assert listed(restarts=False) == [first.id]
        assert listed(restart_of=first.id) == [third.id, second.id]
        assert listed() == [third.id, second.id, first.id]
        storage.finish(first.id, first.token, Status.SUCCEEDED)
        storage.delete_job(first.id)
        assert listed(restarts=False) == [second.id]
        assert listed(restart_of=second.id) == [third.id]

    def test_frames_go_with_their_job(self, storage):
        job = claimed(storage)
        storage.add_frames(job.id, job.token, [frame(1)])
        storage.finish(job.id, job.token, Status.SUCCEEDED)
        storage.delete_job(job.id)
        assert storage.read_frames(job.id, after=-1) == []

    def test_the_newest_weights_are_the_start_then_a_checkpoint_then_what_it_ended_with(self, storage):
        made = stored_network(storage, initial=b"initial")
        job = claimed(storage, made.id)
        assert storage.newest_weights(job.id) == Weights(epoch=0, values=b"initial")
        storage.save_checkpoint(checkpoint(job, 4, arrays=b"..values..", meta={"values": [2, 8]}))
        assert storage.newest_weights(job.id) == Weights(epoch=4, values=b"values")
        storage.add_snapshot(snapshot(made.id, job_id=job.id, kind="last", epoch=9, values=b"last"))
        storage.add_snapshot(snapshot(made.id, job_id=job.id, kind="best", epoch=6, values=b"best"))
        storage.finish(job.id, job.token, Status.SUCCEEDED)
        assert storage.newest_weights(job.id) == Weights(epoch=9, values=b"last")
        other = claimed(storage, made.id)
        storage.finish(other.id, other.token, Status.SUCCEEDED)
        assert storage.newest_weights(other.id) is None
        with pytest.raises(NotFound):
            storage.newest_weights("job_missing")


def frame(number, weights=None):
    return Frame(epoch=number, weights=weights or f"frame {number}".encode())
