"""Idempotency keys: one request, however often it is sent, is done once."""

from __future__ import annotations

import sqlalchemy as sa

from service.domain.idempotency import IdempotencyKey, StoredAnswer
from service.errors import KeyReused
from service.storage.sql.clauses import insert_or_ignore, now
from service.storage.sql.tables.access import idempotency_keys as keys


def claim(connection: sa.Connection, key: IdempotencyKey, *, lifetime_seconds: float) -> StoredAnswer | None:
    """See `Storage.claim_key`. PostgreSQL's INSERT waits for a racing one's end, SQLite's transaction for the other."""
    connection.execute(sa.delete(keys).where(keys.c.created_at < now() - lifetime_seconds))
    insert = insert_or_ignore(connection, keys)
    values = {"route": key.route, "key": key.key, "fingerprint": key.fingerprint, "created_at": now()}
    connection.execute(insert.values(values))
    return find(connection, key)


def find(connection: sa.Connection, key: IdempotencyKey) -> StoredAnswer | None:
    """See `Storage.find_answer`."""
    kept = connection.execute(sa.select(keys).where(_is(key))).one_or_none()
    if kept is None:
        return None
    if kept.fingerprint != key.fingerprint:
        raise KeyReused
    return None if kept.status is None else StoredAnswer(status=kept.status, body=kept.body, location=kept.location)


def keep_answer(connection: sa.Connection, key: IdempotencyKey, answer: StoredAnswer) -> None:
    values = {"status": answer.status, "body": answer.body, "location": answer.location}
    connection.execute(sa.update(keys).where(_is(key)).values(values))


def _is(key: IdempotencyKey) -> sa.ColumnElement[bool]:
    return (keys.c.route == key.route) & (keys.c.key == key.key)
