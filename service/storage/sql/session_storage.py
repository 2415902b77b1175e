"""The part of the SQL storage that keeps sessions."""

from __future__ import annotations

from collections.abc import Sequence

from service.domain.access import NewSession, Session
from service.domain.paging import Page
from service.storage.sessions import Sessions
from service.storage.sql import sessions
from service.storage.sql.transaction import Transactions


class SqlSessions(Sessions):
    _transactions: Transactions

    def add_session(self, session: NewSession) -> Session:
        with self._transactions.writing() as connection:
            return sessions.add(connection, session)

    def find_session(self, digest: bytes) -> Session | None:
        with self._transactions.reading() as connection:
            return sessions.find(connection, digest)

    def list_sessions(self, page: Page) -> Sequence[Session]:
        with self._transactions.reading() as connection:
            return sessions.list_page(connection, page)

    def touch_session(self, session_id: str) -> None:
        with self._transactions.writing() as connection:
            sessions.touch(connection, session_id)

    def end_session(self, session_id: str) -> None:
        with self._transactions.writing() as connection:
            sessions.end(connection, session_id)

    def add_sign_in(self, digest: bytes, *, lifetime_seconds: float) -> None:
        with self._transactions.writing() as connection:
            sessions.add_sign_in(connection, digest, lifetime_seconds=lifetime_seconds)

    def use_sign_in(self, digest: bytes) -> bool:
        with self._transactions.writing() as connection:
            return sessions.use_sign_in(connection, digest)
