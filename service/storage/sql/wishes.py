"""What the user wishes for a job: run, pause, cancel."""

from __future__ import annotations

import sqlalchemy as sa

from service.domain.records import Job
from service.domain.status import ENDED, Status, Want
from service.errors import Conflict
from service.storage.sql import jobs
from service.storage.sql.moves import move
from service.storage.sql.tables import jobs as table

#: By status and wish: what the job becomes at once, and the event that tells so.
_OUTCOMES = {
    (Status.QUEUED, Want.PAUSE): (Status.PAUSED, "paused"),
    (Status.QUEUED, Want.CANCEL): (Status.CANCELLED, "ended"),
    (Status.RUNNING, Want.PAUSE): (Status.PAUSING, "pausing"),
    (Status.RUNNING, Want.CANCEL): (Status.CANCELLING, "cancelling"),
    (Status.PAUSING, Want.RUN): (Status.RUNNING, "resumed"),
    (Status.PAUSING, Want.CANCEL): (Status.CANCELLING, "cancelling"),
    (Status.PAUSED, Want.RUN): (Status.QUEUED, "resumed"),
    (Status.PAUSED, Want.CANCEL): (Status.CANCELLED, "ended"),
}


def wish(connection: sa.Connection, job_id: str, want: Want) -> Job:
    """See `Storage.wish`."""
    present = sa.select(table.c.status, table.c.want).where(table.c.id == job_id).with_for_update()
    row = connection.execute(present).one_or_none()
    if row is None:
        raise jobs.missing(job_id)
    if not _is_fulfilled(row.status, row.want, want):
        outcome = _OUTCOMES.get((row.status, want))
        if outcome is None:
            raise Conflict(f"This job is {row.status}: it cannot be told to {want} any more.")
        status, event = outcome
        move(connection, job_id, status, event, {}, want=want)
    return jobs.get(connection, job_id)


def _is_fulfilled(status: Status, present: Want, want: Want) -> bool:
    return present is want and (status not in ENDED or status is Status.CANCELLED)
