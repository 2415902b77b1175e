"""The one statement that changes a job's status, and the ends that use it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from service.domain.status import ENDED, HELD, Origin, RequestedState, Status, sources
from service.domain.types import Json
from service.errors import Conflict
from service.storage.sql import (
    callbacks,
    checkpoints,
    datasets,
    events,
    last_weights,
    reports,
    snapshots,
    totals,
    turns,
)
from service.storage.sql.clauses import now
from service.storage.sql.tables.jobs import jobs, start_values

#: What a job that is no longer held becomes, by the requested state.
BY_REQUEST = {
    RequestedState.RUN: Status.QUEUED,
    RequestedState.PAUSE: Status.PAUSED,
    RequestedState.CANCEL: Status.CANCELLED,
}


def move(connection: sa.Connection, job_id: str, target: Status, event: str, data: Json, **values: Any) -> None:
    """Set a job's status where the table of moves allows it, with an event. Raises Conflict where it does not."""
    legal = sa.update(jobs).where(jobs.c.id == job_id, jobs.c.status.in_(sources(target)))
    if connection.execute(legal.values(status=target, **{**_consequences(target), **values})).rowcount != 1:
        raise Conflict(f"A job in this state cannot become {target}.")
    if target in ENDED:
        if target is not Status.SUCCEEDED:
            last_weights.keep(connection, job_id)
        elif _origin(connection, job_id) is Origin.TRAIN:
            snapshots.settle(connection, job_id)
        checkpoints.drop(connection, job_id)
        datasets.let_go_of(connection, job_id)
        datasets.give_up(connection, job_id)
        callbacks.make_due(connection, job_id)
        reports.make_due(connection, job_id)
        connection.execute(sa.delete(start_values).where(start_values.c.job_id == job_id))
    events.add(connection, job_id, event, {"status": target, **data})
    if target in ENDED:
        totals.count_end(connection, job_id)


def _origin(connection: sa.Connection, job_id: str) -> Origin | None:
    origin: Origin | None = connection.scalar(sa.select(jobs.c.origin).where(jobs.c.id == job_id))
    return origin


def _consequences(target: Status) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if target is Status.QUEUED:
        values["turn"] = turns.front()
    if target not in HELD:
        values |= {"owner": None, "lease_until": None}
    if target in ENDED:
        values["finished_at"] = now()
    return values
