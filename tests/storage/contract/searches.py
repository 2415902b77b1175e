import pytest

from service.domain.access import NewKey, Scope
from service.domain.ids import new_id
from service.domain.paging import Page
from service.domain.searches import NewSearch, NewTrial, SearchError, Source, StoredStep, TrialStatus
from service.domain.status import RequestedState, Status
from service.errors import AlreadyExists, Conflict, NotFound
from tests.storage.makers import add_epochs, claimed, epoch, stored_job, stored_network

SPEC = {"network": {"layers": []}, "parameters": {"/training/batch_size": {"type": "values", "values": [1, 2]}}}


def stored_search(storage, **fields):
    identifier = new_id("srch")
    wanted = {"id": identifier, "name": f"name of {identifier}", "spec": SPEC, "max_trials": 3, **fields}
    return storage.add_search(NewSearch(**wanted))


def with_trial(storage, *, step_epoch=None, **fields):
    """A search whose first trial has begun, and its job."""
    search = stored_search(storage, **fields)
    network = stored_network(storage, search_id=search.id)
    storage.add_trial(search.id, NewTrial(number=1, parameters={"/training/batch_size": 2}))
    storage.set_step(search.id, StoredStep(number=0, trial=1, rung=0, epoch=step_epoch))
    job = stored_job(storage, network.id, search_id=search.id, trial=1)
    storage.update_trial(search.id, 1, {"network_id": network.id, "job_id": job.id})
    storage.update_search(search.id, {"status": Status.RUNNING}, due=False)
    return storage.get_search(search.id), storage.claim(job.id, owner="worker", lease_seconds=60).job


