import pytest

from service.domain.callbacks import NewCallback
from service.domain.figures import EndedJobs
from service.domain.jobs import JobError
from service.domain.status import RequestedState, Status
from service.errors import LeaseLost
from tests.storage.makers import claimed, stored_job

CALLBACK = NewCallback(url="https://example.org/hook", secret="whsec_c2VjcmV0")


def attempt(storage, outcome, *, retry_seconds):
    callback = storage.claim_callback(lease_seconds=60)
    storage.settle_callback(callback.id, callback.attempt, outcome, retry_seconds=retry_seconds)


class FiguresContract:
    def test_a_new_database_has_counted_nothing(self, storage):
        figures = storage.figures()
        assert (figures.queue_age_seconds, figures.callbacks_due) == (0, 0)
        assert (figures.ended, figures.callbacks, figures.drift_warnings) == ((), {}, 0)

    def test_the_queue_is_as_old_as_the_job_that_has_waited_longest(self, storage):
        first, second = stored_job(storage), stored_job(storage)
        age = storage.figures().queue_age_seconds
        assert age >= second.created_at - first.created_at
        storage.set_requested_state(first.id, RequestedState.CANCEL)
        assert storage.figures().queue_age_seconds >= 0
        storage.claim(second.id, owner="worker", lease_seconds=60)
        assert storage.figures().queue_age_seconds == 0

    def test_ends_are_counted_by_status_code_and_training_time_and_stay_counted(self, storage):
        for seconds in (0.5, 1.0, 200_000.0):
            job = claimed(storage)
            storage.finish(job.id, job.token, Status.SUCCEEDED, seconds=seconds)
        storage.delete_job(job.id)
        failed = claimed(storage)
        error = JobError(code="diverged", message="The loss is not a number.")
        storage.finish(failed.id, failed.token, Status.FAILED, error=error, seconds=59.0)
        storage.set_requested_state(stored_job(storage).id, RequestedState.CANCEL)
        assert set(storage.figures().ended) == {
            EndedJobs(Status.SUCCEEDED, "", 1, 2, 1.5),
            EndedJobs(Status.SUCCEEDED, "", None, 1, 200_000.0),
            EndedJobs(Status.FAILED, "diverged", 60, 1, 59.0),
            EndedJobs(Status.CANCELLED, "", 1, 1, 0.0),
        }

    def test_a_job_that_is_given_up_counts_once_and_one_that_is_put_back_does_not(self, storage):
        job = claimed(storage)
        storage.release(job.id, job.token, crashed=True, max_crashes=2)
        assert storage.figures().ended == ()
        token = storage.claim(job.id, owner="worker", lease_seconds=60).job.token
        storage.release(job.id, token, crashed=True, max_crashes=2)
        assert [(group.code, group.jobs) for group in storage.figures().ended] == [("crashed", 1)]

    def test_attempts_to_call_back_are_counted_by_their_outcome(self, storage):
        jobs = [claimed(storage, callback=CALLBACK) for _ in range(2)]
        assert storage.figures().callbacks_due == 0
        for job in jobs:
            storage.finish(job.id, job.token, Status.SUCCEEDED)
        assert storage.figures().callbacks_due == 2
        attempt(storage, {"delivered": True}, retry_seconds=None)
        attempt(storage, {"delivered": False}, retry_seconds=0)
        assert storage.figures().callbacks_due == 1
        attempt(storage, {"delivered": False}, retry_seconds=None)
        figures = storage.figures()
        assert figures.callbacks_due == 0
        assert figures.callbacks == {"delivered": 1, "failed": 1, "given_up": 1}

    def test_an_attempt_that_came_too_late_is_not_counted(self, storage):
        job = claimed(storage, callback=CALLBACK)
        storage.finish(job.id, job.token, Status.SUCCEEDED)
        first = storage.claim_callback(lease_seconds=0)
        storage.claim_callback(lease_seconds=60)
        with pytest.raises(LeaseLost):
            storage.settle_callback(job.id, first.attempt, {"delivered": True}, retry_seconds=None)
        assert storage.figures().callbacks == {}
