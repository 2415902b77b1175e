"""What the user wants of a job: run, pause, cancel."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from service.domain.jobs import Job
from service.domain.status import ENDED, RequestedState, Status
from service.domain.types import Json
from service.domain.versions import Creator
from service.errors import Conflict
from service.storage.sql import jobs, turns
from service.storage.sql.clauses import now
from service.storage.sql.tables.jobs import jobs as table
from service.storage.sql.transitions import move

#: By status and requested state: what the job becomes at once, and the event that says so.
_OUTCOMES = {
    (Status.QUEUED, RequestedState.PAUSE): (Status.PAUSED, "paused"),
    (Status.QUEUED, RequestedState.CANCEL): (Status.CANCELLED, "ended"),
    (Status.RUNNING, RequestedState.PAUSE): (Status.PAUSING, "pausing"),
    (Status.RUNNING, RequestedState.CANCEL): (Status.CANCELLING, "cancelling"),
    (Status.PAUSING, RequestedState.RUN): (Status.RUNNING, "resumed"),
    (Status.PAUSING, RequestedState.CANCEL): (Status.CANCELLING, "cancelling"),
    (Status.PAUSED, RequestedState.RUN): (Status.QUEUED, "resumed"),
    (Status.PAUSED, RequestedState.CANCEL): (Status.CANCELLED, "ended"),
}


def set_requested_state(
    connection: sa.Connection, job_id: str, requested_state: RequestedState, told: Json | None = None
) -> Job:
    """See `Storage.set_requested_state`. A resumed job goes behind all others of its creator.

    `told` is what else the event of a move says.
    """
    present = sa.select(table.c.status, table.c.requested_state, table.c.created_by, table.c.created_by_key)
    present = present.where(table.c.id == job_id).with_for_update()
    row = connection.execute(present).one_or_none()
    if row is None:
        raise jobs.missing(job_id)
    if not _is_fulfilled(row.status, row.requested_state, requested_state):
        outcome = _OUTCOMES.get((row.status, requested_state))
        if outcome is None:
            raise Conflict(f"This job is {row.status}: it can no longer {requested_state}.")
        status, event = outcome
        last_place: dict[str, Any] = {}
        if status is Status.QUEUED:
            last_place = {
                "queued_at": now(),
                "turn": turns.last(connection, Creator(row.created_by, row.created_by_key)),
            }
        move(connection, job_id, status, event, told or {}, requested_state=requested_state, **last_place)
    return jobs.get(connection, job_id)


def _is_fulfilled(status: Status, present: RequestedState, requested_state: RequestedState) -> bool:
    return present is requested_state and (status not in ENDED or status is Status.CANCELLED)
