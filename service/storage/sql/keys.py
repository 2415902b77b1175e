"""Keys in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from service.domain.access import Key, NewKey, Scope
from service.domain.key_limits import limits_of
from service.domain.paging import Page
from service.errors import Conflict, NotFound
from service.storage.sql import schedules, searches
from service.storage.sql.clauses import now
from service.storage.sql.tables.access import keys

#: Everything but the digest, which nobody needs back.
_READ = sa.select(*(column for column in keys.c if column is not keys.c.digest))
_IS_ALIVE = keys.c.revoked_at.is_(None) & (keys.c.expires_at.is_(None) | (keys.c.expires_at > now()))


def add(connection: sa.Connection, key: NewKey) -> Key:
    values = {
        "id": key.id,
        "name": key.name,
        "hint": key.hint,
        "digest": key.digest,
        "scopes": list(key.scopes),
        "networks": None if key.networks is None else list(key.networks),
        "created_at": now(),
        "created_by": key.created_by,
        "expires_at": key.expires_at,
        "replaces": key.replaces,
        "closes": True,
        "limits": key.limits.given() or None,
    }
    connection.execute(sa.insert(keys).values(values))
    return get(connection, key.id)


def find(connection: sa.Connection, digest: bytes) -> Key | None:
    row = connection.execute(_READ.where(keys.c.digest == digest)).one_or_none()
    return None if row is None else _key(row)


def get(connection: sa.Connection, key_id: str) -> Key:
    row = connection.execute(_READ.where(keys.c.id == key_id)).one_or_none()
    if row is None:
        raise _missing(key_id)
    return _key(row)


def list_page(connection: sa.Connection, page: Page) -> Sequence[Key]:
    wanted = _READ.order_by(keys.c.id.desc()).limit(page.limit)
    if page.after is not None:
        wanted = wanted.where(keys.c.id < get(connection, page.after).id)
    return [_key(row) for row in connection.execute(wanted)]


def replace(connection: sa.Connection, key_id: str, key: NewKey, *, overlap_seconds: float) -> Key:
    ends_at = now() + overlap_seconds
    expires_at = sa.case((keys.c.expires_at < ends_at, keys.c.expires_at), else_=ends_at)
    changed = connection.execute(sa.update(keys).where(keys.c.id == key_id, _IS_ALIVE).values(expires_at=expires_at))
    if changed.rowcount != 1:
        get(connection, key_id)
        raise Conflict("This key has been revoked or has expired. Make a new one.")
    connection.execute(sa.update(keys).where(keys.c.created_by == key_id).values(created_by=key.id))
    schedules.pass_on(connection, key_id, key.id)
    searches.pass_on(connection, key_id, key.id)
    return add(connection, key)


def revoke(connection: sa.Connection, key_id: str, *, with_made: bool) -> Sequence[Key]:
    """Keys made by keys lie a few generations deep, so each generation is a query."""
    generation, ids = [get(connection, key_id).id], [key_id]
    while with_made and generation:
        made = sa.select(keys.c.id).where(keys.c.created_by.in_(generation), keys.c.id.not_in(ids))
        generation = list(connection.scalars(made))
        ids += generation
    change = sa.update(keys).where(keys.c.id.in_(ids), keys.c.revoked_at.is_(None)).values(revoked_at=now())
    revoked = list(connection.scalars(change.returning(keys.c.id)))
    return [get(connection, one) for one in revoked]


def touch(connection: sa.Connection, key_id: str) -> None:
    connection.execute(sa.update(keys).where(keys.c.id == key_id).values(last_used_at=now()))


def are_needed(connection: sa.Connection) -> bool:
    return connection.scalar(sa.select(keys.c.id).where(keys.c.closes).limit(1)) is not None


def is_any_alive(connection: sa.Connection) -> bool:
    return connection.scalar(sa.select(keys.c.id).where(_IS_ALIVE).limit(1)) is not None


def open_all(connection: sa.Connection) -> None:
    connection.execute(sa.update(keys).where(keys.c.closes).values(closes=False))


def _missing(key_id: str) -> NotFound:
    return NotFound(f"There is no key {key_id}.")


def _key(row: sa.Row[Any]) -> Key:
    return Key(
        id=row.id,
        name=row.name,
        hint=row.hint,
        scopes=tuple(map(Scope, row.scopes)),
        networks=None if row.networks is None else tuple(row.networks),
        created_at=row.created_at,
        created_by=row.created_by,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
        replaces=row.replaces,
        limits=limits_of(row.limits),
    )
