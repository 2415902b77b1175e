"""Which workers are alive."""

from __future__ import annotations

import sqlalchemy as sa

from service.storage.sql.clauses import insert_or_replace, now
from service.storage.sql.tables.jobs import workers

_FORGOTTEN_AFTER_SECONDS = 3600.0


def heartbeat(connection: sa.Connection, worker_id: str, *, slots: int) -> None:
    connection.execute(insert_or_replace(connection, workers).values(id=worker_id, slots=slots, seen_at=now()))
    connection.execute(sa.delete(workers).where(workers.c.seen_at < now() - _FORGOTTEN_AFTER_SECONDS))


def forget(connection: sa.Connection, worker_id: str) -> None:
    connection.execute(sa.delete(workers).where(workers.c.id == worker_id))


def count(connection: sa.Connection, *, alive_within_seconds: float) -> int:
    alive = workers.c.seen_at >= now() - alive_within_seconds
    return connection.execute(sa.select(sa.func.count()).select_from(workers).where(alive)).scalar_one()
