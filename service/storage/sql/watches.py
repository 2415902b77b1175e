"""When workers look for drift, and what they have found. The database's clock and number decide who looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from service.domain.callbacks import NewCallback
from service.domain.monitoring import Look, NewWatch, Watch
from service.storage.sql import callbacks, network_events, networks, totals
from service.storage.sql.clauses import insert_or_ignore, now
from service.storage.sql.tables.monitoring import watches

_IS_DUE = watches.c.next_at <= now()


def put(connection: sa.Connection, network_id: str, watch: NewWatch | None) -> None:
    """In place of what there was: due at once, and a look under way writes nothing. What had drifted stays known."""
    own = watches.c.network_id == network_id
    if watch is None:
        connection.execute(sa.delete(watches).where(own))
        return
    told = watch.callback
    bare = {"network_id": network_id, "every_seconds": watch.every_seconds, "looks": 0, "drifted": {}}
    connection.execute(insert_or_ignore(connection, watches).values(**bare, next_at=now()))
    values = {
        "every_seconds": watch.every_seconds,
        "url": None if told is None else told.url,
        "secret": None if told is None else told.secret,
    }
    connection.execute(sa.update(watches).where(own).values(**values, next_at=now(), looks=watches.c.looks + 1))


def get(connection: sa.Connection, network_id: str) -> Watch | None:
    row = connection.execute(sa.select(watches).where(watches.c.network_id == network_id)).one_or_none()
    return None if row is None else _watch(row)


def due(connection: sa.Connection, limit: int) -> Sequence[Watch]:
    wanted = sa.select(watches).where(_IS_DUE).order_by(watches.c.next_at).limit(limit)
    return [_watch(row) for row in connection.execute(wanted)]


def begin(connection: sa.Connection, watch: Watch, lease_seconds: float) -> Watch | None:
    """See `Watches.begin_look`."""
    own = (watches.c.network_id == watch.network_id) & (watches.c.looks == watch.looks) & _IS_DUE
    take = sa.update(watches).where(own).values(looks=watches.c.looks + 1, last_at=now(), next_at=now() + lease_seconds)
    row = connection.execute(take.returning(watches)).one_or_none()
    return None if row is None else _watch(row)


def end(connection: sa.Connection, watch: Watch, look: Look) -> bool:
    """See `Watches.end_look`. The network is locked first, as by who changes its settings."""
    networks.lock(connection, watch.network_id)
    own = (watches.c.network_id == watch.network_id) & (watches.c.looks == watch.looks)
    written = {"last_status": look.status, "last_error": look.error, "drifted": dict(look.drifted)}
    next_at = watches.c.last_at + watches.c.every_seconds
    settle = sa.update(watches).where(own).values(**written, next_at=next_at, looks=watches.c.looks + 1)
    if connection.execute(settle).rowcount != 1:
        return False
    added = [network_events.add(connection, watch.network_id, kind, data) for kind, data in look.events]
    if look.calls_back and watch.callback is not None:
        callbacks.add_due(connection, added[0], watch.callback)
    if any(kind == "drift" for kind, _ in look.events):
        totals.count_drift_warning(connection)
    return True


def _watch(row: sa.Row[Any]) -> Watch:
    values = dict(row._mapping)
    url, secret = values.pop("url"), values.pop("secret")
    return Watch(**values, callback=None if url is None else NewCallback(url=url, secret=secret))
