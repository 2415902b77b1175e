"""How the audit is written: changes at once, rejected requests together, and never at the cost of an answer."""

import logging

from service.access.audit import MAX_PENDING, Auditor
from service.domain.audit import AuditFilter
from service.domain.paging import Page
from service.errors import StorageUnavailable
from tests.storage.contract.audit import new_entry


def stored(storage):
    return storage.list_audit(Page(limit=10_000), AuditFilter())


def test_a_change_is_stored_at_once_and_rejected_requests_together(storage):
    auditor = Auditor(storage)
    auditor.start()
    auditor.change(new_entry())
    assert len(stored(storage)) == 1
    auditor.rejection(new_entry())
    auditor.stop()
    assert len(stored(storage)) == 2
    auditor.rejection(new_entry())
    assert len(stored(storage)) == 3


def test_a_flood_of_rejected_requests_is_cut_off_and_counted(storage, caplog, monkeypatch):
    monkeypatch.setattr("service.access.audit.FLUSH_SECONDS", 3600)
    auditor = Auditor(storage)
    auditor.start()
    for _ in range(MAX_PENDING + 7):
        auditor.rejection(new_entry())
    auditor.stop()
    assert len(stored(storage)) == MAX_PENDING
    assert "7 more rejected requests" in caplog.text


def test_a_database_that_is_away_is_logged_and_fails_no_request(storage, caplog):
    class Away:
        def add_audit(self, entries):
            raise StorageUnavailable

    with caplog.at_level(logging.ERROR):
        Auditor(Away()).change(new_entry(object="networks/churn"))
    assert "networks/churn" in caplog.text
