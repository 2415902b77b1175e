"""The part of the SQL storage that keeps the audit."""

from __future__ import annotations

from collections.abc import Sequence

from service.domain.audit import AuditEntry, AuditFilter, NewAuditEntry
from service.domain.paging import Page
from service.storage.audit import Audit
from service.storage.sql import audit
from service.storage.sql.transaction import Transactions


class SqlAudit(Audit):
    _transactions: Transactions

    def add_audit(self, entries: Sequence[NewAuditEntry]) -> None:
        with self._transactions.writing() as connection:
            audit.add(connection, entries)

    def list_audit(self, page: Page, wanted: AuditFilter) -> Sequence[AuditEntry]:
        with self._transactions.reading() as connection:
            return audit.list_page(connection, page, wanted)

    def forget_audit(self, *, older_than_seconds: float, limit: int) -> int:
        with self._transactions.writing() as connection:
            return audit.forget(connection, older_than_seconds=older_than_seconds, limit=limit)
