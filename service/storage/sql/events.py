"""What happened to a job, numbered without gaps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from service.domain.jobs import Event
from service.domain.types import Json
from service.errors import NotFound
from service.storage.sql.clauses import now
from service.storage.sql.tables.jobs import events, jobs


def add(connection: sa.Connection, job_id: str, kind: str, data: Json) -> Event:
    """Record an event under the next number; the counter's row is locked until the transaction ends."""
    count = sa.update(jobs).where(jobs.c.id == job_id).values(event_count=jobs.c.event_count + 1)
    seq = connection.execute(count.returning(jobs.c.event_count)).scalar_one_or_none()
    if seq is None:
        raise NotFound(f"There is no job {job_id}.")
    insert = sa.insert(events).values(job_id=job_id, seq=seq, kind=kind, data=dict(data), created_at=now())
    return _event(connection.execute(insert.returning(*events.c)).one())


def list_after(connection: sa.Connection, job_id: str, *, after: int, limit: int) -> Sequence[Event]:
    wanted = sa.select(events).where(events.c.job_id == job_id, events.c.seq > after)
    rows = connection.execute(wanted.order_by(events.c.seq).limit(limit)).all()
    if not rows and connection.scalar(sa.select(jobs.c.id).where(jobs.c.id == job_id)) is None:
        raise NotFound(f"There is no job {job_id}.")
    return [_event(row) for row in rows]


def _event(row: sa.Row[Any]) -> Event:
    return Event(job_id=row.job_id, seq=row.seq, kind=row.kind, data=row.data, created_at=row.created_at)
