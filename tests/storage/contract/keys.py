import hashlib
import time
from dataclasses import replace

import pytest

from service.domain.access import NewKey, Scope
from service.domain.ids import new_id
from service.domain.key_limits import KeyLimits
from service.domain.paging import Page
from service.errors import AlreadyExists, Conflict, NotFound
from tests.storage.makers import stored_dataset, stored_job, stored_network


def new_key(**changes):
    made = new_id("key")
    values = {"id": made, "name": "ci", "hint": "ff_a...b", "digest": hashlib.sha256(made.encode()).digest()}
    return NewKey(**{**values, "scopes": (Scope.READ, Scope.TRAIN), **changes})


class KeysContract:
    def test_a_key_comes_back_as_it_was_stored_but_for_its_digest(self, storage):
        wanted = new_key(networks=("churn-*",), created_by="key_1", expires_at=time.time() + 60, replaces="key_0")
        wanted = replace(wanted, limits=KeyLimits(predict="1/hour", uploads="0"))
        stored = storage.add_key(wanted)
        for field in ("id", "name", "hint", "scopes", "networks", "created_by", "expires_at", "replaces", "limits"):
            assert getattr(stored, field) == getattr(wanted, field)
        assert stored.last_used_at is stored.revoked_at is None
        assert stored.is_alive(time.time()) and not stored.is_alive(time.time() + 61)
        assert storage.find_key(wanted.digest) == storage.get_key(wanted.id) == stored
        assert storage.find_key(b"another") is None
        assert storage.add_key(new_key()).limits == KeyLimits()

    def test_a_digest_is_taken_once(self, storage):
        first = storage.add_key(new_key(digest=b"same"))
        with pytest.raises(AlreadyExists):
            storage.add_key(new_key(digest=b"same"))
        assert storage.find_key(b"same") == first

    def test_keys_are_listed_newest_first_page_by_page(self, storage):
        made = [storage.add_key(new_key()) for _ in range(3)]
        newest = sorted(made, key=lambda key: key.id, reverse=True)
        assert list(storage.list_keys(Page(limit=2))) == newest[:2]
        assert list(storage.list_keys(Page(limit=2, after=newest[1].id))) == newest[2:]
        with pytest.raises(NotFound):
            storage.list_keys(Page(after="key_nothing"))

    def test_a_revoked_key_takes_along_what_it_has_made_by_default(self, storage):
        parent = storage.add_key(new_key())
        child = storage.add_key(new_key(created_by=parent.id))
        grandchild = storage.add_key(new_key(created_by=child.id))
        other = storage.add_key(new_key())
        assert [key.id for key in storage.revoke_key(child.id, with_made=False)] == [child.id]
        assert storage.get_key(grandchild.id).revoked_at is None
        assert {key.id for key in storage.revoke_key(parent.id, with_made=True)} == {parent.id, grandchild.id}
        assert storage.get_key(other.id).revoked_at is None
        assert storage.revoke_key(parent.id, with_made=True) == []
        with pytest.raises(NotFound):
            storage.revoke_key("key_nothing", with_made=True)

    def test_a_replaced_key_ends_after_the_overlap_and_passes_on_what_it_has_made(self, storage):
        old = storage.add_key(new_key())
        child = storage.add_key(new_key(created_by=old.id))
        fresh = storage.replace_key(old.id, new_key(replaces=old.id), overlap_seconds=60)
        assert 0 < storage.get_key(old.id).expires_at - time.time() <= 61
        assert storage.get_key(child.id).created_by == fresh.id
        storage.replace_key(old.id, new_key(replaces=old.id), overlap_seconds=3600)
        assert storage.get_key(old.id).expires_at - time.time() <= 61

    def test_a_dead_key_cannot_be_replaced(self, storage):
        key = storage.add_key(new_key())
        storage.revoke_key(key.id, with_made=True)
        for dead in (key.id, storage.add_key(new_key(expires_at=time.time() - 1)).id):
            with pytest.raises(Conflict):
                storage.replace_key(dead, new_key(), overlap_seconds=0)
        with pytest.raises(NotFound):
            storage.replace_key("key_nothing", new_key(), overlap_seconds=0)

    def test_use_is_noted(self, storage):
        key, other = (storage.add_key(new_key()) for _ in range(2))
        storage.touch_key(key.id)
        assert abs(storage.get_key(key.id).last_used_at - time.time()) < 60
        assert storage.get_key(other.id).last_used_at is None

    def test_keys_are_needed_from_the_first_one_on_until_they_are_not(self, storage):
        assert not storage.needs_keys() and not storage.has_living_key()
        key = storage.add_key(new_key())
        storage.revoke_key(key.id, with_made=True)
        assert storage.needs_keys() and not storage.has_living_key()
        storage.open_without_keys()
        assert not storage.needs_keys()
        storage.add_key(new_key())
        assert storage.needs_keys() and storage.has_living_key()

    def test_lists_hold_what_matches_a_pattern_capital_letters_and_all(self, storage):
        names = ["churn-eu", "churn_eu", "Churn-eu", "churn", "xchurn-eu", "churn-"]
        networks = {name: stored_network(storage, name=name) for name in names}
        for name, network in networks.items():
            stored_job(storage, network.id)
            stored_dataset(storage, name=name)
        for patterns, expected in (
            (["churn-*"], {"churn-eu", "churn-"}),
            (["*-eu"], {"churn-eu", "Churn-eu", "xchurn-eu"}),
            (["churn_*", "churn"], {"churn_eu", "churn"}),
            (["*"], set(names)),
            (["c*n*u"], {"churn-eu", "churn_eu"}),
            ([], set()),
        ):
            page = Page(limit=100)
            assert {network.name for network in storage.list_networks(page, names=patterns)} == expected
            assert {job.network_name for job in storage.list_jobs(page, names=patterns)} == expected
            assert {one.name for one in storage.list_datasets(page, names=patterns)} == expected
