"""Whether what was read still holds, for much less than reading it again."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Hashable
from functools import cache, partial
from typing import Any

import sqlalchemy as sa

from service.storage.sql.choice import meaning, parameters, word_of
from service.storage.sql.networks import named
from service.storage.sql.references import checked
from service.storage.sql.tables.networks import networks
from service.storage.sql.tables.weights import versions

_NETWORK = sa.bindparam("network", type_=sa.Text)


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
    """Of the network its id and last change, of the snapshot its id and what has chosen it: nothing else changes."""
    word = word_of(checked(snapshot_ref))
    values = {"network": checked(network_ref), **parameters(snapshot_ref)}
    row = connection.execute(_version(word), values).one_or_none()
    return None if row is None else tuple(row)


@cache
def _version(word: str | None) -> sa.Select[Any]:
    """The statement, built once, for building it takes longer than answering it."""
    network = named(_NETWORK, networks.c.id, networks.c.updated_at).cte("network")
    meant = meaning(word, sa.select(network.c.id).scalar_subquery())
    number = sa.select(versions.c.number).where(versions.c.snapshot_id == meant.c.snapshot_id).scalar_subquery()
    return sa.select(*network.c, *meant.c, number).join_from(network, meant, sa.true(), isouter=True)
