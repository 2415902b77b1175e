"""What happened to a network, numbered without gaps; the newest are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from service.domain.monitoring import NetworkEvent
from service.domain.types import Json
from service.errors import NotFound
from service.storage.sql import networks
from service.storage.sql.clauses import now
from service.storage.sql.tables.networks import network_events
from service.storage.sql.tables.networks import networks as networks_table

#: Events of one network, at most.
KEPT = 1000
_READ = sa.select(network_events, networks_table.c.name).join(networks_table)


def add(connection: sa.Connection, network_id: str, kind: str, data: Json) -> NetworkEvent:
    """Record an event under the next number; the network's row is locked until the transaction ends."""
    seq = networks.count_event(connection, network_id)
    values = {"network_id": network_id, "seq": seq, "kind": kind, "data": dict(data)}
    connection.execute(sa.insert(network_events).values(**values, created_at=now()))
    old = (network_events.c.network_id == network_id) & (network_events.c.seq <= seq - KEPT)
    connection.execute(sa.delete(network_events).where(old))
    return get(connection, network_id, seq)


def get(connection: sa.Connection, network_id: str, seq: int) -> NetworkEvent:
    wanted = _READ.where(network_events.c.network_id == network_id, network_events.c.seq == seq)
    return _event(connection.execute(wanted).one())


def list_after(connection: sa.Connection, network_id: str, *, after: int, limit: int) -> Sequence[NetworkEvent]:
    wanted = _READ.where(network_events.c.network_id == network_id, network_events.c.seq > after)
    rows = connection.execute(wanted.order_by(network_events.c.seq).limit(limit)).all()
    known = sa.select(networks_table.c.id).where(networks_table.c.id == network_id)
    if not rows and connection.scalar(known) is None:
        raise NotFound(f"There is no network {network_id}.")
    return [_event(row) for row in rows]


def _event(row: sa.Row[Any]) -> NetworkEvent:
    return NetworkEvent(
        network_id=row.network_id,
        network_name=row.name,
        seq=row.seq,
        kind=row.kind,
        data=row.data,
        created_at=row.created_at,
    )
