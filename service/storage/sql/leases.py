"""Jobs as a worker runs them: who holds one, for how long, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from service.domain.job_kind import JobKind
from service.domain.jobs import Job, JobError
from service.domain.runs import Claim
from service.domain.status import HELD, RequestedState, Status
from service.domain.types import Json
from service.domain.versions import Creator
from service.errors import Damaged, LeaseLost
from service.storage.sql import checkpoints, datasets, events, jobs, networks, reports, turns
from service.storage.sql.clauses import now
from service.storage.sql.snapshots import intact
from service.storage.sql.tables.jobs import events as events_table
from service.storage.sql.tables.jobs import job_data, start_values
from service.storage.sql.tables.jobs import jobs as table
from service.storage.sql.transitions import BY_REQUEST, move


def claim(connection: sa.Connection, job_id: str, *, owner: str, lease_seconds: float) -> Claim | None:
    """See `Storage.claim`. The UPDATE decides between racing workers: the second one finds nothing queued."""
    take = sa.update(table).where(
        table.c.id == job_id, table.c.status == Status.QUEUED, table.c.requested_state == RequestedState.RUN
    )
    take = take.values(
        status=Status.RUNNING,
        token=table.c.token + 1,
        owner=owner,
        lease_until=now() + lease_seconds,
        started_at=sa.func.coalesce(table.c.started_at, now()),
    )
    token = connection.execute(take.returning(table.c.token)).scalar_one_or_none()
    if token is None:
        return None
    checkpoint = checkpoints.newest(connection, job_id)
    job = jobs.get(connection, job_id)
    kept = {"from_epoch": checkpoint.epoch} if checkpoint is not None else _kept(connection, job_id)
    events.add(connection, job_id, "started", {"status": Status.RUNNING, "owner": owner, **kept})
    reports.make_due(connection, job_id)
    start = _start(connection, job_id)
    try:
        values = intact(start.buffer, start.sha256)
    except Damaged as damaged:
        error = JobError(code="bad_data", message=damaged.message)
        move(connection, job_id, Status.FAILED, "ended", _event_details(error), **_error_values(error))
        return None
    return Claim(
        job=job,
        network=networks.get(connection, job.network_id),
        data=connection.execute(sa.select(job_data.c.data).where(job_data.c.job_id == job_id)).scalar_one(),
        start_values=values,
        checkpoint=checkpoint,
        start_preprocessing=start.preprocessing,
        datasets=datasets.held_for(connection, job_id),
    )


def claim_next(connection: sa.Connection, *, owner: str, lease_seconds: float) -> Claim | None:
    """See `Storage.claim_next`. A row that another worker is about to take is left to it."""
    job_id = _first(connection)
    return None if job_id is None else claim(connection, job_id, owner=owner, lease_seconds=lease_seconds)


def _first(connection: sa.Connection) -> str | None:
    """The job that is next among those whose creators may run another one."""
    waiting = sa.select(table.c.id, table.c.running_limit, table.c.created_by, table.c.created_by_key)
    waiting = waiting.where(table.c.status == Status.QUEUED, table.c.requested_state == RequestedState.RUN)
    waiting = waiting.order_by(table.c.turn, table.c.queued_at, table.c.id).limit(1).with_for_update(skip_locked=True)
    while True:
        row = connection.execute(waiting.where(turns.may_run(connection))).one_or_none()
        if row is None or row.running_limit is None:
            return None if row is None else row.id
        turns.lock(connection, Creator(row.created_by, row.created_by_key))
        # Another worker may have taken a job of this creator until the lock was ours.
        if connection.scalar(sa.select(table.c.id).where(table.c.id == row.id, turns.may_run(connection))):
            return str(row.id)


def heartbeat(connection: sa.Connection, job_id: str, token: int, *, lease_seconds: float) -> RequestedState:
    longer = sa.update(table).where(is_held(job_id, token)).values(lease_until=now() + lease_seconds)
    requested_state: RequestedState | None = connection.execute(
        longer.returning(table.c.requested_state)
    ).scalar_one_or_none()
    if requested_state is None:
        raise LeaseLost
    return requested_state


def is_held(job_id: str, token: int) -> sa.ColumnElement[bool]:
    """The fence in the WHERE of every write of a run."""
    return (table.c.id == job_id) & (table.c.token == token) & table.c.status.in_(HELD)


def hold(connection: sa.Connection, job_id: str, token: int) -> sa.Row[str, RequestedState, int]:
    """Keep the job as it is until the transaction ends. Raises LeaseLost unless it is held under this token."""
    held = (
        sa.select(table.c.id, table.c.requested_state, table.c.crashes).where(is_held(job_id, token)).with_for_update()
    )
    row = connection.execute(held).one_or_none()
    if row is None:
        raise LeaseLost
    return row


def finish(
    connection: sa.Connection,
    job_id: str,
    token: int,
    status: Status,
    *,
    error: JobError | None,
    stopped_early: bool,
    seconds: float | None,
    importance: Sequence[Json] | None,
    folds: Json | None,
    average: Json | None,
    paused_at: int | None,
) -> Job:
    """See `Storage.finish`."""
    requested_state = hold(connection, job_id, token).requested_state
    values: dict[str, Any] = {"stopped_early": stopped_early, **_error_values(error)}
    details: dict[str, Any] = _event_details(error)
    if (
        paused_at is not None
        and requested_state is RequestedState.RUN
        and _is_far_enough(connection, job_id, paused_at)
    ):
        requested_state = values["requested_state"] = RequestedState.PAUSE
        details["pause_at"] = paused_at
    target = BY_REQUEST[requested_state] if status is Status.PAUSED else status
    if seconds is not None:
        values["seconds"] = seconds
    if importance is not None:
        values["importance"] = list(importance)
    if folds is not None:
        values["folds"] = folds
    if average is not None:
        values["average"] = average
        events.add(connection, job_id, "averaged", {name: average[name] for name in ("weights", "rows", "reason")})
    move(connection, job_id, target, _EVENT_OF.get(target, "ended"), details, **values)
    return jobs.get(connection, job_id)


def _is_far_enough(connection: sa.Connection, job_id: str, epoch: int) -> bool:
    """Whether the job still is to pause at this epoch: it may have been asked to run on meanwhile."""
    pause_at = connection.scalar(sa.select(table.c.pause_at).where(table.c.id == job_id))
    return pause_at is not None and pause_at <= epoch


def prepared(connection: sa.Connection, job_id: str, token: int, *, rows: int, data: Json) -> None:
    """See `Storage.record_preparation`."""
    hold(connection, job_id, token)
    connection.execute(sa.update(table).where(table.c.id == job_id).values(rows=rows))
    events.add(connection, job_id, "prepared", data)


def found(connection: sa.Connection, job_id: str, token: int, findings: Sequence[Json]) -> None:
    """See `Storage.record_findings`."""
    hold(connection, job_id, token)
    before = connection.scalar(sa.select(table.c.findings).where(table.c.id == job_id))
    connection.execute(sa.update(table).where(table.c.id == job_id).values(findings=list(findings)))
    if list(findings) != (before or []):
        warnings = [finding["sentence"] for finding in findings]
        events.add(connection, job_id, "findings", {"findings": list(findings), "warnings": warnings})


def release(
    connection: sa.Connection, job_id: str, token: int, *, crashed: bool, max_crashes: int, cause: JobError | None
) -> Job:
    """See `Storage.release`."""
    held = hold(connection, job_id, token)
    return _release(connection, held, crashed=crashed, max_crashes=max_crashes, cause=cause)


def sweep(connection: sa.Connection, *, max_crashes: int) -> Sequence[Job]:
    """See `Storage.sweep`. A row that another sweeper or a late beat has locked is left to it."""
    expired = sa.select(table.c.id, table.c.requested_state, table.c.crashes)
    expired = expired.where(table.c.status.in_(HELD), table.c.lease_until < now()).with_for_update(skip_locked=True)
    rows = connection.execute(expired).all()
    return [_release(connection, row, crashed=True, max_crashes=max_crashes, cause=LOST) for row in rows]


LOST = JobError(code="crashed", message="Its worker was not heard of for as long as its lease held.")

#: The event of a job that is no longer held; every end is "ended".
_EVENT_OF = {Status.QUEUED: "recovered", Status.PAUSED: "paused"}


def _release(
    connection: sa.Connection,
    held: sa.Row[str, RequestedState, int],
    *,
    crashed: bool,
    max_crashes: int,
    cause: JobError | None,
) -> Job:
    crashes = held.crashes + crashed
    target = BY_REQUEST[held.requested_state]
    error = None
    kept = _kept(connection, held.id)
    if target is Status.QUEUED and crashed:
        in_a_row = 1 + _crashes_before(connection, held.id, kept)
        if in_a_row >= max_crashes:
            target = Status.FAILED
            error = _given_up(in_a_row, cause)
    recovered = {"crashed": crashed, "crashes": crashes, **kept}
    recovered |= {"cause": cause.message} if cause else {}
    # Whatever has ended its run, from now on the job trains alone.
    move(connection, held.id, target, "recovered", recovered, crashes=crashes, stack_key=None, **_error_values(error))
    if target is not Status.QUEUED:
        events.add(connection, held.id, _EVENT_OF.get(target, "ended"), {"status": target, **_event_details(error)})
    return jobs.get(connection, held.id)


def _kept(connection: sa.Connection, job_id: str) -> dict[str, int]:
    """Where a run would go on: behind the epoch of a checkpoint, or behind the rows of a prediction."""
    job = connection.execute(sa.select(table.c.kind, table.c.rows_done).where(table.c.id == job_id)).one()
    if job.kind is JobKind.PREDICTION:
        return {"from_row": job.rows_done}
    return {"from_epoch": checkpoints.newest_epoch(connection, job_id)}


def _crashes_before(connection: sa.Connection, job_id: str, kept: dict[str, int]) -> int:
    """How often in a row the job has crashed since it last got any further."""
    recovered = sa.select(events_table.c.data).where(
        events_table.c.job_id == job_id, events_table.c.kind == "recovered"
    )
    crashes = 0
    for data in connection.scalars(recovered.order_by(events_table.c.seq.desc())):
        if not kept.items() <= data.items():
            break
        crashes += data["crashed"]
    return crashes


def _given_up(crashes: int, cause: JobError | None) -> JobError:
    times = "once" if crashes == 1 else f"{crashes} times without getting any further"
    message = f"The training process died {times}, and was given up."
    if cause is None:
        return JobError(code="crashed", message=message)
    return JobError(code=cause.code, message=f"{message} {cause.message}")


def _start(connection: sa.Connection, job_id: str) -> sa.Row[Any]:
    return connection.execute(sa.select(start_values).where(start_values.c.job_id == job_id)).one()


def _error_values(error: JobError | None) -> dict[str, str | None]:
    if error is None:
        return {"error_code": None, "error_message": None}
    return {"error_code": error.code, "error_message": error.message}


def _event_details(error: JobError | None) -> dict[str, Any]:
    return {} if error is None else {"error": {"code": error.code, "message": error.message}}
