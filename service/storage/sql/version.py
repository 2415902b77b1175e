"""Whether what was read still holds, for much less than reading it again."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Hashable
from functools import cache, partial
from typing import Any

import sqlalchemy as sa

from service.storage.sql.networks import named
from service.storage.sql.references import checked
from service.storage.sql.snapshots import meant_by, order_for
from service.storage.sql.tables import networks, snapshots

_WORDS = ("latest", "best", "initial")
_NETWORK, _SNAPSHOT = sa.bindparam("network", type_=sa.Text), sa.bindparam("snapshot", type_=sa.Text)


class DataVersion:
    """SQLite's `PRAGMA data_version`, which on a connection that never writes changes with every commit by others."""

    def __init__(self, engine: sa.Engine) -> None:
        # One of its own, for a connection of the pool is not to be had while all of them are in use.
        arguments, options = engine.dialect.create_connect_args(engine.url)
        self._connect = partial(sqlite3.connect, *arguments, **options)
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()

    def read(self) -> int | None:
        """None when the database cannot be asked: the next query will say why."""
        with self._lock:
            try:
                row = self._opened().execute("PRAGMA data_version").fetchone()
            except sqlite3.Error:
                self._close()
                return None
            return int(row[0])

    def close(self) -> None:
        with self._lock:
            self._close()

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def version_of(connection: sa.Connection, network_ref: str, snapshot_ref: str) -> Hashable:
    """Of the network its id and last change, of the snapshot its id: nothing else of it changes but its alias."""
    word = snapshot_ref if snapshot_ref in _WORDS else None
    values = {"network": checked(network_ref)} | ({} if word else {"snapshot": checked(snapshot_ref)})
    row = connection.execute(_version(word), values).one_or_none()
    return None if row is None else tuple(row)


@cache
def _version(word: str | None) -> sa.Select[Any]:
    """The statement, built once, for building it takes longer than answering it."""
    ref = word or _SNAPSHOT
    network = named(_NETWORK, networks.c.id, networks.c.updated_at).subquery()
    meant = sa.select(snapshots.c.id).where(snapshots.c.network_id == network.c.id, *meant_by(ref))
    return sa.select(*network.c, meant.order_by(*order_for(ref)).limit(1).scalar_subquery())
