"""Counts that only grow, for monitoring: how jobs ended, what became of callbacks, and warnings of drift."""

from __future__ import annotations

import sqlalchemy as sa

from service.domain.figures import TRAINING_TIME_BOUNDS, EndedJobs, Figures
from service.domain.status import Status
from service.storage.sql.clauses import insert_or_add, now
from service.storage.sql.tables.deliveries import callbacks
from service.storage.sql.tables.jobs import jobs
from service.storage.sql.tables.totals import totals

JOB, CALLBACK, DRIFT = "job", "callback", "drift"


def count_end(connection: sa.Connection, job_id: str) -> None:
    """Count a job that has just ended, by status, error code and training time.

    The last statement of a transaction: every end of the same kind waits for this row.
    """
    ended = connection.execute(
        sa.select(jobs.c.status, jobs.c.error_code, jobs.c.seconds).where(jobs.c.id == job_id)
    ).one()
    bound = next((bound for bound in TRAINING_TIME_BOUNDS if ended.seconds <= bound), 0)
    _add(connection, JOB, ended.status.value, ended.error_code or "", bound, ended.seconds)


def count_callback(connection: sa.Connection, outcome: str) -> None:
    _add(connection, CALLBACK, outcome, "", 0, 0.0)


def count_drift_warning(connection: sa.Connection) -> None:
    _add(connection, DRIFT, "warned", "", 0, 0.0)


def figures(connection: sa.Connection) -> Figures:
    """See `Storage.figures`."""
    oldest = sa.select(sa.func.min(jobs.c.queued_at)).where(jobs.c.status == Status.QUEUED)
    due = sa.select(sa.func.count()).select_from(callbacks).where(callbacks.c.due_at <= now())
    current = connection.execute(
        sa.select((now() - oldest.scalar_subquery()).label("age"), due.scalar_subquery().label("due"))
    ).one()
    counted = connection.execute(sa.select(totals).order_by(*totals.primary_key)).all()
    return Figures(
        queue_age_seconds=max(current.age or 0.0, 0.0),
        callbacks_due=current.due,
        ended=tuple(
            EndedJobs(Status(row.outcome), row.code, row.up_to_seconds or None, row.total, row.seconds)
            for row in counted
            if row.kind == JOB
        ),
        callbacks={row.outcome: row.total for row in counted if row.kind == CALLBACK},
        drift_warnings=sum(row.total for row in counted if row.kind == DRIFT),
    )


def _add(connection: sa.Connection, kind: str, outcome: str, code: str, bound: int, seconds: float) -> None:
    key = {"kind": kind, "outcome": outcome, "code": code, "up_to_seconds": bound}
    connection.execute(insert_or_add(connection, totals).values(**key, total=1, seconds=seconds))
