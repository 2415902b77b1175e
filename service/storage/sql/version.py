"""Whether anything has been committed since, for a hundredth of what a query costs."""

from __future__ import annotations

import sqlite3
import threading
from typing import cast

import sqlalchemy as sa


class DataVersion:
    """SQLite's `PRAGMA data_version`, which on a connection that never writes changes with every commit by others."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()

    def read(self) -> int | None:
        """None when the database cannot be asked, which the next query will tell better, or has no such number."""
        if self._engine.dialect.name != "sqlite":
            return None
        with self._lock:
            try:
                row = self._opened().execute("PRAGMA data_version").fetchone()
            except (sqlite3.Error, sa.exc.DBAPIError):
                self._close()
                return None
            return int(row[0])

    def close(self) -> None:
        with self._lock:
            self._close()

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            pooled = self._engine.raw_connection()
            self._connection = cast(sqlite3.Connection, pooled.driver_connection)
            pooled.detach()
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
