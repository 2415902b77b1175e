"""Which queued jobs may train as one stack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from service.domain.status import HELD, RequestedState, Status
from service.storage.sql.clauses import now
from service.storage.sql.tables.jobs import jobs, workers

#: Workers that were heard of since then count.
ALIVE_SECONDS = 60.0
_QUEUED = (jobs.c.status == Status.QUEUED, jobs.c.requested_state == RequestedState.RUN)


def beside(connection: sa.Connection, job_id: str, *, most: int) -> Sequence[str]:
    """See `Runs.jobs_beside`."""
    first = connection.execute(sa.select(jobs).where(jobs.c.id == job_id)).one_or_none()
    if first is None or first.stack_key is None or not _is_free(first):
        return ()
    if connection.scalar(sa.select(_waits_for_another(first))):
        return ()
    alike = (jobs.c.search_id == first.search_id) & (jobs.c.stack_key == first.stack_key)
    at_work = alike & jobs.c.status.in_([Status.QUEUED, *HELD])
    count = connection.scalar(sa.select(sa.func.count()).select_from(jobs).where(at_work)) or 0
    alive = workers.c.seen_at >= now() - ALIVE_SECONDS
    slots = connection.scalar(sa.select(sa.func.sum(workers.c.slots)).where(alive)) or 1
    share = -(-count // slots)
    wanted = sa.select(jobs.c.id).where(alike, *_QUEUED, jobs.c.epochs_per_second.is_(None))
    wanted = wanted.order_by(jobs.c.turn, jobs.c.queued_at, jobs.c.id).limit(max(0, min(share, most) - 1))
    return list(connection.scalars(wanted))


def _is_free(job: sa.Row[Any]) -> bool:
    """Whether nothing about a job wants it to be alone: a pace, or a limit of jobs that run at once."""
    return job.epochs_per_second is None and job.running_limit is None


def _waits_for_another(job: sa.Row[Any]) -> sa.ColumnElement[bool]:
    """Whether a job of another creator waits."""
    is_anothers = jobs.c.created_by_key.is_distinct_from(job.created_by_key)
    is_anothers |= jobs.c.created_by.is_distinct_from(job.created_by)
    return sa.select(jobs.c.id).where(*_QUEUED, is_anothers).exists()
