"""Versions in SQL: snapshots that were published, each once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from service.domain.ids import new_id
from service.domain.paging import Page
from service.domain.versions import Creator, NewVersion, Version
from service.errors import AlreadyExists, Conflict, NotFound
from service.storage.sql import networks, snapshots
from service.storage.sql.choice import parameters
from service.storage.sql.clauses import is_named, now
from service.storage.sql.floats import joined
from service.storage.sql.tables.jobs import jobs
from service.storage.sql.tables.networks import networks as networks_table
from service.storage.sql.tables.weights import aliases, versions
from service.storage.sql.tables.weights import snapshots as snapshots_table


def publish(connection: sa.Connection, new: NewVersion) -> Version:
    """See `Storage.publish_version`."""
    number = networks.count_version(connection, new.network_id)
    snapshot = snapshots.get(connection, new.snapshot_id)
    if snapshot.network_id != new.network_id:
        raise snapshots.missing(new.snapshot_id)
    if snapshot.version is not None:
        raise AlreadyExists(f"The snapshot {snapshot.id} is version {snapshot.version} already.")
    row = {
        "network_id": new.network_id,
        "number": number,
        "id": new_id("ver"),
        "snapshot_id": snapshot.id,
        "note": new.note,
        "job_id": snapshot.job_id,
        **_training(connection, snapshot.job_id),
        "created_at": now(),
        **new.by._asdict(),
    }
    connection.execute(sa.insert(versions).values(row))
    return get(connection, new.network_id, str(number))


def number_of(connection: sa.Connection, network_id: str, snapshot_id: str, *, by: Creator) -> int:
    """The version of a snapshot, which is published first if it has none."""
    known = snapshots.get(connection, snapshot_id).version
    if known is not None:
        return known
    return publish(connection, NewVersion(network_id=network_id, snapshot_id=snapshot_id, by=by)).number


def get(connection: sa.Connection, network_id: str, ref: str) -> Version:
    """By number or id. Raises NotFound."""
    [found] = _read(connection, [_row(connection, network_id, ref)])
    return found


def list_page(connection: sa.Connection, network_id: str, page: Page) -> Sequence[Version]:
    wanted = sa.select(versions).where(versions.c.network_id == network_id)
    if page.after is not None:
        wanted = wanted.where(versions.c.number < _row(connection, network_id, page.after).number)
    rows = connection.execute(wanted.order_by(versions.c.number.desc()).limit(page.limit)).all()
    return _read(connection, rows)


def numbers(
    connection: sa.Connection, network_ids: Sequence[str], names: Sequence[str] | None
) -> Mapping[str, Sequence[str]]:
    """Of the versions of each network that has some, from the first."""
    wanted = sa.select(versions.c.network_id, versions.c.number).where(versions.c.network_id.in_(network_ids))
    if names is not None:
        wanted = wanted.join(networks_table).where(is_named(networks_table.c.name, names))
    found: dict[str, list[str]] = {}
    for network_id, number in connection.execute(wanted.order_by(versions.c.network_id, versions.c.number)):
        found.setdefault(network_id, []).append(str(number))
    return found


def delete(connection: sa.Connection, network_id: str, ref: str) -> None:
    """Raises NotFound, and Conflict while an alias points at it."""
    number = _row(connection, network_id, ref).number
    hold(connection, network_id, number, to_delete=True)
    pointing = (aliases.c.network_id == network_id) & (aliases.c.version == number)
    name = connection.scalar(sa.select(aliases.c.name).where(pointing).limit(1))
    if name is not None:
        raise Conflict(f"The alias {name} points at version {number}. Move or remove it first.")
    connection.execute(sa.delete(versions).where(versions.c.network_id == network_id, versions.c.number == number))


def hold(connection: sa.Connection, network_id: str, number: int, *, to_delete: bool = False) -> None:
    """Keep a version from being deleted, or from being pointed at, until the transaction ends. Raises NotFound."""
    is_meant = (versions.c.network_id == network_id) & (versions.c.number == number)
    held = sa.select(versions.c.number).where(is_meant).with_for_update(read=not to_delete)
    if connection.scalar(held) is None:
        raise missing(number)


def missing(ref: str | int) -> NotFound:
    return NotFound(f"This network has no version {ref}.")


def _row(connection: sa.Connection, network_id: str, ref: str) -> sa.Row[Any]:
    number = parameters(ref).get("number", 0)
    is_meant = (versions.c.number == number) | (versions.c.id == ref)
    row = connection.execute(sa.select(versions).where(versions.c.network_id == network_id, is_meant)).one_or_none()
    if row is None:
        raise missing(ref)
    return row


def _training(connection: sa.Connection, job_id: str | None) -> dict[str, Any]:
    """What is known of the job that trained a snapshot, for the job itself may be deleted."""
    row = connection.execute(sa.select(jobs).where(jobs.c.id == job_id)).one_or_none() if job_id else None
    if row is None:
        return {"training": None, "code_version": None}
    best_value = joined(row.best_value, row.best_value_kind)
    training = {
        "status": row.status.value,
        "origin": row.origin.value,
        "options": row.options,
        "rows": row.rows,
        "epoch": row.epoch,
        "epochs": row.epochs,
        "monitored": row.monitored,
        "best_epoch": row.best_epoch,
        "best_value": best_value if row.best_value is not None else None,
        "seconds": row.seconds,
        "submitted_at": row.created_at,
        "finished_at": row.finished_at,
    }
    return {"training": training, "code_version": row.code_version}


def _read(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> list[Version]:
    if not rows:
        return []
    of_rows = snapshots.READ.where(snapshots_table.c.id.in_([row.snapshot_id for row in rows]))
    found = {row.id: snapshots.snapshot_of(row) for row in connection.execute(of_rows)}
    names = _aliases(connection, rows[0].network_id, [row.number for row in rows])
    return [
        Version(
            id=row.id,
            network_id=row.network_id,
            number=row.number,
            snapshot=found[row.snapshot_id],
            note=row.note,
            job_id=row.job_id,
            training=row.training,
            code_version=row.code_version,
            aliases=tuple(name for name, number in names if number == row.number),
            created_at=row.created_at,
            created_by=row.created_by,
            created_by_key=row.created_by_key,
        )
        for row in rows
    ]


def _aliases(connection: sa.Connection, network_id: str, numbers: Sequence[int]) -> list[tuple[str, int]]:
    own = (aliases.c.owner_id == network_id) & aliases.c.version.in_(numbers)
    return [
        (row.name, row.version) for row in connection.execute(sa.select(aliases).where(own).order_by(aliases.c.name))
    ]
