"""The part of the SQL storage that steers jobs."""

from __future__ import annotations

from service.domain.records import ChangedOptions, Job, Pace
from service.storage.sql import steering
from service.storage.sql.transaction import Transactions
from service.storage.steering import Steering


class SqlSteering(Steering):
    _transactions: Transactions

    def resume_job(self, job_id: str, pace: Pace, changed: ChangedOptions | None = None) -> Job:
        with self._transactions.writing() as connection:
            return steering.resume(connection, job_id, pace, changed)
