"""The promises of `Reports` on an SQL database."""

from __future__ import annotations

from typing import Any

from service.domain.reports import Report, ReportEnd
from service.storage.reports import Reports
from service.storage.sql import reports
from service.storage.sql.transaction import Transactions


class SqlReports(Reports):
    _transactions: Transactions

    def get_report(self, job_id: str) -> Report | None:
        with self._transactions.reading() as connection:
            return reports.get(connection, job_id)

    def claim_report(self, *, lease_seconds: float) -> Report | None:
        # Workers look often, and mostly there is nothing: no reason to lock an SQLite file.
        with self._transactions.reading() as connection:
            job_id = reports.find_due(connection)
        if job_id is None:
            return None
        with self._transactions.writing() as connection:
            return reports.claim(connection, job_id, lease_seconds=lease_seconds)

    def advance_report(self, report: Report, *, lease_seconds: float, **changes: Any) -> Report:
        with self._transactions.writing() as connection:
            return reports.advance(connection, report, lease_seconds=lease_seconds, **changes)

    def settle_report(
        self,
        report: Report,
        *,
        retry_seconds: float,
        error: str | None = None,
        ended: ReportEnd | None = None,
        in_doubt: bool = False,
    ) -> None:
        with self._transactions.writing() as connection:
            reports.settle(connection, report, retry_seconds=retry_seconds, error=error, ended=ended, in_doubt=in_doubt)
