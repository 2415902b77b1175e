"""The order of the queue: creators take turns, so that nobody's hundred jobs keep another one's first job waiting.

A job's turn is one later than that of its creator's last job in the queue, and never earlier than the turn that is
next. Within a turn the oldest job goes first. With one creator that is the order in which the jobs came.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from service.domain.status import HELD, Status
from service.domain.versions import Creator
from service.storage.sql.tables.jobs import jobs

#: For the lock of a creator, next to a number made of their name.
_LOCK = 0xFEED


def last(connection: sa.Connection, creator: Creator) -> int:
    """The turn of a job that goes behind all others of its creator."""
    queued = sa.select(sa.func.max(jobs.c.turn)).where(jobs.c.status == Status.QUEUED, is_of(jobs, creator))
    row = connection.execute(sa.select(_next().label("next"), queued.scalar_subquery().label("own"))).one()
    return max(row.next or 0, 0 if row.own is None else row.own + 1)


def front() -> sa.ColumnElement[int]:
    """The turn of a job that is put back: its own, unless that has come later than others have by now."""
    following = _next()
    return sa.case((following < jobs.c.turn, following), else_=jobs.c.turn)


def _next() -> sa.ScalarSelect[int]:
    queued = jobs.alias("queued")
    return sa.select(sa.func.min(queued.c.turn)).where(queued.c.status == Status.QUEUED).scalar_subquery()


def is_of(table: sa.Table, creator: Creator) -> sa.ColumnElement[bool]:
    """An index answers it, which PostgreSQL's IS NOT DISTINCT FROM would not let it."""
    return sa.and_(
        *(
            column.is_(None) if value is None else column == value
            for column, value in (
                (table.c.created_by_key, creator.created_by_key),
                (table.c.created_by, creator.created_by),
            )
        )
    )


def may_run(connection: sa.Connection) -> sa.ColumnElement[bool]:
    """Of jobs whose creators have fewer running than they may."""
    held = sa.select(jobs.c.created_by, jobs.c.created_by_key, sa.func.count().label("running"))
    rows = connection.execute(
        held.where(jobs.c.status.in_(HELD)).group_by(jobs.c.created_by, jobs.c.created_by_key)
    ).all()
    return sa.and_(sa.true(), *(sa.not_(_is_full(row)) for row in rows))


def _is_full(row: sa.Row[Any]) -> sa.ColumnElement[bool]:
    return sa.and_(
        jobs.c.created_by_key.is_not_distinct_from(row.created_by_key),
        jobs.c.created_by.is_not_distinct_from(row.created_by),
        sa.func.coalesce(jobs.c.running_limit, row.running + 1) <= row.running,
    )


def lock(connection: sa.Connection, creator: Creator) -> None:
    """Let no two workers at once count how many jobs a creator has running. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK, sa.func.hashtext(str(tuple(creator))))))
