"""Snapshots in SQL: a row to read and list, and its weights in a table of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from service.domain.records import NewSnapshot, Page, Snapshot
from service.errors import Conflict, Damaged, NotFound
from service.storage.sql import events, networks
from service.storage.sql.clauses import now
from service.storage.sql.exact_json import encoded
from service.storage.sql.floats import joined, pair
from service.storage.sql.references import checked
from service.storage.sql.tables import jobs, snapshot_values, snapshots

_NEWEST_FIRST = snapshots.c.number.desc()


def alias_taken(alias: str | None) -> str:
    """The message of the AlreadyExists that `add` may meet."""
    return f"Another snapshot of this network has the alias {alias!r}. Choose another alias."


def row_of(snapshot: NewSnapshot) -> dict[str, Any]:
    """What `add` stores, hashed and encoded before its transaction begins."""
    return {
        "id": snapshot.id,
        "network_id": snapshot.network_id,
        "job_id": snapshot.job_id,
        "epoch": snapshot.epoch,
        "kind": snapshot.kind,
        "alias": snapshot.alias,
        **pair("loss", snapshot.loss),
        **pair("val_loss", snapshot.val_loss),
        "metrics": encoded(dict(snapshot.metrics)),
        "dtype": snapshot.dtype,
        "manifest": encoded([dict(tensor) for tensor in snapshot.manifest]),
        "sha256": hashlib.sha256(snapshot.values).hexdigest(),
        "size_bytes": len(snapshot.values),
        "preprocessing": encoded(snapshot.preprocessing),
    }


def add(
    connection: sa.Connection, snapshot: NewSnapshot, row: Mapping[str, Any], *, periodic_stride: int | None = None
) -> Snapshot:
    """Store a snapshot as the newest of its network, in place of those it replaces; `row` is its `row_of`."""
    number = networks.count_snapshot(connection, snapshot.network_id)
    _drop_replaced(connection, snapshot)
    values = {**row, "number": number, "created_at": now()}
    stored = connection.execute(sa.insert(snapshots).values(values).returning(*snapshots.c)).one()
    connection.execute(sa.insert(snapshot_values).values(snapshot_id=snapshot.id, buffer=snapshot.values))
    if snapshot.job_id is not None:
        _thin_periodic(connection, snapshot.job_id, periodic_stride)
        told = {"snapshot": snapshot.id, "kind": snapshot.kind, "epoch": snapshot.epoch}
        events.add(connection, snapshot.job_id, "snapshot", told)
    return _snapshot(stored)


def find(connection: sa.Connection, network_id: str, ref: str) -> Snapshot:
    """See `Storage.find_snapshot`."""
    wanted = sa.select(snapshots).where(snapshots.c.network_id == network_id, *meant_by(checked(ref)))
    row = connection.execute(wanted.order_by(*order_for(ref)).limit(1)).one_or_none()
    if row is None:
        raise NotFound(f"This network has no snapshot {ref}.")
    return _snapshot(row)


def list_page(connection: sa.Connection, network_id: str, page: Page, *, job_id: str | None) -> Sequence[Snapshot]:
    wanted = sa.select(snapshots).where(snapshots.c.network_id == network_id)
    if job_id is not None:
        wanted = wanted.where(snapshots.c.job_id == job_id)
    if page.after is not None:
        wanted = wanted.where(snapshots.c.number < _number(connection, network_id, page.after))
    return [_snapshot(row) for row in connection.execute(wanted.order_by(_NEWEST_FIRST).limit(page.limit))]


def read_values(connection: sa.Connection, snapshot_id: str) -> bytes:
    """Raises NotFound, and Damaged when the buffer is not what was written."""
    wanted = sa.select(snapshot_values.c.buffer, snapshots.c.sha256).join(snapshots)
    row = connection.execute(wanted.where(snapshots.c.id == snapshot_id)).one_or_none()
    if row is None:
        raise _missing(snapshot_id)
    return intact(row.buffer, row.sha256)


def intact(buffer: bytes, sha256: str) -> bytes:
    """Return the buffer. Raises Damaged when it is not the one that was written."""
    if hashlib.sha256(buffer).hexdigest() != sha256:
        raise Damaged("Stored weights are damaged: they do not match their SHA-256. Use another snapshot.")
    return buffer


def set_alias(connection: sa.Connection, snapshot_id: str, alias: str | None) -> Snapshot:
    network_id = _get(connection, snapshot_id).network_id
    networks.lock(connection, network_id)
    if alias is not None:
        has_alias = (snapshots.c.network_id == network_id) & (snapshots.c.alias == alias)
        connection.execute(sa.update(snapshots).where(has_alias).values(alias=None))
    change = sa.update(snapshots).where(snapshots.c.id == snapshot_id).values(alias=alias)
    row = connection.execute(change.returning(*snapshots.c)).one_or_none()
    if row is None:
        raise _missing(snapshot_id)
    return _snapshot(row)


def delete(connection: sa.Connection, snapshot_id: str) -> None:
    """Raises NotFound, and Conflict for the last snapshot of a network."""
    network_id = _get(connection, snapshot_id).network_id
    networks.lock(connection, network_id)
    others = sa.select(snapshots.c.id).where(snapshots.c.network_id == network_id, snapshots.c.id != snapshot_id)
    if connection.scalar(others.limit(1)) is None:
        raise Conflict("A network keeps at least one snapshot. Delete the network to delete its last one.")
    connection.execute(sa.delete(snapshots).where(snapshots.c.id == snapshot_id))


def meant_by(ref: str | sa.BindParameter[str]) -> list[sa.ColumnElement[bool]]:
    """What the rows that a reference may mean have in common; a parameter stands for an id or an alias."""
    word = ref if isinstance(ref, str) else None
    if word in ("latest", "best"):
        return []
    if word == "initial":
        return [snapshots.c.kind == "initial"]
    return [(snapshots.c.id == ref) | (snapshots.c.alias == ref)]


def order_for(ref: str | sa.BindParameter[str]) -> list[sa.ColumnElement[Any]]:
    """The order in which the row that a reference means comes first."""
    word = ref if isinstance(ref, str) else None
    if word == "latest":
        return [_NEWEST_FIRST]
    if word == "initial":
        return [snapshots.c.number]
    if word == "best":
        job_of_best = sa.case((snapshots.c.kind == "best", snapshots.c.job_id))
        return [(snapshots.c.kind == "best").desc(), job_of_best.desc().nulls_last(), _NEWEST_FIRST]
    return [(snapshots.c.id == ref).desc()]


def _drop_replaced(connection: sa.Connection, snapshot: NewSnapshot) -> None:
    """Drop what a new snapshot of a job takes the place of; an alias protects."""
    if snapshot.job_id is None:
        return
    replaced = _unnamed(snapshot.job_id, snapshot.kind)
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
    unwanted = _unnamed(job_id, "periodic") & (snapshots.c.epoch % stride != 0) & ~is_start.exists()
    connection.execute(sa.delete(snapshots).where(unwanted))


def _unnamed(job_id: str, kind: str) -> sa.ColumnElement[bool]:
    return (snapshots.c.job_id == job_id) & (snapshots.c.kind == kind) & snapshots.c.alias.is_(None)


def _get(connection: sa.Connection, snapshot_id: str) -> sa.Row[Any]:
    row = connection.execute(sa.select(snapshots).where(snapshots.c.id == snapshot_id)).one_or_none()
    if row is None:
        raise _missing(snapshot_id)
    return row


def _number(connection: sa.Connection, network_id: str, snapshot_id: str) -> int:
    own = (snapshots.c.network_id == network_id) & (snapshots.c.id == snapshot_id)
    number: int | None = connection.scalar(sa.select(snapshots.c.number).where(own))
    if number is None:
        raise _missing(snapshot_id)
    return number


def _missing(snapshot_id: str) -> NotFound:
    return NotFound(f"There is no snapshot {snapshot_id}.")


def _snapshot(row: sa.Row[Any]) -> Snapshot:
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
    )
