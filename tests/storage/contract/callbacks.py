import pytest

from service.domain.callbacks import NewCallback
from service.domain.status import RequestedState, Status
from service.errors import LeaseLost, NotFound
from tests.storage.makers import at_once, claimed, events_of, stored_job, stored_network

CALLBACK = NewCallback(url="https://example.org/hook?job=1", secret="whsec_c2VjcmV0")


def ended(storage, status=Status.SUCCEEDED, *, callback=CALLBACK):
    job = claimed(storage, callback=callback)
    return storage.finish(job.id, job.token, status)


class CallbacksContract:
    @pytest.mark.parametrize("status", [Status.SUCCEEDED, Status.FAILED, Status.CANCELLED])
    def test_a_callback_is_due_once_its_job_has_ended(self, storage, status):
        job = claimed(storage, callback=CALLBACK)
        assert storage.claim_callback(lease_seconds=60) is None
        job = storage.finish(job.id, job.token, status)
        due = storage.claim_callback(lease_seconds=60)
        assert (due.about, due.url, due.secret, due.attempt) == (job, CALLBACK.url, CALLBACK.secret, 1)
        assert storage.claim_callback(lease_seconds=60) is None

    def test_a_job_that_never_ran_calls_back_too(self, storage):
        job = stored_job(storage, callback=CALLBACK)
        storage.set_requested_state(job.id, RequestedState.CANCEL)
        assert storage.claim_callback(lease_seconds=60).about.status is Status.CANCELLED

    def test_a_job_given_up_after_its_crashes_calls_back_and_one_put_back_does_not(self, storage):
        job = claimed(storage, callback=CALLBACK)
        storage.release(job.id, job.token, crashed=True, max_crashes=2)
        assert storage.claim_callback(lease_seconds=60) is None
        token = storage.claim(job.id, owner="worker", lease_seconds=60).job.token
        storage.release(job.id, token, crashed=True, max_crashes=2)
        assert storage.claim_callback(lease_seconds=60).about.error.code == "crashed"

    def test_a_job_without_a_callback_owes_none(self, storage):
        ended(storage, callback=None)
        assert storage.claim_callback(lease_seconds=60) is None

    def test_those_due_longest_come_first(self, storage):
        jobs = [ended(storage) for _ in range(3)]
        assert [storage.claim_callback(lease_seconds=60).about.id for _ in range(3)] == [job.id for job in jobs]

    def test_of_workers_at_once_each_callback_goes_to_one(self, storage):
        jobs = [ended(storage) for _ in range(2)]
        claims = at_once(lambda n: storage.claim_callback(lease_seconds=60), 6)
        taken = [claim.about.id for claim in claims if claim is not None]
        assert len(taken) == len(set(taken))
        while (claim := storage.claim_callback(lease_seconds=60)) is not None:
            taken.append(claim.about.id)
        assert sorted(taken) == sorted(job.id for job in jobs)

    def test_an_attempt_that_is_never_settled_is_followed_by_another(self, storage):
        job = ended(storage)
        first, second = storage.claim_callback(lease_seconds=0), storage.claim_callback(lease_seconds=60)
        assert (first.attempt, second.attempt) == (1, 2)
        with pytest.raises(LeaseLost):
            storage.settle_callback(job.id, 1, {}, retry_seconds=None)
        assert "callback" not in events_of(storage, job.id)
        storage.settle_callback(job.id, 2, {"status": 200}, retry_seconds=None)
        assert [event.data for event in storage.list_events(job.id) if event.kind == "callback"] == [{"status": 200}]

    def test_a_failed_attempt_is_made_again_in_its_time(self, storage):
        job = ended(storage)
        storage.settle_callback(job.id, storage.claim_callback(lease_seconds=60).attempt, {}, retry_seconds=60)
        assert storage.claim_callback(lease_seconds=60) is None
        other = ended(storage)
        storage.settle_callback(other.id, storage.claim_callback(lease_seconds=60).attempt, {}, retry_seconds=0)
        again = storage.claim_callback(lease_seconds=60)
        assert (again.about.id, again.attempt) == (other.id, 2)

    def test_nothing_is_left_of_a_callback_that_is_settled_for_good(self, storage):
        job = ended(storage)
        attempt = storage.claim_callback(lease_seconds=0).attempt
        storage.settle_callback(job.id, attempt, {}, retry_seconds=None)
        assert storage.claim_callback(lease_seconds=60) is None
        with pytest.raises(LeaseLost):
            storage.settle_callback(job.id, attempt, {}, retry_seconds=None)

    def test_a_callback_goes_with_its_job_and_its_network(self, storage):
        network = stored_network(storage)
        jobs = [stored_job(storage, network.id, callback=CALLBACK) for _ in range(2)]
        for job in jobs:
            storage.set_requested_state(job.id, RequestedState.CANCEL)
        attempt = storage.claim_callback(lease_seconds=60)
        storage.delete_job(jobs[0].id)
        storage.delete_network(network.id)
        assert storage.claim_callback(lease_seconds=0) is None
        with pytest.raises(NotFound):
            storage.settle_callback(attempt.about.id, attempt.attempt, {}, retry_seconds=60)

    def test_a_secret_does_not_show_in_what_is_printed(self, storage):
        ended(storage)
        assert "whsec" not in repr(CALLBACK) + repr(storage.claim_callback(lease_seconds=60))
