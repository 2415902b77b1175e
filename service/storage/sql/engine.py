"""One SQLAlchemy engine per database, with the settings that make SQLite and PostgreSQL keep the same promise."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from service.errors import StorageError
from service.storage.sql import exact_json

#: An execution option: this connection's transactions write.
WRITES = "feedforward_writes"

#: How long a write waits for another one's lock before it gives up.
_LOCK_TIMEOUT_MILLISECONDS = 10_000
#: A process that falls silent in the middle of a transaction, because its machine or network has gone, loses its locks.
_SILENCE_MILLISECONDS = 10_000
#: Of one process: those kept open, and those opened beyond them when many threads ask at once.
_KEPT_CONNECTIONS, _MORE_CONNECTIONS = 8, 24


def make_engine(url: str, *, foreign_keys: bool = True) -> sa.Engine:
    """Make an engine for an SQLite or PostgreSQL URL; nothing is opened yet. Raises StorageError.

    `foreign_keys` are switched off by migrations alone: where SQLite rebuilds a table it would cascade.
    """
    try:
        address = sa.make_url(url)
    except (ValueError, sa.exc.ArgumentError):
        # The text itself is not quoted: it may hold a password.
        raise StorageError("DATABASE_URL cannot be read. Write postgresql://user:password@host:5432/name.") from None
    if address.get_backend_name() == "sqlite":
        return _sqlite_engine(address, foreign_keys)
    return _postgresql_engine(address.set(drivername="postgresql+psycopg"))


def _engine(address: sa.URL, **options: Any) -> sa.Engine:
    return sa.create_engine(
        address,
        json_serializer=exact_json.encode,
        json_deserializer=exact_json.decode,
        pool_size=_KEPT_CONNECTIONS,
        max_overflow=_MORE_CONNECTIONS,
        **options,
    )


def _sqlite_engine(address: sa.URL, foreign_keys: bool) -> sa.Engine:
    engine = _engine(address)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _: Any) -> None:
        # The driver would begin transactions of its own, too late and deferred; the listener below begins them.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {_LOCK_TIMEOUT_MILLISECONDS}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # A writer takes its lock at once: a deferred one that has read first could only fail when another has written.
        # A reader needs no transaction: each of its statements sees one state of the database.
        if connection.get_execution_options().get(WRITES):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _postgresql_engine(address: sa.URL) -> sa.Engine:
    engine = _engine(address, pool_pre_ping=True, connect_args={"connect_timeout": 10})

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _: Any) -> None:
        connection.execute(f"SET lock_timeout = {_LOCK_TIMEOUT_MILLISECONDS}")
        connection.execute(f"SET idle_in_transaction_session_timeout = {_SILENCE_MILLISECONDS}")
        connection.commit()

    return engine
