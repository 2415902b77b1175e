"""The one place where transactions begin, join and end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from service.errors import StorageError
from service.storage.sql.database_errors import errors_as_ours
from service.storage.sql.engine import WRITES


@dataclass
class _Open:
    """A transaction under way in one thread."""

    connection: sa.Connection
    actions: list[Callable[[], None]] = field(default_factory=list)
    rejected: bool = False  #: The database rejected a statement: only a rollback can follow.


@dataclass
class _Deferred:
    """A transaction that begins with the first write of its block."""

    before: Callable[[], None]
    begun: ExitStack = field(default_factory=ExitStack)


class _OfThisThread(threading.local):
    transaction: _Open | None = None
    deferred: _Deferred | None = None


class Transactions:
    """Gives out connections: a thread's calls inside an open transaction share its one, others get their own."""

    def __init__(self, engine: sa.Engine) -> None:
        self._writer = engine.execution_options(**{WRITES: True})
        is_postgresql = engine.dialect.name == "postgresql"
        self._reader = engine.execution_options(isolation_level="AUTOCOMMIT") if is_postgresql else engine
        self._of_this_thread = _OfThisThread()

    @contextmanager
    def writing(self, *, taken: str | None = None) -> Iterator[sa.Connection]:
        """Commit what the block writes when it ends well, or leave that to the transaction it joins.

        `taken`: see `errors_as_ours`.
        """
        with errors_as_ours(taken=taken):
            self._begin_deferred()
            current = self._of_this_thread.transaction
            with _joined(current) if current else self._begun() as connection:
                yield connection

    @contextmanager
    def deferred(self, before: Callable[[], None]) -> Iterator[None]:
        """See `Storage.deferred_transaction`."""
        deferred = self._of_this_thread.deferred = _Deferred(before)
        try:
            with errors_as_ours(), deferred.begun:
                yield
        finally:
            self._of_this_thread.deferred = None

    def _begin_deferred(self) -> None:
        deferred = self._of_this_thread.deferred
        if deferred is not None and self._of_this_thread.transaction is None:
            deferred.begun.enter_context(self._begun())
            deferred.before()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Read, each statement for itself, or within the transaction of this thread."""
        current = self._of_this_thread.transaction
        with errors_as_ours(), _joined(current) if current else self._reader.connect() as connection:
            yield connection

    def on_commit(self, action: Callable[[], None]) -> None:
        """See `Storage.on_commit`."""
        current = self._of_this_thread.transaction
        if current is None:
            action()
        else:
            current.actions.append(action)

    @contextmanager
    def _begun(self) -> Iterator[sa.Connection]:
        with self._writer.begin() as connection:
            current = self._of_this_thread.transaction = _Open(connection)
            try:
                yield connection
                if current.rejected:
                    raise StorageError("The database rejected a part of this. Nothing was written.")
            finally:
                self._of_this_thread.transaction = None
        for action in current.actions:
            action()


@contextmanager
def _joined(current: _Open) -> Iterator[sa.Connection]:
    try:
        yield current.connection
    except DBAPIError:
        current.rejected = True
        raise
