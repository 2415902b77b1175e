"""The weights of a job that ends without a last word of its child: those of its newest checkpoint become a snapshot."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from service.domain.ids import new_id
from service.domain.runs import Checkpoint
from service.domain.snapshots import NewSnapshot
from service.storage.sql import checkpoints, snapshots
from service.storage.sql.floats import joined
from service.storage.sql.tables.history import epochs
from service.storage.sql.tables.jobs import jobs
from service.storage.sql.tables.weights import snapshots as table


def keep(connection: sa.Connection, job_id: str) -> None:
    """Store them as the job's `last` snapshot, unless it wants none, or has one that is as new."""
    job = connection.execute(sa.select(jobs.c.network_id, jobs.c.options).where(jobs.c.id == job_id)).one()
    if not job.options.get("snapshots", {}).get("last", True):
        return
    checkpoint = checkpoints.newest(connection, job_id)
    if checkpoint is None or checkpoint.values is None or _last_epoch(connection, job_id) >= checkpoint.epoch:
        return
    last = _snapshot(connection, job.network_id, checkpoint)
    snapshots.add(connection, last, snapshots.row_of(last))


def _last_epoch(connection: sa.Connection, job_id: str) -> int:
    of_job = (table.c.job_id == job_id) & (table.c.kind == "last")
    return connection.scalar(sa.select(sa.func.max(table.c.epoch)).where(of_job)) or 0


def _snapshot(connection: sa.Connection, network_id: str, checkpoint: Checkpoint) -> NewSnapshot:
    """All snapshots of a network are laid out alike."""
    layout = sa.select(table.c.dtype, table.c.manifest).where(table.c.network_id == network_id).limit(1)
    like = connection.execute(layout).one()
    return NewSnapshot(
        id=new_id("snap"),
        network_id=network_id,
        job_id=checkpoint.job_id,
        epoch=checkpoint.epoch,
        kind="last",
        dtype=like.dtype,
        manifest=like.manifest,
        values=checkpoint.values or b"",
        preprocessing=checkpoint.meta.get("preprocessing"),
        **_measured(connection, checkpoint),
    )


def _measured(connection: sa.Connection, checkpoint: Checkpoint) -> dict[str, Any]:
    of_epoch = (epochs.c.job_id == checkpoint.job_id) & (epochs.c.epoch == checkpoint.epoch)
    row = connection.execute(sa.select(epochs).where(of_epoch)).one_or_none()
    if row is None:
        return {}
    return {
        "loss": joined(row.loss, row.loss_kind),
        "val_loss": joined(row.val_loss, row.val_loss_kind),
        "metrics": row.metrics,
    }
