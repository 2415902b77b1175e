import pytest

from service.domain.access import NewKey, Scope
from service.domain.ids import new_id
from service.domain.status import RequestedState, Status
from service.domain.versions import Creator
from tests.storage.makers import LEASE_SECONDS, at_once, snapshot, stored_dataset, stored_job, stored_network

ADA = Creator("ada", "key_ada")
BOB = Creator("bob", "key_bob")
USER = Creator("ada", None)


def queued(storage, creator, times=1, **changes):
    network_id = stored_network(storage).id
    return [stored_job(storage, network_id, **creator._asdict(), **changes) for _ in range(times)]


def claimed_next(storage):
    claim = storage.claim_next(owner="worker", lease_seconds=LEASE_SECONDS)
    return None if claim is None else claim.job


def order(storage):
    """The creators of all queued jobs, in the order in which one worker gets them."""
    found = []
    while (job := claimed_next(storage)) is not None:
        found.append(job)
        storage.finish(job.id, job.token, Status.SUCCEEDED)
    return found


class TurnsContract:
    def test_the_first_job_of_another_key_does_not_wait_for_a_hundred_of_one(self, storage):
        many = queued(storage, ADA, 100)
        [first] = queued(storage, BOB)
        assert [claimed_next(storage).id for _ in range(3)] == [many[0].id, first.id, many[1].id]

    def test_creators_take_turns_and_each_ones_jobs_keep_their_order(self, storage):
        ada, bob = queued(storage, ADA, 4), queued(storage, BOB, 2)
        user = queued(storage, USER, 1)
        expected = [ada[0], bob[0], user[0], ada[1], bob[1], ada[2], ada[3]]
        assert [job.id for job in order(storage)] == [job.id for job in expected]

    def test_positions_are_those_in_which_jobs_are_claimed(self, storage):
        jobs = [*queued(storage, ADA, 3), *queued(storage, BOB, 2), *queued(storage, Creator(), 2)]
        positions = storage.queue_positions([job.id for job in jobs])
        assert [job.id for job in order(storage)] == sorted(positions, key=positions.__getitem__)
        assert sorted(positions.values()) == list(range(1, 8))

    def test_who_comes_back_after_the_others_have_been_served_has_not_saved_up_turns(self, storage):
        queued(storage, ADA, 4)
        for _ in range(2):
            claimed_next(storage)
        bob = queued(storage, BOB, 3)
        assert [job.created_by for job in order(storage)] == ["ada", "bob", "ada", "bob", "bob"]
        assert len(bob) == 3

    def test_a_job_that_is_put_back_goes_first_again(self, storage):
        queued(storage, ADA, 3)
        jobs = [claimed_next(storage) for _ in range(3)]
        last = jobs[-1]
        new = queued(storage, BOB, 2)
        storage.release(last.id, last.token, crashed=False, max_crashes=3)
        assert [job.id for job in order(storage)] == [last.id, *(job.id for job in new)]

    def test_a_resumed_job_goes_behind_those_of_its_creator(self, storage):
        first, second = queued(storage, ADA, 2)
        [other] = queued(storage, BOB)
        for wanted in (RequestedState.PAUSE, RequestedState.RUN):
            storage.set_requested_state(first.id, wanted)
        assert [job.id for job in order(storage)] == [other.id, second.id, first.id]

    def test_no_more_jobs_of_a_creator_run_than_may(self, storage):
        queued(storage, ADA, 3, running_limit=2)
        queued(storage, USER, 2, running_limit=1)
        queued(storage, BOB, 2)
        running = [claimed_next(storage) for _ in range(5)]
        assert [(job.created_by, job.created_by_key) for job in running] == [ADA, USER, BOB, ADA, BOB]
        assert claimed_next(storage) is None
        storage.finish(running[1].id, running[1].token, Status.SUCCEEDED)
        assert claimed_next(storage).created_by_key is None
        assert claimed_next(storage) is None

    def test_workers_that_claim_at_once_keep_the_limit_too(self, storage):
        queued(storage, ADA, 6, running_limit=2)
        queued(storage, BOB, 1)
        found = at_once(lambda _: claimed_next(storage), 6)
        assert not [one for one in found if isinstance(one, Exception)]
        assert [job.created_by for job in found if job is not None].count("ada") <= 2
        while claimed_next(storage) is not None:
            pass
        assert storage.count_jobs([Status.RUNNING], creator=ADA) == 2
        assert storage.count_jobs([Status.RUNNING], creator=BOB) == 1

    def test_jobs_are_counted_by_creator(self, storage):
        queued(storage, ADA, 3)
        queued(storage, USER, 2)
        queued(storage, Creator(), 1)
        counts = [storage.count_jobs([Status.QUEUED], creator=one) for one in (ADA, USER, Creator(), BOB)]
        assert counts == [3, 2, 1, 0]

    @pytest.mark.parametrize("creator", [ADA, USER], ids=["key", "user"])
    def test_bytes_are_those_of_what_a_creator_has_made(self, storage, creator):
        mine, others = creator._asdict(), BOB._asdict()
        network = stored_network(storage, initial=b"12345", **mine)
        stored_network(storage, initial=b"1" * 1000, **others)
        stored_job(storage, network.id, data=b"123", **mine)
        theirs = stored_job(storage, network.id, data=b"1" * 1000, **others)
        storage.add_snapshot(snapshot(network.id, values=b"1234567"))
        storage.add_snapshot(snapshot(network.id, job_id=theirs.id, kind="last", values=b"1" * 1000))
        dataset = stored_dataset(storage, chunks=((1, b"12"), (1, b"345")), **mine)
        stored_dataset(storage, chunks=((1, b"1" * 1000),), **others)
        assert dataset.rows == 2
        if creator.created_by_key is not None:
            storage.add_key(key(creator.created_by_key))
        assert storage.stored_bytes_of(creator) == {"snapshots": 12, "datasets": 5, "job_data": 3}

    def test_bytes_of_a_rotated_key_count_for_the_one_in_its_place(self, storage):
        for number in range(3):
            replaces = f"key_{number - 1}" if number else None
            storage.add_key(key(f"key_{number}", replaces=replaces))
            stored_dataset(storage, chunks=((1, b"12345"),), created_by="ci", created_by_key=f"key_{number}")
        stored = [storage.stored_bytes_of(Creator("ci", f"key_{number}"))["datasets"] for number in range(3)]
        assert stored == [5, 10, 15]


def key(key_id, **changes):
    return NewKey(id=key_id, name="ci", hint="", digest=new_id("d").encode(), scopes=(Scope.TRAIN,), **changes)
