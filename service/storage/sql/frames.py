"""Frames in SQL: weights of running jobs, few and for a short time."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from service.domain.frames import Frame, Weights
from service.domain.status import ACTIVE, ENDED
from service.storage.sql import checkpoints, history, jobs
from service.storage.sql.clauses import insert_or_replace, now
from service.storage.sql.snapshots import NEWEST_FIRST
from service.storage.sql.tables.history import epochs
from service.storage.sql.tables.jobs import frames as table
from service.storage.sql.tables.jobs import jobs as jobs_table
from service.storage.sql.tables.jobs import start_values
from service.storage.sql.tables.weights import snapshot_values, snapshots

#: Readers look many times a second; after this time only the newest weights matter to anybody.
_KEPT_SECONDS = 10.0
_FORGOTTEN_AFTER_SECONDS = 60.0


def watch(connection: sa.Connection, job_id: str, *, seconds: float) -> None:
    """See `Steering.watch_job`. Of many readers at once, one writes."""
    is_due = sa.func.coalesce(jobs_table.c.watched_until, 0.0) < now() + seconds / 2
    longer = sa.update(jobs_table).where(jobs_table.c.id == job_id, jobs_table.c.status.in_(ACTIVE), is_due)
    connection.execute(longer.values(watched_until=now() + seconds))


def add(connection: sa.Connection, job_id: str, frames: Sequence[Frame]) -> None:
    rows = [{"job_id": job_id, "epoch": frame.epoch, "weights": frame.weights} for frame in frames]
    connection.execute(insert_or_replace(connection, table).values(created_at=now()), rows)
    is_old = table.c.created_at < now() - _KEPT_SECONDS
    connection.execute(sa.delete(table).where(table.c.job_id == job_id, is_old))


def read(connection: sa.Connection, job_id: str, *, after: int) -> Sequence[Frame]:
    """See `Steering.read_frames`."""
    wanted = sa.select(table.c.epoch, table.c.weights).where(table.c.job_id == job_id, table.c.epoch > after)
    rows = connection.execute(wanted.order_by(table.c.epoch)).all()
    if not rows:
        return []
    of_frames = epochs.c.epoch.in_([row.epoch for row in rows])
    numbers = {one.epoch: one for one in history.read(connection, epochs.c.job_id == job_id, of_frames)}
    return [Frame(epoch=row.epoch, weights=row.weights, numbers=numbers.get(row.epoch)) for row in rows]


def newest_weights(connection: sa.Connection, job_id: str) -> Weights | None:
    """See `Steering.newest_weights`."""
    if jobs.get(connection, job_id).status in ENDED:
        return _last(connection, job_id)
    checkpoint = checkpoints.newest(connection, job_id)
    if checkpoint is not None and checkpoint.values is not None:
        return Weights(epoch=checkpoint.epoch, values=checkpoint.values)
    start = connection.scalar(sa.select(start_values.c.buffer).where(start_values.c.job_id == job_id))
    return None if start is None else Weights(epoch=0, values=start)


def _last(connection: sa.Connection, job_id: str) -> Weights | None:
    wanted = sa.select(snapshots.c.epoch, snapshot_values.c.buffer).join(snapshot_values)
    wanted = wanted.where(snapshots.c.job_id == job_id).order_by((snapshots.c.kind == "last").desc(), NEWEST_FIRST)
    row = connection.execute(wanted.limit(1)).one_or_none()
    return None if row is None else Weights(epoch=row.epoch, values=row.buffer)


def forget(connection: sa.Connection) -> None:
    connection.execute(sa.delete(table).where(table.c.created_at < now() - _FORGOTTEN_AFTER_SECONDS))
