"""Database errors become ours here and nowhere else; the driver's own words stay in the cause."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import exc

from service.errors import AlreadyExists, Damaged, FeedforwardError, Invalid, NotFound, StorageError, StorageUnavailable

_BUSY = "The database is busy with other writes. Try again in a moment."
_FULL = "The disk of the database is full. Free some space, then try again."
_UNWRITABLE = "The database cannot be opened or written. Check that its folder exists and who may write there."
_DAMAGED = "The database file is damaged. Stop the service and restore a backup."
_UNSTORABLE = "A value cannot be stored: text must be valid Unicode without NUL, and integers must fit into 64 bits."

_SQLITE_UNAVAILABLE = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_PROTOCOL: _BUSY,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_CANTOPEN: _UNWRITABLE,
    sqlite3.SQLITE_READONLY: _UNWRITABLE,
    sqlite3.SQLITE_PERM: _UNWRITABLE,
    sqlite3.SQLITE_IOERR: None,
}
_SQLITE_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
#: By SQLSTATE or its class; see PostgreSQL's appendix "Error Codes". The longest match counts.
_POSTGRESQL_UNAVAILABLE = {
    "40001": _BUSY,  # serialization_failure
    "40P01": _BUSY,  # deadlock_detected
    "55P03": _BUSY,  # lock_not_available
    "53100": _FULL,  # disk_full
    "53": None,  # insufficient_resources
    "08": None,  # connection_exception
    "57P": None,  # admin_shutdown, crash_shutdown, cannot_connect_now
    "58": None,  # system_error, for instance io_error
}


@contextmanager
def errors_as_ours(*, taken: str | None = None) -> Iterator[None]:
    """Raise every database error of the block as one of ours, `from` its cause.

    `taken` is the message of the AlreadyExists that a broken uniqueness means here, where it is expected.
    """
    try:
        yield
    except (UnicodeEncodeError, OverflowError, exc.DataError) as error:
        raise Invalid(_UNSTORABLE) from error
    except exc.TimeoutError as error:
        raise StorageUnavailable(_BUSY) from error
    except exc.DBAPIError as error:
        raise _ours(error, taken) from error
    except exc.SQLAlchemyError as error:
        raise StorageError from error


def _ours(error: exc.DBAPIError, taken: str | None) -> FeedforwardError:
    if error.connection_invalidated:
        return StorageUnavailable()
    if isinstance(error, exc.IntegrityError):
        return _broken_constraint(error.orig, taken)
    if isinstance(error.orig, sqlite3.Error):
        return _sqlite(error.orig)
    return _postgresql(error.orig)


def _broken_constraint(cause: BaseException | None, taken: str | None) -> FeedforwardError:
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
    if taken is not None and code in ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "23505"):
        return AlreadyExists(taken)
    if code in ("SQLITE_CONSTRAINT_FOREIGNKEY", "23503"):
        return NotFound()  # What the row refers to was deleted a moment ago.
    return StorageError()


def _sqlite(cause: sqlite3.Error) -> FeedforwardError:
    primary_code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if primary_code in _SQLITE_UNAVAILABLE:
        return StorageUnavailable(_SQLITE_UNAVAILABLE[primary_code])
    if primary_code in _SQLITE_DAMAGED:
        return Damaged(_DAMAGED)
    return StorageError()


def _postgresql(cause: BaseException | None) -> FeedforwardError:
    state = getattr(cause, "sqlstate", None)
    if state is None and isinstance(cause, psycopg.OperationalError):
        return StorageUnavailable()  # The connection was refused, or broke before the server could answer.
    for length in (5, 3, 2):
        if state and state[:length] in _POSTGRESQL_UNAVAILABLE:
            return StorageUnavailable(_POSTGRESQL_UNAVAILABLE[state[:length]])
    return StorageError()
