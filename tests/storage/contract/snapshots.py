import hashlib
import math

import pytest

from service.domain.paging import Page
from service.errors import AlreadyExists, Conflict, NotFound
from service.storage.base import KINDS_OF_BYTES
from service.storage.sql.open import open_storage
from tests.storage.makers import at_once, claimed, events_of, snapshot, stored_dataset, stored_job, stored_network


class SnapshotsContract:
    def test_a_snapshot_comes_back_as_it_was_stored(self, storage):
        made = stored_network(storage)
        values = bytes(range(256)) * 40
        wanted = snapshot(
            made.id, values=values, loss=math.nan, val_loss=math.inf, metrics={"accuracy": 0.5, "f1": math.nan}
        )
        stored = storage.add_snapshot(wanted)
        assert (stored.id, stored.kind, stored.dtype, stored.manifest) == (
            wanted.id,
            "imported",
            "float32",
            wanted.manifest,
        )
        assert repr((stored.loss, stored.val_loss, stored.metrics)) == "(nan, inf, {'accuracy': 0.5, 'f1': nan})"
        assert (stored.size_bytes, stored.sha256) == (len(values), hashlib.sha256(values).hexdigest())
        assert storage.read_snapshot_values(stored.id) == values
        assert repr(storage.find_snapshot(made.id, stored.id)) == repr(stored)

    def test_a_snapshot_of_a_job_is_an_event(self, storage):
        job = claimed(storage)
        stored = storage.add_snapshot(snapshot(job.network_id, job_id=job.id, kind="last", epoch=4), token=job.token)
        last = storage.list_events(job.id)[-1]
        assert (last.kind, last.data) == ("snapshot", {"snapshot": stored.id, "kind": "last", "epoch": 4})

    def test_a_job_has_one_best_and_one_last_snapshot(self, storage):
        job = claimed(storage)
        for number in (1, 2, 3):
            for kind in ("best", "last"):
                add(storage, job, kind, number)
        assert kept(storage, job) == [("best", 3), ("last", 3)]

    def test_periodic_snapshots_replace_their_epoch_and_are_thinned(self, storage):
        job = claimed(storage)
        for number in (10, 20, 30, 30):
            add(storage, job, "periodic", number, periodic_stride=10)
        assert kept(storage, job) == [("periodic", 10), ("periodic", 20), ("periodic", 30)]
        add(storage, job, "periodic", 40, periodic_stride=20)
        assert kept(storage, job) == [("periodic", 20), ("periodic", 40)]

    def test_what_a_job_started_from_is_not_thinned(self, storage):
        job = claimed(storage)
        start = add(storage, job, "periodic", 10, periodic_stride=10)
        add(storage, job, "best", 10)
        stored_job(storage, job.network_id, options={"training": {}, "start_snapshot": start.id})
        add(storage, job, "periodic", 40, periodic_stride=20)
        assert kept(storage, job) == [("best", 10), ("periodic", 10), ("periodic", 40)]

    def test_stored_bytes_are_counted_by_kind(self, storage):
        before = storage.stored_bytes()
        assert set(before) == set(KINDS_OF_BYTES)
        made = stored_network(storage, initial=b"12345")
        stored_job(storage, made.id, data=b"1234567")
        kept_one = stored_dataset(storage, chunks=((1, b"123"), (1, b"45678")))
        stored_dataset(storage, chunks=((1, b"1"),))
        storage.delete_dataset(kept_one.id)
        after = storage.stored_bytes()
        assert {kind: after[kind] - before[kind] for kind in after} == {
            "snapshots": 5,
            "datasets": 1,
            "job_data": 7,
            "answers": 0,
        }

    def test_an_alias_protects_a_snapshot_from_its_successors(self, storage):
        job = claimed(storage)
        for kind in ("best", "periodic"):
            storage.set_snapshot_alias(add(storage, job, kind, 1).id, f"named {kind}")
            for number in (2, 3):
                add(storage, job, kind, number, periodic_stride=3 if kind == "periodic" else None)
        assert kept(storage, job) == [("best", 1), ("best", 3), ("periodic", 1), ("periodic", 3)]

    def test_latest_is_the_newest_made_whatever_its_kind(self, storage):
        job = claimed(storage)
        for kind in ("last", "best", "imported", "last"):
            made = add(storage, job, kind, 7)
            assert storage.find_snapshot(job.network_id, "latest") == made

    def test_a_version_changes_with_what_its_references_bring(self, storage, database_url):
        made, other = stored_network(storage, name="named"), open_storage(database_url)
        job = claimed(storage, made.id)
        kept = storage.add_snapshot(snapshot(made.id))
        refs = [("named", "latest"), (made.id, "best"), ("named", kept.id), (made.id, "alias"), ("named", "initial")]

        def versions():
            return [storage.version_of(*ref) for ref in refs]

        def changed(change):
            before = versions()
            assert versions() == before
            change()
            return [old != new for old, new in zip(before, versions(), strict=True)]

        best = snapshot(made.id, job_id=job.id, kind="best")
        assert all(changed(lambda: other.update_network(made.id, description="other")))
        assert changed(lambda: other.set_snapshot_alias(kept.id, "alias"))[3]
        assert changed(lambda: storage.add_snapshot(snapshot(made.id)))[:2] == [True, True]
        assert changed(lambda: other.add_snapshot(best, token=job.token))[:2] == [True, True]
        assert changed(lambda: other.set_snapshot_alias(kept.id, None))[3]
        assert changed(lambda: other.delete_version(made.id, "1"))[2]
        assert changed(lambda: storage.delete_snapshot(kept.id))[2]
        assert changed(lambda: storage.update_network(made.id, name="renamed"))[0]
        other.close()

    def test_what_is_not_there_is_not_found(self, storage):
        made, other = stored_network(storage), stored_network(storage)
        foreign = storage.find_snapshot(other.id, "latest")
        for missing in (
            lambda: storage.find_snapshot(made.id, "nobody"),
            lambda: storage.find_snapshot(made.id, foreign.id),
            lambda: storage.find_snapshot("net_missing", "latest"),
            lambda: storage.read_snapshot_values("snap_missing"),
            lambda: storage.set_snapshot_alias("snap_missing", "alias"),
            lambda: storage.delete_snapshot("snap_missing"),
            lambda: storage.add_snapshot(snapshot("net_missing")),
            lambda: storage.list_snapshots(made.id, Page(after="snap_missing")),
            lambda: storage.list_snapshots(made.id, Page(after=foreign.id)),
        ):
            with pytest.raises(NotFound):
                missing()

    def test_snapshots_are_listed_newest_first_by_pages_and_job(self, storage):
        job = claimed(storage)
        made = [
            storage.find_snapshot(job.network_id, "initial"),
            *(add(storage, job, "periodic", n) for n in (1, 2, 3)),
        ]
        first = storage.list_snapshots(job.network_id, Page(limit=3))
        second = storage.list_snapshots(job.network_id, Page(limit=3, after=first[-1].id))
        assert [*first, *second] == made[::-1]
        assert storage.list_snapshots(job.network_id, Page(), job_id=job.id) == made[:0:-1]

    def test_an_alias_moves_within_its_network(self, storage):
        made, other = stored_network(storage), stored_network(storage)
        first, second = (storage.add_snapshot(snapshot(made.id)) for _ in range(2))
        elsewhere = storage.add_snapshot(snapshot(other.id, alias="production"))
        storage.set_snapshot_alias(first.id, "production")
        assert storage.set_snapshot_alias(second.id, "production").alias == "production"
        assert storage.find_snapshot(made.id, "production").id == second.id
        assert storage.find_snapshot(made.id, first.id).alias is None
        assert (storage.find_snapshot(made.id, first.id).version, elsewhere.version) == (1, 1)
        assert storage.find_snapshot(other.id, "production") == elsewhere
        assert storage.set_snapshot_alias(second.id, None).alias is None

    def test_an_alias_moved_by_several_at_once_ends_on_one(self, storage):
        made = stored_network(storage)
        found = [storage.add_snapshot(snapshot(made.id)) for _ in range(4)]
        moved = at_once(lambda n: storage.set_snapshot_alias(found[n].id, "production"), 4)
        assert [named.alias for named in moved] == ["production"] * 4
        assert [named.alias for named in storage.list_snapshots(made.id, Page())].count("production") == 1

    def test_a_taken_alias_is_rejected_to_a_new_snapshot(self, storage):
        made = stored_network(storage)
        storage.add_snapshot(snapshot(made.id, alias="production"))
        with pytest.raises(AlreadyExists, match="'production'"):
            storage.add_snapshot(snapshot(made.id, alias="production"))

    def test_the_last_snapshot_of_a_network_stays(self, storage):
        made = stored_network(storage)
        only = storage.find_snapshot(made.id, "latest")
        added = storage.add_snapshot(snapshot(made.id))
        storage.delete_snapshot(only.id)
        with pytest.raises(Conflict):
            storage.delete_snapshot(added.id)

    def test_of_two_last_snapshots_deleted_at_once_one_stays(self, storage):
        made = stored_network(storage)
        storage.add_snapshot(snapshot(made.id))
        both = storage.list_snapshots(made.id, Page())
        outcomes = at_once(lambda n: storage.delete_snapshot(both[n].id), 2)
        assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1
        assert len(storage.list_snapshots(made.id, Page())) == 1

    def test_snapshots_made_at_once_are_all_there(self, storage):
        job = claimed(storage)
        at_once(lambda n: add(storage, job, "periodic", n), 5)
        assert len(kept(storage, job)) == 5
        assert events_of(storage, job.id).count("snapshot") == 5


def add(storage, job, kind, number, **options):
    return storage.add_snapshot(
        snapshot(job.network_id, job_id=job.id, kind=kind, epoch=number), token=job.token, **options
    )


def kept(storage, job):
    return sorted((found.kind, found.epoch) for found in storage.list_snapshots(job.network_id, Page(), job_id=job.id))