class SearchesContract:
    def test_a_search_comes_back_as_it_was_stored(self, storage):
        point = NewTrial(number=1, parameters={"/a": [1, "x"]}, source=Source.POINT)
        made = stored_search(storage, name="tune", points=[point], networks=("t*",), created_by="ci")
        assert storage.get_search("tune") == storage.get_search(made.id) == made
        assert (made.spec, made.max_trials, made.networks, made.created_by) == (SPEC, 3, ("t*",), "ci")
        assert (made.status, made.requested_state, made.error) == (Status.QUEUED, RequestedState.RUN, None)
        assert (made.best_trial, made.best_value, made.started_at, made.finished_at) == (None, None, None, None)
        [trial] = storage.list_trials(made.id)
        assert (trial.number, trial.parameters, trial.source) == (1, {"/a": [1, "x"]}, Source.POINT)
        assert (trial.status, trial.job_id, trial.value, trial.epoch) == (TrialStatus.WAITING, None, None, 0)
        with pytest.raises(AlreadyExists, match="tune"):
            stored_search(storage, name="tune")
        with pytest.raises(NotFound):
            storage.get_search("missing")
        with pytest.raises(NotFound):
            storage.get_trial(made.id, 2)
        assert storage.get_trials(made.id, [1, 2]) == {1: storage.get_trial(made.id, 1)}
        assert storage.get_trials(made.id, []) == {}

    def test_searches_are_listed_newest_first_by_pages_and_by_names(self, storage):
        made = [stored_search(storage, name=name).id for name in ("a1", "b1", "a2")]
        first = storage.list_searches(Page(limit=2))
        second = storage.list_searches(Page(limit=2, after=first[-1].id))
        assert [one.id for page in (first, second) for one in page] == made[::-1]
        assert [one.name for one in storage.list_searches(Page(), names=["a*"])] == ["a2", "a1"]

    def test_a_search_is_due_where_something_was_asked_of_it(self, storage):
        search = stored_search(storage)
        assert search.id in storage.due_searches(limit=1000)
        storage.update_search(search.id, {"status": Status.RUNNING}, due=False)
        assert search.id not in storage.due_searches(limit=1000)
        storage.update_search(search.id, {"status": Status.PAUSING}, due=False)
        assert search.id in storage.due_searches(limit=1000)
        storage.update_search(search.id, {"status": Status.CANCELLED}, due=True)
        assert search.id not in storage.due_searches(limit=1000)

    def test_a_search_is_due_once_its_trial_has_no_job_or_one_that_has_stopped(self, storage):
        search, job = with_trial(storage, step_epoch=2)

        def is_due():
            return search.id in storage.due_searches(limit=1000)

        assert not is_due()
        add_epochs(storage, job, [epoch(1)])
        storage.set_requested_state(job.id, RequestedState.PAUSE)
        storage.finish(job.id, job.token, Status.PAUSED)
        assert not is_due()  # on its way to the step's epoch
        storage.set_requested_state(job.id, RequestedState.RUN)
        job = storage.claim(job.id, owner="worker", lease_seconds=60).job
        add_epochs(storage, job, [epoch(2)])
        storage.finish(job.id, job.token, Status.SUCCEEDED)
        assert is_due()
        storage.delete_job(job.id)
        assert is_due()
        storage.set_step(search.id, StoredStep(number=0, trial=1, rung=0, epoch=2, ended=True))
        assert not is_due()
        storage.add_trial(search.id, NewTrial(number=2, parameters={}))
        assert not is_due()
        storage.set_step(search.id, StoredStep(number=1, trial=2, rung=0, epoch=None))
        assert is_due()
        storage.update_search(search.id, {"requested_state": RequestedState.PAUSE}, due=False)
        assert not is_due()

    def test_a_trial_is_what_its_job_is_until_it_has_ended_and_then_keeps_what_it_has_spent(self, storage):
        search, job = with_trial(storage)
        add_epochs(storage, job, [epoch(1), epoch(2)])
        running = storage.get_trial(search.id, 1)
        assert (running.status, running.job_status, running.epoch, running.epochs) == ("running", "running", 2, 10)
        assert running.seconds == 1.0 and running.finished_at is None
        storage.finish(job.id, job.token, Status.SUCCEEDED)
        storage.update_trial(search.id, 1, {"status": TrialStatus.SUCCEEDED, "value": 0.5, "spread": 0.1})
        storage.delete_job(job.id)
        ended = storage.get_trial(search.id, 1)
        assert (ended.status, ended.job_status, ended.value, ended.spread, ended.epoch) == (
            "succeeded",
            None,
            0.5,
            0.1,
            2,
        )
        assert ended.seconds == 1.0 and ended.finished_at is not None
        figures = storage.search_figures([search.id])[search.id]
        assert (figures.counts, figures.seconds, figures.epochs) == ({TrialStatus.SUCCEEDED: 1}, 1.0, 2)

    def test_steps_and_counts_come_back_in_order(self, storage):
        search = stored_search(storage, points=[NewTrial(number=1, parameters={}, source=Source.POINT)])
        storage.add_trial(search.id, NewTrial(number=2, parameters={}))
        steps = [
            StoredStep(number=0, trial=1, rung=0, epoch=4, ended=True, value=float("nan")),
            StoredStep(number=1, trial=2, rung=1, epoch=None, ended=True, outcome=TrialStatus.DIVERGED),
        ]
        for step in reversed(steps):
            storage.set_step(search.id, step)
        found = storage.list_steps(search.id)
        assert found[0].value != found[0].value and found[1] == steps[1]
        assert storage.count_trials(search.id) == {Source.SAMPLER: 1, Source.POINT: 1}
        assert [trial.number for trial in storage.list_trials(search.id, after=1, limit=5)] == [2]
        assert [trial.number for trial in storage.list_trials(search.id, limit=1)] == [1]

    def test_the_best_trials_of_many_searches_are_read_together(self, storage):
        tuned, other, unended = (stored_search(storage).id for _ in range(3))
        for search in (tuned, other, unended):
            for number in (1, 2):
                storage.add_trial(search, NewTrial(number=number, parameters={"/a": number}))
        for search, number in ((tuned, 2), (other, 1)):
            storage.update_search(search, {"best_trial": number, "best_value": 0.25}, due=False)
        found = storage.best_trials([tuned, other, unended])
        assert found == {tuned: storage.get_trial(tuned, 2), other: storage.get_trial(other, 1)}
        assert storage.best_trials([]) == {}

    def test_a_search_keeps_times_best_and_error(self, storage):
        search = stored_search(storage)
        storage.update_search(search.id, {"status": Status.RUNNING, "best_trial": 2, "best_value": 0.25}, due=False)
        running = storage.get_search(search.id)
        assert (running.best_trial, running.best_value, running.finished_at) == (2, 0.25, None)
        error = SearchError(code="failures", message="5 trials have failed.")
        storage.update_search(search.id, {"status": Status.FAILED, "error": error}, due=False)
        ended = storage.get_search(search.id)
        assert (ended.error, ended.started_at) == (error, running.started_at)
        assert ended.finished_at >= ended.started_at >= ended.created_at

    def test_the_networks_of_a_search_are_listed_only_by_it_and_leave_it_with_a_name(self, storage):
        search, job = with_trial(storage)
        assert job.network_id not in {network.id for network in storage.list_networks(Page(limit=1000))}
        assert [network.id for network in storage.list_networks(Page(), search_id=search.id)] == [job.network_id]
        assert [found.id for found in storage.list_jobs(Page(), search_id=search.id)] == [job.id]
        storage.update_network(job.network_id, description="the third")
        assert storage.get_network(job.network_id).search_id == search.id
        storage.update_network(job.network_id, name=f"own-{search.id}")
        assert storage.get_network(job.network_id).search_id is None
        assert job.network_id in {network.id for network in storage.list_networks(Page(limit=1000))}

    def test_a_search_is_deleted_with_what_it_owns_once_it_has_ended(self, storage):
        search, job = with_trial(storage)
        with pytest.raises(Conflict, match="Cancel it"):
            storage.delete_search(search.id)
        storage.update_search(search.id, {"status": Status.CANCELLED}, due=False)
        with pytest.raises(Conflict, match="has not ended"):
            storage.delete_search(search.id)
        with pytest.raises(Conflict, match="being deleted"):
            storage.lock_search(search.id)
        storage.finish(job.id, job.token, Status.SUCCEEDED)
        other = claimed(storage, search_id=search.id, trial=2)  # of a network that has left the search
        storage.delete_search(search.id)
        for get, key in ((storage.get_search, search.id), (storage.get_job, job.id)):
            with pytest.raises(NotFound):
                get(key)
        with pytest.raises(NotFound):
            storage.get_network(job.network_id)
        assert (storage.get_job(other.id).search_id, storage.get_job(other.id).trial) == (None, None)
        with pytest.raises(NotFound):
            storage.delete_search(search.id)

    def test_a_deleted_search_may_leave_its_networks_and_jobs_as_others_are(self, storage):
        search, job = with_trial(storage)
        before = storage.get_network(job.network_id).name
        storage.finish(job.id, job.token, Status.SUCCEEDED)
        storage.update_search(search.id, {"status": Status.SUCCEEDED}, due=False)
        storage.delete_search(search.id, keep_jobs=True)
        with pytest.raises(NotFound):
            storage.get_search(search.id)
        network = storage.get_network(job.network_id)
        assert (network.search_id, network.name) == (None, f"{before.replace(':', '-')}-{network.id[-6:]}")
        assert (storage.get_job(job.id).search_id, storage.get_job(job.id).trial) == (None, None)

    def test_a_key_that_replaces_another_one_takes_over_its_searches(self, storage):
        old, new = new_id("key"), new_id("key")
        storage.add_key(NewKey(id=old, name="ci", hint="…", digest=old.encode(), scopes=(Scope.TRAIN,)))
        search = stored_search(storage, created_by_key=old)
        made = NewKey(id=new, name="ci", hint="…", digest=new.encode(), scopes=(Scope.TRAIN,))
        storage.replace_key(old, made, overlap_seconds=0)
        assert storage.get_search(search.id).created_by_key == new
