"""Deletes a snapshot that nothing needs."""

from __future__ import annotations

import sqlalchemy as sa

from service.domain.versions import LIVE
from service.errors import Conflict
from service.storage.sql import networks, snapshots
from service.storage.sql.choice import choose
from service.storage.sql.tables.weights import snapshots as table


def delete(connection: sa.Connection, snapshot_id: str) -> None:
    """Raises NotFound, and Conflict for one that is the last of its network, published or live."""
    network_id = snapshots.get(connection, snapshot_id).network_id
    networks.lock(connection, network_id)
    snapshot = snapshots.get(connection, snapshot_id)
    others = sa.select(table.c.id).where(table.c.network_id == network_id, table.c.id != snapshot_id)
    if connection.scalar(others.limit(1)) is None:
        raise Conflict("A network keeps at least one snapshot. Delete the network to delete its last one.")
    if snapshot.version is not None:
        raise Conflict(f"This snapshot is version {snapshot.version}. Delete the version first.")
    if choose(connection, network_id, LIVE).snapshot.id == snapshot_id:
        raise Conflict(
            "This snapshot is live: predictions come from it. Point the alias production at another one first."
        )
    connection.execute(sa.delete(table).where(table.c.id == snapshot_id))
