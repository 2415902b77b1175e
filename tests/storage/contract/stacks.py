import pytest

from service.domain.jobs import ChangedOptions, Pace
from service.domain.paging import Page
from service.domain.status import RequestedState, Status
from tests.storage.makers import stored_job, stored_network

MOST = 64
ADA = {"created_by": "ada", "created_by_key": "key_ada"}


def queued(storage, times=1, **changes):
    network_id = stored_network(storage).id
    told = {"search_id": "srch_1", "stack_key": "shape", **changes}
    return [stored_job(storage, network_id, **told) for _ in range(times)]


def first(storage):
    return storage.claim_next(owner="worker", lease_seconds=60).job


def beside(storage, job, most=MOST):
    return list(storage.jobs_beside(job.id, most=most))


class StacksContract:
    def test_trials_of_one_key_train_with_the_first_one_in_the_order_of_the_queue(self, storage):
        jobs = queued(storage, 4)
        queued(storage, stack_key="another shape")
        queued(storage, stack_key=None)
        queued(storage, search_id="srch_2")
        assert beside(storage, first(storage)) == [job.id for job in jobs[1:]]

    def test_there_are_no_more_than_wanted_and_no_more_than_the_share_of_a_slot(self, storage):
        jobs = queued(storage, 7)
        job = first(storage)
        assert beside(storage, job, most=3) == [one.id for one in jobs[1:3]]
        for worker in ("one", "two"):
            storage.heartbeat_worker(worker, slots=1)
        assert beside(storage, job) == [one.id for one in jobs[1:4]]

    def test_a_job_without_a_key_trains_alone(self, storage):
        queued(storage, 2, stack_key=None)
        assert beside(storage, first(storage)) == []

    @pytest.mark.parametrize("changes", [{"running_limit": 9}, {"epochs_per_second": 2.0}])
    def test_so_does_one_of_a_limited_creator_or_with_a_pace(self, storage, changes):
        queued(storage, 2, **changes)
        assert beside(storage, first(storage)) == []

    def test_jobs_that_are_to_pause_or_have_a_pace_are_left_out(self, storage):
        jobs = queued(storage, 4)
        storage.set_requested_state(jobs[1].id, RequestedState.PAUSE)
        storage.resume_job(jobs[2].id, Pace(epochs_per_second=5.0))
        assert beside(storage, first(storage)) == [jobs[3].id]

    @pytest.mark.parametrize(("own", "other"), [({}, ADA), (ADA, {}), (ADA, {"created_by": "ada"})])
    def test_nobody_elses_job_waits_for_a_stack(self, storage, own, other):
        queued(storage, 3, **own)
        job = first(storage)
        assert len(beside(storage, job)) == 2
        stored_job(storage, **other)
        assert beside(storage, job) == []

    def test_a_run_that_was_given_back_goes_on_alone(self, storage):
        queued(storage, 2)
        job = first(storage)
        storage.release(job.id, job.token, crashed=False, max_crashes=3)
        assert beside(storage, first(storage)) == []

    def test_a_job_that_was_resumed_may_train_in_a_stack_unless_its_options_have_changed(self, storage):
        for _ in queued(storage, 3, pause_at=1):
            job = first(storage)
            storage.finish(job.id, job.token, Status.PAUSED, paused_at=1)
        jobs = sorted(storage.get_jobs([job.id for job in storage.list_jobs(Page(limit=10))]))
        changed = ChangedOptions(options={"training": {"epochs": 20}}, epochs=20, changes={"epochs": [10, 20]})
        for number, job_id in enumerate(jobs):
            storage.resume_job(job_id, Pace(), changed if number == 1 else None)
        assert beside(storage, first(storage)) == [jobs[2]]

    def test_jobs_are_read_together_without_those_that_are_gone(self, storage):
        [job] = queued(storage)
        assert storage.get_jobs([job.id, "job_none"]) == {job.id: storage.get_job(job.id)}
