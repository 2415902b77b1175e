import time

import pytest

from service.domain.audit import AuditFilter, NewAuditEntry
from service.domain.ids import new_id
from service.domain.paging import Page
from service.errors import NotFound

ALL = Page(limit=100)


def new_entry(**changes):
    usual = {"key_id": "key_1", "key_name": "ci", "action": "deleteNetwork", "object": "networks/churn"}
    return NewAuditEntry(
        **{"id": new_id("aud"), **usual, "address": "127.0.0.1", "request_id": "r", "status": 204, **changes}
    )


def ids(storage, page=ALL, **wanted):
    return [entry.id for entry in storage.list_audit(page, AuditFilter(**wanted))]


class AuditContract:
    def test_an_entry_comes_back_as_it_was_stored_at_its_own_time(self, storage):
        storage.add_audit([new_entry(id="aud_1", seconds_ago=60.0), new_entry(id="aud_2", key_id=None, object=None)])
        storage.add_audit([])
        late, early = storage.list_audit(ALL, AuditFilter())
        assert (early.id, early.key_id, early.key_name, early.action) == ("aud_1", "key_1", "ci", "deleteNetwork")
        assert (early.object, early.address, early.request_id, early.status) == (
            "networks/churn",
            "127.0.0.1",
            "r",
            204,
        )
        assert (late.key_id, late.object) == (None, None)
        assert late.created_at - early.created_at == pytest.approx(60, abs=5)

    def test_entries_are_listed_newest_first_page_by_page(self, storage):
        storage.add_audit([new_entry(id=f"aud_{number}") for number in range(5)])
        assert ids(storage, Page(limit=2)) == ["aud_4", "aud_3"]
        assert ids(storage, Page(limit=9, after="aud_3")) == ["aud_2", "aud_1", "aud_0"]
        with pytest.raises(NotFound):
            ids(storage, Page(limit=2, after="aud_9"))

    def test_entries_are_found_by_what_they_hold(self, storage):
        storage.add_audit([new_entry(id="aud_1"), new_entry(id="aud_2", object="networks/churn/snapshots/best")])
        storage.add_audit([new_entry(id="aud_3", object="networks/churn2", key_id="key_2", key_name="me")])
        storage.add_audit(
            [new_entry(id="aud_4", object="networks/chur_", action="train", status=403, seconds_ago=3600)]
        )
        assert ids(storage, object="networks/churn") == ["aud_2", "aud_1"]
        assert ids(storage, object="networks/chur_") == ["aud_4"]
        assert ids(storage, key="key_2") == ids(storage, key="me") == ["aud_3"]
        assert ids(storage, action="train") == ids(storage, status=403) == ["aud_4"]
        now = time.time()
        assert ids(storage, to_time=now - 1800) == ["aud_4"]
        assert ids(storage, from_time=now - 1800, key="ci") == ["aud_2", "aud_1"]

    def test_old_entries_are_forgotten_oldest_first(self, storage):
        storage.add_audit([new_entry(id=f"aud_{age}", seconds_ago=age * 3600.0) for age in range(5)])
        assert storage.forget_audit(older_than_seconds=5400, limit=2) == 2
        assert sorted(ids(storage)) == ["aud_0", "aud_1", "aud_2"]
        assert storage.forget_audit(older_than_seconds=5400, limit=9) == 1
        assert storage.forget_audit(older_than_seconds=5400, limit=9) == 0
