"""The audit in SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

import sqlalchemy as sa

from service.domain.audit import AuditEntry, AuditFilter, NewAuditEntry
from service.domain.paging import Page
from service.errors import NotFound
from service.storage.sql.clauses import now
from service.storage.sql.tables.access import audit

#: A time that an answer shows is rounded to microseconds, and asked for again must still mean the same entry.
ROUNDING_SECONDS = 0.6e-6
_ADD = sa.insert(audit).values(created_at=now() - sa.bindparam("seconds_ago", type_=sa.Double))


def add(connection: sa.Connection, entries: Sequence[NewAuditEntry]) -> None:
    if entries:
        connection.execute(_ADD, [asdict(entry) for entry in entries])


def list_page(connection: sa.Connection, page: Page, wanted: AuditFilter) -> Sequence[AuditEntry]:
    query = sa.select(audit).where(*_conditions(wanted)).order_by(audit.c.id.desc()).limit(page.limit)
    if page.after is not None:
        if connection.scalar(sa.select(audit.c.id).where(audit.c.id == page.after)) is None:
            raise NotFound(f"There is no audit entry {page.after}.")
        query = query.where(audit.c.id < page.after)
    return [AuditEntry(**row._mapping) for row in connection.execute(query)]


def forget(connection: sa.Connection, *, older_than_seconds: float, limit: int) -> int:
    old = sa.select(audit.c.id).where(audit.c.created_at < now() - older_than_seconds)
    old = old.order_by(audit.c.created_at).limit(limit)
    return connection.execute(sa.delete(audit).where(audit.c.id.in_(old))).rowcount


def _conditions(wanted: AuditFilter) -> Iterator[sa.ColumnElement[bool]]:
    c = audit.c
    if wanted.key is not None:
        yield (c.key_id == wanted.key) | (c.key_name == wanted.key)
    if wanted.action is not None:
        yield c.action == wanted.action
    if wanted.object is not None:
        yield (c.object == wanted.object) | c.object.startswith(f"{wanted.object}/", autoescape=True)
    if wanted.status is not None:
        yield c.status == wanted.status
    if wanted.from_time is not None:
        yield c.created_at >= wanted.from_time - ROUNDING_SECONDS
    if wanted.to_time is not None:
        yield c.created_at < wanted.to_time - ROUNDING_SECONDS
