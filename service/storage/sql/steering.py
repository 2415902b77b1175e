"""A job's pace, and other options for it."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from service.domain.jobs import ChangedOptions, Job, Pace
from service.domain.status import RequestedState, Status
from service.domain.types import Json
from service.errors import Conflict
from service.storage.sql import checkpoints, events, jobs
from service.storage.sql.requested_states import set_requested_state
from service.storage.sql.tables.jobs import jobs as table


def resume(connection: sa.Connection, job_id: str, pace: Pace, changed: ChangedOptions | None) -> Job:
    """See `Steering.resume_job`."""
    wanted = sa.select(table.c.status, table.c.pause_at, table.c.epochs_per_second, table.c.changes)
    row = connection.execute(wanted.where(table.c.id == job_id).with_for_update()).one_or_none()
    if row is None:
        raise jobs.missing(job_id)
    if changed is not None:
        _change(connection, job_id, row.status, row.changes or (), changed)
    told = {"pause_at": pace.pause_at, "epochs_per_second": pace.epochs_per_second}
    job = set_requested_state(connection, job_id, RequestedState.RUN, told)
    if pace == Pace(pause_at=row.pause_at, epochs_per_second=row.epochs_per_second):
        return job
    connection.execute(sa.update(table).where(table.c.id == job_id).values(**told))
    if job.status is row.status:  # otherwise the event of the move has said so
        events.add(connection, job_id, "pace_changed", told)
    return jobs.get(connection, job_id)


def _change(
    connection: sa.Connection, job_id: str, status: Status, before: Sequence[Json], changed: ChangedOptions
) -> None:
    if status is not Status.PAUSED:
        raise Conflict(f"This job is {status}. Its options can only change while it is paused.")
    change = {"from_epoch": checkpoints.newest_epoch(connection, job_id) + 1, "options": dict(changed.changes)}
    values = {"options": changed.options, "epochs": changed.epochs, "changes": [*before, change]}
    values["stack_key"] = None  # which was made of the options
    connection.execute(sa.update(table).where(table.c.id == job_id).values(**values))
    events.add(connection, job_id, "options_changed", change)
