"""Aliases of snapshots: to name one publishes it, for an alias points at a version."""

from __future__ import annotations

import sqlalchemy as sa

from service.domain.snapshots import Snapshot
from service.domain.versions import Creator, NewMove
from service.errors import AlreadyExists
from service.storage.sql import aliases, snapshots, versions
from service.storage.sql.tables.weights import aliases as table


def set_alias(connection: sa.Connection, snapshot_id: str, alias: str | None, by: Creator) -> Snapshot:
    """See `Storage.set_snapshot_alias`."""
    snapshot = snapshots.get(connection, snapshot_id)
    if alias is not None:
        version = versions.number_of(connection, snapshot.network_id, snapshot_id, by=by)
        aliases.move(connection, _move(snapshot.network_id, alias, version, by))
    elif snapshot.version is not None:
        aliases.remove_those_at(connection, snapshot.network_id, snapshot.version, by=by)
    return snapshots.get(connection, snapshot_id)


def name_new(connection: sa.Connection, snapshot: Snapshot, alias: str, by: Creator) -> Snapshot:
    """Give a new snapshot an alias that no other one has. Raises AlreadyExists."""
    version = versions.number_of(connection, snapshot.network_id, snapshot.id, by=by)
    taken = (table.c.owner_id == snapshot.network_id) & (table.c.name == alias)
    if connection.scalar(sa.select(table.c.version).where(taken)) is not None:
        raise AlreadyExists(f"Another snapshot of this network has the alias {alias!r}. Choose another alias.")
    aliases.move(connection, _move(snapshot.network_id, alias, version, by))
    return snapshots.get(connection, snapshot.id)


def _move(network_id: str, alias: str, version: int, by: Creator) -> NewMove:
    return NewMove(owner_id=network_id, alias=alias, network_id=network_id, version=version, by=by)
