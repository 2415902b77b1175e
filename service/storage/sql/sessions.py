"""Sessions and sign-in tokens in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from service.domain.access import NewSession, Session
from service.domain.paging import Page
from service.errors import NotFound
from service.storage.sql.clauses import now
from service.storage.sql.tables.access import sessions, sign_ins

_FORGOTTEN_AFTER_SECONDS = 24 * 3600.0
_READ = sa.select(*(column for column in sessions.c if column is not sessions.c.digest))


def add(connection: sa.Connection, session: NewSession) -> Session:
    connection.execute(sa.delete(sessions).where(sessions.c.expires_at < now() - _FORGOTTEN_AFTER_SECONDS))
    values = {
        "id": session.id,
        "key_id": session.key_id,
        "digest": session.digest,
        "created_at": now(),
        "last_used_at": now(),
        "expires_at": now() + session.lifetime_seconds,
    }
    connection.execute(sa.insert(sessions).values(values))
    return get(connection, session.id)


def find(connection: sa.Connection, digest: bytes) -> Session | None:
    row = connection.execute(_READ.where(sessions.c.digest == digest)).one_or_none()
    return None if row is None else _session(row)


def get(connection: sa.Connection, session_id: str) -> Session:
    row = connection.execute(_READ.where(sessions.c.id == session_id)).one_or_none()
    if row is None:
        raise _missing(session_id)
    return _session(row)


def list_page(connection: sa.Connection, page: Page) -> Sequence[Session]:
    wanted = _READ.order_by(sessions.c.id.desc()).limit(page.limit)
    if page.after is not None:
        wanted = wanted.where(sessions.c.id < get(connection, page.after).id)
    return [_session(row) for row in connection.execute(wanted)]


def touch(connection: sa.Connection, session_id: str) -> None:
    connection.execute(sa.update(sessions).where(sessions.c.id == session_id).values(last_used_at=now()))


def end(connection: sa.Connection, session_id: str) -> None:
    if connection.execute(sa.delete(sessions).where(sessions.c.id == session_id)).rowcount != 1:
        raise _missing(session_id)


def add_sign_in(connection: sa.Connection, digest: bytes, *, lifetime_seconds: float) -> None:
    connection.execute(sa.delete(sign_ins).where(sign_ins.c.expires_at < now()))
    connection.execute(sa.insert(sign_ins).values(digest=digest, expires_at=now() + lifetime_seconds))


def use_sign_in(connection: sa.Connection, digest: bytes) -> bool:
    used = sa.delete(sign_ins).where(sign_ins.c.digest == digest, sign_ins.c.expires_at >= now())
    return connection.execute(used).rowcount == 1


def _missing(session_id: str) -> NotFound:
    return NotFound(f"There is no session {session_id}.")


def _session(row: sa.Row[Any]) -> Session:
    return Session(
        id=row.id,
        key_id=row.key_id,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
    )
