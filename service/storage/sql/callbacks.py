"""Callbacks to deliver at the end of jobs and for events of networks.

An attempt owns its row for a while, and settles it by its number.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from service.domain.callback_attempts import Callback
from service.domain.callbacks import NewCallback
from service.domain.monitoring import NetworkEvent
from service.domain.types import Json
from service.errors import LeaseLost, NotFound
from service.storage.sql import events, jobs, network_events, totals
from service.storage.sql.clauses import now
from service.storage.sql.tables.deliveries import callbacks


def add(connection: sa.Connection, job_id: str, callback: NewCallback) -> None:
    """Due when the job ends."""
    connection.execute(sa.insert(callbacks).values(id=job_id, job_id=job_id, **_values(callback)))


def add_due(connection: sa.Connection, event: NetworkEvent, callback: NewCallback) -> None:
    """Due at once."""
    values = {"id": f"{event.network_id}_{event.seq}", "network_id": event.network_id, "seq": event.seq}
    connection.execute(sa.insert(callbacks).values(**values, **_values(callback), due_at=now()))


def make_due(connection: sa.Connection, job_id: str) -> None:
    """The job has ended."""
    connection.execute(sa.update(callbacks).where(callbacks.c.id == job_id).values(due_at=now()))


def find_due(connection: sa.Connection) -> str | None:
    """The callback that has been due for the longest time."""
    due = sa.select(callbacks.c.id).where(callbacks.c.due_at <= now())
    found: str | None = connection.scalar(due.order_by(callbacks.c.due_at).limit(1))
    return found


def claim(connection: sa.Connection, callback_id: str, *, lease_seconds: float) -> Callback | None:
    """See `Storage.claim_callback`. The UPDATE decides between racing workers: the second one finds nothing due."""
    take = sa.update(callbacks).where(callbacks.c.id == callback_id, callbacks.c.due_at <= now())
    take = take.values(attempts=callbacks.c.attempts + 1, due_at=now() + lease_seconds)
    row = connection.execute(take.returning(callbacks)).one_or_none()
    if row is None:
        return None
    of_job = row.job_id is not None
    about = jobs.get(connection, row.job_id) if of_job else network_events.get(connection, row.network_id, row.seq)
    return Callback(id=row.id, about=about, url=row.url, secret=row.secret, attempt=row.attempts)


def settle(
    connection: sa.Connection, callback_id: str, attempt: int, outcome: Json, *, retry_seconds: float | None
) -> None:
    """See `Storage.settle_callback`. What it is about is locked first, as by all who take both."""
    _record(connection, callback_id, outcome)
    own = (callbacks.c.id == callback_id) & (callbacks.c.attempts == attempt)
    if retry_seconds is None:
        settled = connection.execute(sa.delete(callbacks).where(own))
    else:
        settled = connection.execute(sa.update(callbacks).where(own).values(due_at=now() + retry_seconds))
    if settled.rowcount != 1:
        raise LeaseLost("Another attempt of this callback has begun.")
    totals.count_callback(connection, _outcome(outcome, is_last=retry_seconds is None))


def _record(connection: sa.Connection, callback_id: str, outcome: Json) -> None:
    row = connection.execute(sa.select(callbacks).where(callbacks.c.id == callback_id)).one_or_none()
    if row is not None and row.network_id is not None:
        network_events.add(connection, row.network_id, "callback", {"event": row.seq, **outcome})
    elif callback_id.startswith("job_"):  # Without a row it was settled for good, which the caller finds out.
        events.add(connection, callback_id, "callback", outcome)
    else:
        raise NotFound("The event of this callback is not there any more.")


def _values(callback: NewCallback) -> dict[str, Any]:
    return {"url": callback.url, "secret": callback.secret, "attempts": 0}


def _outcome(outcome: Json, *, is_last: bool) -> str:
    if outcome.get("delivered"):
        return "delivered"
    return "given_up" if is_last else "failed"
