"""Snapshots in SQL: a row to read and list, and its weights in a table of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from service.domain.paging import Page
from service.domain.snapshots import NewSnapshot, Snapshot
from service.errors import Damaged, NotFound
from service.storage.sql import answers, events, networks
from service.storage.sql.clauses import now
from service.storage.sql.exact_json import encoded
from service.storage.sql.floats import joined, pair
from service.storage.sql.tables.jobs import jobs
from service.storage.sql.tables.weights import aliases, snapshot_values, snapshots, versions

NEWEST_FIRST = snapshots.c.number.desc()

_version = (
    sa.select(versions.c.number).where(versions.c.snapshot_id == snapshots.c.id).correlate(snapshots).scalar_subquery()
)
_alias = (
    sa.select(sa.func.min(aliases.c.name))
    .join_from(
        aliases, versions, (versions.c.network_id == aliases.c.network_id) & (versions.c.number == aliases.c.version)
    )
    .where(versions.c.snapshot_id == snapshots.c.id, aliases.c.owner_id == snapshots.c.network_id)
    .correlate(snapshots)
    .scalar_subquery()
)
#: A snapshot with its version, and the first of its network's aliases that point at it.
READ = sa.select(snapshots, _version.label("version"), _alias.label("alias"))


def row_of(snapshot: NewSnapshot) -> dict[str, Any]:
    """What `add` stores, hashed and encoded before its transaction begins."""
    return {
        "id": snapshot.id,
        "network_id": snapshot.network_id,
        "job_id": snapshot.job_id,
        "epoch": snapshot.epoch,
        "kind": snapshot.kind,
        # What a job ends with becomes eligible once the job has succeeded.
        "eligible": snapshot.kind == "imported",
        **pair("loss", snapshot.loss),
        **pair("val_loss", snapshot.val_loss),
        "metrics": encoded(dict(snapshot.metrics)),
        "dtype": snapshot.dtype,
        "manifest": encoded([dict(tensor) for tensor in snapshot.manifest]),
        "sha256": hashlib.sha256(snapshot.values).hexdigest(),
        "size_bytes": len(snapshot.values),
        "preprocessing": encoded(snapshot.preprocessing),
        "calibration": encoded(snapshot.calibration),
    }


def add(
    connection: sa.Connection, snapshot: NewSnapshot, row: Mapping[str, Any], *, periodic_stride: int | None = None
) -> Snapshot:
    """Store a snapshot as the newest of its network, in place of those it replaces; `row` is its `row_of`."""
    number = networks.count_snapshot(connection, snapshot.network_id)
    _drop_replaced(connection, snapshot)
    values = {**row, "number": number, "created_at": now()}
    connection.execute(sa.insert(snapshots).values(values))
    connection.execute(sa.insert(snapshot_values).values(snapshot_id=snapshot.id, buffer=snapshot.values))
    answers.add_reference(connection, snapshot.id, snapshot.reference)
    stored = get(connection, snapshot.id)
    if snapshot.job_id is not None:
        _thin_periodic(connection, snapshot.job_id, periodic_stride)
        told = {"snapshot": snapshot.id, "kind": snapshot.kind, "epoch": snapshot.epoch}
        events.add(connection, snapshot.job_id, "snapshot", told)
    return stored


def get(connection: sa.Connection, snapshot_id: str) -> Snapshot:
    """Raises NotFound."""
    row = connection.execute(READ.where(snapshots.c.id == snapshot_id)).one_or_none()
    if row is None:
        raise missing(snapshot_id)
    return snapshot_of(row)


def settle(connection: sa.Connection, job_id: str) -> None:
    """Let what a job that succeeded ended with be live: its last snapshot, or else the newest that it has kept."""
    of_job = sa.select(snapshots.c.id).where(snapshots.c.job_id == job_id)
    final = of_job.order_by((snapshots.c.kind == "last").desc(), NEWEST_FIRST).limit(1).scalar_subquery()
    connection.execute(sa.update(snapshots).where(snapshots.c.id == final).values(eligible=True))


def list_page(connection: sa.Connection, network_id: str, page: Page, *, job_id: str | None) -> Sequence[Snapshot]:
    wanted = READ.where(snapshots.c.network_id == network_id)
    if job_id is not None:
        wanted = wanted.where(snapshots.c.job_id == job_id)
    if page.after is not None:
        wanted = wanted.where(snapshots.c.number < _number(connection, network_id, page.after))
    return [snapshot_of(row) for row in connection.execute(wanted.order_by(NEWEST_FIRST).limit(page.limit))]


def with_digest(connection: sa.Connection, network_id: str, sha256: str) -> Sequence[Snapshot]:
    """Newest first."""
    wanted = READ.where(snapshots.c.network_id == network_id, snapshots.c.sha256 == sha256)
    return [snapshot_of(row) for row in connection.execute(wanted.order_by(NEWEST_FIRST))]


def read_values(connection: sa.Connection, snapshot_id: str) -> bytes:
    """Raises NotFound, and Damaged when the buffer is not what was written."""
    wanted = sa.select(snapshot_values.c.buffer, snapshots.c.sha256).join(snapshots)
    row = connection.execute(wanted.where(snapshots.c.id == snapshot_id)).one_or_none()
    if row is None:
        raise missing(snapshot_id)
    return intact(row.buffer, row.sha256)


def intact(buffer: bytes, sha256: str) -> bytes:
    """Return the buffer. Raises Damaged when it is not the one that was written."""
    if hashlib.sha256(buffer).hexdigest() != sha256:
        raise Damaged("Stored weights are damaged: they do not match their SHA-256. Use another snapshot.")
    return buffer


def _drop_replaced(connection: sa.Connection, snapshot: NewSnapshot) -> None:
    """Drop what a new snapshot of a job takes the place of; a version is kept."""
    if snapshot.job_id is None:
        return
    replaced = _unpublished(snapshot.job_id, snapshot.kind)
    if snapshot.kind == "periodic":
        replaced &= snapshots.c.epoch == snapshot.epoch
    connection.execute(sa.delete(snapshots).where(replaced))


def _thin_periodic(connection: sa.Connection, job_id: str, stride: int | None) -> None:
    """Drop the periodic snapshots of epochs that are no multiple of `stride`, but none that a job started from."""
    if stride is None:
        return
    is_start = sa.select(jobs.c.id).where(
        jobs.c.network_id == snapshots.c.network_id, jobs.c.options["start_snapshot"].as_string() == snapshots.c.id
    )
    unwanted = _unpublished(job_id, "periodic") & (snapshots.c.epoch % stride != 0) & ~is_start.exists()
    connection.execute(sa.delete(snapshots).where(unwanted))


def _unpublished(job_id: str, kind: str) -> sa.ColumnElement[bool]:
    is_version = sa.exists().where(versions.c.snapshot_id == snapshots.c.id)
    return (snapshots.c.job_id == job_id) & (snapshots.c.kind == kind) & ~is_version


def _number(connection: sa.Connection, network_id: str, snapshot_id: str) -> int:
    own = (snapshots.c.network_id == network_id) & (snapshots.c.id == snapshot_id)
    number: int | None = connection.scalar(sa.select(snapshots.c.number).where(own))
    if number is None:
        raise missing(snapshot_id)
    return number


def missing(snapshot_id: str) -> NotFound:
    return NotFound(f"There is no snapshot {snapshot_id}.")


def snapshot_of(row: sa.Row[Any]) -> Snapshot:
    return Snapshot(
        id=row.id,
        network_id=row.network_id,
        job_id=row.job_id,
        epoch=row.epoch,
        kind=row.kind,
        alias=row.alias,
        loss=joined(row.loss, row.loss_kind),
        val_loss=joined(row.val_loss, row.val_loss_kind),
        metrics=row.metrics,
        dtype=row.dtype,
        manifest=row.manifest,
        sha256=row.sha256,
        size_bytes=row.size_bytes,
        created_at=row.created_at,
        preprocessing=row.preprocessing,
        calibration=row.calibration,
        version=row.version,
    )
