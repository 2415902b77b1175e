import pytest

from service.domain.access import NewKey, Scope
from service.domain.ids import new_id
from service.domain.jobs import JobError
from service.domain.paging import Page
from service.domain.schedules import NewSchedule, Outcome, Run
from service.domain.status import Status
from service.errors import AlreadyExists, NotFound
from tests.storage.makers import at_once, claimed, stored_network


def stored_schedule(storage, network_id=None, **fields):
    wanted = {
        "id": new_id("sched"),
        "name": None,
        "network_id": network_id or stored_network(storage).id,
        "cron": "0 3 * * *",
        "timezone": "Europe/Zurich",
        "train": {"dataset": "churn", "epochs": 3},
        "if_changed": True,
        "next_at": storage.read_clock() - 1,
        **fields,
    }
    return storage.add_schedule(NewSchedule(**wanted))


def later(storage):
    return storage.read_clock() + 3600


class SchedulesContract:
    def test_a_schedule_comes_back_as_it_was_stored(self, storage):
        network = stored_network(storage, name="birds")
        made = stored_schedule(
            storage, network.id, name="nightly", created_by="ci", created_by_key="key_1", networks=("b*",)
        )
        assert storage.get_schedule("nightly") == storage.get_schedule(made.id) == made
        assert (made.network_name, made.train, made.networks) == ("birds", {"dataset": "churn", "epochs": 3}, ("b*",))
        assert (made.paused, made.stopped, made.runs, made.last_at, made.last_outcome) == (False, None, 0, None, None)
        assert (made.last_job_id, made.last_job_status, made.last_datasets) == (None, None, None)
        assert made.created_at == pytest.approx(storage.read_clock(), abs=60)

    def test_a_name_is_given_once_and_a_network_must_be_there(self, storage):
        first = stored_schedule(storage, name="nightly")
        second = stored_schedule(storage, first.network_id)
        with pytest.raises(AlreadyExists, match="nightly"):
            stored_schedule(storage, name="nightly")
        with pytest.raises(AlreadyExists):
            storage.update_schedule(second.id, {"name": "nightly"})
        with pytest.raises(NotFound):
            stored_schedule(storage, "net_missing")
        with pytest.raises(NotFound):
            storage.get_schedule("missing")

    def test_schedules_are_listed_newest_first_by_pages_and_by_network(self, storage):
        made = [stored_schedule(storage).id for _ in range(3)]
        first = storage.list_schedules(Page(limit=2))
        second = storage.list_schedules(Page(limit=2, after=first[-1].id))
        assert [one.id for page in (first, second) for one in page] == made[::-1]
        own = first[0]
        assert [one.id for one in storage.list_schedules(Page(), network_id=own.network_id)] == [own.id]
        assert [one.id for one in storage.list_schedules(Page(), names=[own.network_name])] == [own.id]
        assert storage.list_schedules(Page(), names=[]) == []
        with pytest.raises(NotFound):
            storage.list_schedules(Page(after="sched_missing"))

    def test_what_is_due_is_found_the_longest_first(self, storage):
        now = storage.read_clock()
        due = [stored_schedule(storage, next_at=now - seconds).id for seconds in (1, 100, 10)]
        stored_schedule(storage, next_at=now + 1000)
        paused = stored_schedule(storage)
        storage.update_schedule(paused.id, {"paused": True, "next_at": None})
        assert [one.id for one in storage.due_schedules(limit=9)] == [due[1], due[2], due[0]]
        assert [one.id for one in storage.due_schedules(limit=1)] == [due[1]]

    def test_of_workers_that_take_a_run_at_once_one_has_it(self, storage):
        schedule = stored_schedule(storage)
        next_at = later(storage)
        taken = at_once(lambda number: storage.begin_run(schedule, next_at=next_at), 6)
        assert sorted(taken) == [False] * 5 + [True]
        after = storage.get_schedule(schedule.id)
        assert (after.runs, after.next_at) == (1, pytest.approx(next_at))
        assert not storage.begin_run(after, next_at=next_at), "it is not due"

    def test_a_run_that_is_rolled_back_is_due_as_before(self, storage):
        schedule = stored_schedule(storage)
        with pytest.raises(RuntimeError), storage.transaction():
            assert storage.begin_run(schedule, next_at=later(storage))
            raise RuntimeError
        assert storage.get_schedule(schedule.id) == schedule
        assert storage.begin_run(schedule, next_at=later(storage))

    def test_a_schedule_that_was_changed_meanwhile_is_not_run_as_it_was(self, storage):
        schedule = stored_schedule(storage)
        storage.update_schedule(schedule.id, {"cron": "* * * * *"})
        assert not storage.begin_run(schedule, next_at=later(storage))
        assert storage.begin_run(storage.get_schedule(schedule.id), next_at=later(storage))

    def test_the_last_run_and_its_job_are_on_record(self, storage):
        schedule = stored_schedule(storage)
        job = claimed(storage, schedule.network_id)
        storage.end_run(schedule.id, Run(outcome=Outcome.SUBMITTED, job_id=job.id, datasets={"training": "ds_1"}))
        found = storage.get_schedule(schedule.id)
        assert (found.last_outcome, found.last_job_id, found.last_job_status) == ("submitted", job.id, Status.RUNNING)
        assert found.last_datasets == {"training": "ds_1"}
        error = JobError(code="diverged", message="The loss grew.")
        storage.finish(job.id, job.token, Status.FAILED, error=error)
        storage.end_run(schedule.id, Run(outcome=Outcome.FAILED, error="no data set"))
        found = storage.get_schedule(schedule.id)
        assert (found.last_job_status, found.last_job_error) == (Status.FAILED, error)
        assert (found.last_outcome, found.last_error, found.last_job_id) == ("failed", "no data set", job.id)
        storage.delete_job(job.id)
        found = storage.get_schedule(schedule.id)
        assert (found.last_job_id, found.last_job_status, found.last_job_error) == (job.id, None, None)
        storage.end_run(schedule.id, Run(outcome=Outcome.UNCHANGED))
        assert storage.get_schedule(schedule.id).last_error is None

    def test_a_deleted_schedule_is_gone_and_so_is_that_of_a_deleted_network(self, storage):
        first, second = stored_schedule(storage), stored_schedule(storage)
        storage.delete_schedule(first.id)
        storage.delete_network(second.network_id)
        for gone in (first, second):
            with pytest.raises(NotFound):
                storage.get_schedule(gone.id)
            with pytest.raises(NotFound):
                storage.update_schedule(gone.id, {"paused": True})
            with pytest.raises(NotFound):
                storage.delete_schedule(gone.id)
            storage.end_run(gone.id, Run(outcome=Outcome.BUSY))

    def test_a_key_that_replaces_another_one_takes_over_its_schedules(self, storage):
        old, new = (
            NewKey(id=new_id("key"), name="ci", hint="", digest=digest, scopes=(Scope.TRAIN,))
            for digest in (b"1", b"2")
        )
        storage.add_key(old)
        made = stored_schedule(storage, created_by_key=old.id)
        storage.replace_key(old.id, new, overlap_seconds=0)
        assert storage.get_schedule(made.id).created_by_key == new.id
