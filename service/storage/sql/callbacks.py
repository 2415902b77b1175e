"""Callbacks to deliver at the end of jobs. An attempt owns its row for a while, and settles it by its number."""

from __future__ import annotations

import sqlalchemy as sa

from service.domain.records import Callback, Json, NewCallback
from service.errors import LeaseLost
from service.storage.sql import events, jobs, totals
from service.storage.sql.clauses import now
from service.storage.sql.tables import callbacks


def add(connection: sa.Connection, job_id: str, callback: NewCallback) -> None:
    values = {"job_id": job_id, "url": callback.url, "secret": callback.secret, "attempts": 0}
    connection.execute(sa.insert(callbacks).values(values))


def make_due(connection: sa.Connection, job_id: str) -> None:
    """The job has ended."""
    connection.execute(sa.update(callbacks).where(callbacks.c.job_id == job_id).values(due_at=now()))


def find_due(connection: sa.Connection) -> str | None:
    """The job whose callback has been due for the longest time."""
    due = sa.select(callbacks.c.job_id).where(callbacks.c.due_at <= now())
    found: str | None = connection.scalar(due.order_by(callbacks.c.due_at).limit(1))
    return found


def claim(connection: sa.Connection, job_id: str, *, lease_seconds: float) -> Callback | None:
    """See `Storage.claim_callback`. The UPDATE decides between racing workers: the second one finds nothing due."""
    take = sa.update(callbacks).where(callbacks.c.job_id == job_id, callbacks.c.due_at <= now())
    take = take.values(attempts=callbacks.c.attempts + 1, due_at=now() + lease_seconds)
    row = connection.execute(take.returning(callbacks)).one_or_none()
    if row is None:
        return None
    return Callback(job=jobs.get(connection, job_id), url=row.url, secret=row.secret, attempt=row.attempts)


def settle(connection: sa.Connection, job_id: str, attempt: int, outcome: Json, *, retry_seconds: float | None) -> None:
    """See `Storage.settle_callback`. The job's row is locked first, as by all who take both."""
    events.add(connection, job_id, "callback", outcome)
    own = (callbacks.c.job_id == job_id) & (callbacks.c.attempts == attempt)
    if retry_seconds is None:
        settled = connection.execute(sa.delete(callbacks).where(own))
    else:
        settled = connection.execute(sa.update(callbacks).where(own).values(due_at=now() + retry_seconds))
    if settled.rowcount != 1:
        raise LeaseLost("Another attempt of this callback has begun.")
    totals.count_callback(connection, _outcome(outcome, is_last=retry_seconds is None))


def _outcome(outcome: Json, *, is_last: bool) -> str:
    if outcome.get("delivered"):
        return "delivered"
    return "given_up" if is_last else "failed"
