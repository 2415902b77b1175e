"""The part of the SQL storage that keeps schedules."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from service.domain.paging import Page
from service.domain.schedules import NewSchedule, Run, Schedule
from service.domain.types import Json
from service.storage.schedules import Schedules
from service.storage.sql import schedules
from service.storage.sql.clauses import now
from service.storage.sql.transaction import Transactions


class SqlSchedules(Schedules):
    _transactions: Transactions

    def read_clock(self) -> float:
        with self._transactions.reading() as connection:
            return float(connection.execute(sa.select(now())).scalar_one())

    def add_schedule(self, schedule: NewSchedule) -> Schedule:
        with self._transactions.writing(taken=schedules.taken(schedule.name)) as connection:
            return schedules.add(connection, schedule)

    def get_schedule(self, ref: str) -> Schedule:
        with self._transactions.reading() as connection:
            return schedules.get(connection, ref)

    def list_schedules(
        self, page: Page, *, names: Sequence[str] | None = None, network_id: str | None = None
    ) -> Sequence[Schedule]:
        with self._transactions.reading() as connection:
            return schedules.list_page(connection, page, names=names, network_id=network_id)

    def update_schedule(self, schedule_id: str, changes: Json) -> Schedule:
        with self._transactions.writing(taken=schedules.taken(changes.get("name"))) as connection:
            return schedules.update(connection, schedule_id, changes)

    def delete_schedule(self, schedule_id: str) -> None:
        with self._transactions.writing() as connection:
            schedules.delete(connection, schedule_id)

    def due_schedules(self, *, limit: int) -> Sequence[Schedule]:
        with self._transactions.reading() as connection:
            return schedules.due(connection, limit)

    def begin_run(self, schedule: Schedule, *, next_at: float) -> bool:
        with self._transactions.writing() as connection:
            return schedules.begin_run(connection, schedule, next_at)

    def end_run(self, schedule_id: str, run: Run) -> None:
        with self._transactions.writing() as connection:
            schedules.end_run(connection, schedule_id, run)
