"""Checkpoints: what a run needs to go on, the newest two of each job."""

from __future__ import annotations

import hashlib
from typing import Any

import sqlalchemy as sa

from service.domain.runs import Checkpoint
from service.storage.sql.clauses import insert_or_replace, now
from service.storage.sql.tables.jobs import checkpoints

_KEPT = 2
_NEWEST_FIRST = (checkpoints.c.token.desc(), checkpoints.c.epoch.desc())


def save(connection: sa.Connection, checkpoint: Checkpoint) -> None:
    values = {
        "job_id": checkpoint.job_id,
        "token": checkpoint.token,
        "epoch": checkpoint.epoch,
        "meta": dict(checkpoint.meta),
        "sha256": checkpoint.sha256,
        "created_at": now(),
        "arrays": checkpoint.arrays,
    }
    connection.execute(insert_or_replace(connection, checkpoints).values(values))
    for token, epoch in _keys(connection, checkpoint.job_id)[_KEPT:]:
        connection.execute(sa.delete(checkpoints).where(_is(checkpoint.job_id, token, epoch)))


def newest(connection: sa.Connection, job_id: str) -> Checkpoint | None:
    """The newest checkpoint whose arrays are what was written: a damaged one is passed over for the one before."""
    for token, epoch in _keys(connection, job_id):
        row = connection.execute(sa.select(checkpoints).where(_is(job_id, token, epoch))).one()
        if hashlib.sha256(row.arrays).hexdigest() == row.sha256:
            return _checkpoint(row)
    return None


def newest_epoch(connection: sa.Connection, job_id: str) -> int:
    """What a run would go on from; 0 without a checkpoint."""
    return next((epoch for _, epoch in _keys(connection, job_id)), 0)


def drop(connection: sa.Connection, job_id: str) -> None:
    connection.execute(sa.delete(checkpoints).where(checkpoints.c.job_id == job_id))


def _keys(connection: sa.Connection, job_id: str) -> list[tuple[int, int]]:
    wanted = sa.select(checkpoints.c.token, checkpoints.c.epoch).where(checkpoints.c.job_id == job_id)
    return [(row.token, row.epoch) for row in connection.execute(wanted.order_by(*_NEWEST_FIRST))]


def _is(job_id: str, token: int, epoch: int) -> sa.ColumnElement[bool]:
    return (checkpoints.c.job_id == job_id) & (checkpoints.c.token == token) & (checkpoints.c.epoch == epoch)


def _checkpoint(row: sa.Row[Any]) -> Checkpoint:
    return Checkpoint(
        job_id=row.job_id,
        token=row.token,
        epoch=row.epoch,
        meta=row.meta,
        arrays=row.arrays,
        sha256=row.sha256,
        created_at=row.created_at,
    )
