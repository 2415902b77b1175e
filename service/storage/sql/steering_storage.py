"""The part of the SQL storage that steers and watches jobs."""

from __future__ import annotations

from collections.abc import Sequence

from service.domain.frames import Frame, Weights
from service.domain.jobs import ChangedOptions, Job, Pace
from service.storage.sql import frames, steering
from service.storage.sql.transaction import Transactions
from service.storage.steering import Steering


class SqlSteering(Steering):
    _transactions: Transactions

    def resume_job(self, job_id: str, pace: Pace, changed: ChangedOptions | None = None) -> Job:
        with self._transactions.writing() as connection:
            return steering.resume(connection, job_id, pace, changed)

    def watch_job(self, job_id: str, *, seconds: float) -> None:
        with self._transactions.writing() as connection:
            frames.watch(connection, job_id, seconds=seconds)

    def read_frames(self, job_id: str, *, after: int) -> Sequence[Frame]:
        with self._transactions.reading() as connection:
            return frames.read(connection, job_id, after=after)

    def newest_weights(self, job_id: str) -> Weights | None:
        with self._transactions.reading() as connection:
            return frames.newest_weights(connection, job_id)
