"""Jobs in SQL, as the user sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from service.domain.records import Job, JobError, NewJob, Page
from service.domain.status import RequestedState, Status
from service.errors import NotFound
from service.storage.sql import datasets, events, networks, snapshots
from service.storage.sql.clauses import is_created_by, is_named, now
from service.storage.sql.exact_json import encoded
from service.storage.sql.floats import joined, pair
from service.storage.sql.references import checked
from service.storage.sql.tables import job_data, jobs, start_values
from service.storage.sql.tables import networks as networks_table
from service.storage.sql.tables import snapshot_values as values_table
from service.storage.sql.tables import snapshots as snapshots_table

_READ = sa.select(jobs, networks_table.c.name.label("network_name")).join(networks_table)


def create(connection: sa.Connection, job: NewJob, row: Mapping[str, Any]) -> Job:
    """See `Storage.create_job`; `row` is the job's `row_of`."""
    networks.lock_living(connection, job.network_id)
    connection.execute(sa.insert(jobs).values(**row, created_at=now(), queued_at=now()))
    connection.execute(sa.insert(job_data).values(job_id=job.id, data=job.data))
    datasets.lock_for(connection, job.id, job.datasets)
    _copy_start(connection, job)
    events.add(connection, job.id, "submitted", {"status": Status.QUEUED, "epochs": job.epochs})
    return get(connection, job.id)


def _copy_start(connection: sa.Connection, job: NewJob) -> None:
    """Raises NotFound where the start snapshot is gone."""
    ref = job.options.get("start_snapshot") or "latest"
    found = snapshots_table.c
    copied = sa.select(sa.literal(job.id), found.sha256, values_table.c.buffer, found.preprocessing)
    copied = copied.join(snapshots_table).where(found.network_id == job.network_id, *snapshots.meant_by(ref))
    copied = copied.order_by(*snapshots.order_for(ref)).limit(1)
    names = ["job_id", "sha256", "buffer", "preprocessing"]
    # For an INSERT, SQLAlchemy keeps PostgreSQL's count of rows only where it is asked to.
    copy = sa.insert(start_values).from_select(names, copied).execution_options(preserve_rowcount=True)
    if connection.execute(copy).rowcount == 0:
        raise NotFound(f"This network has no snapshot {ref}.")


def get(connection: sa.Connection, job_id: str) -> Job:
    row = connection.execute(_READ.where(jobs.c.id == checked(job_id))).one_or_none()
    if row is None:
        raise missing(job_id)
    return _job(row)


def read_data(connection: sa.Connection, job_id: str) -> bytes:
    data = connection.scalar(sa.select(job_data.c.data).where(job_data.c.job_id == job_id))
    if data is None:
        raise missing(job_id)
    return bytes(data)


def list_page(
    connection: sa.Connection,
    page: Page,
    *,
    network_id: str | None,
    statuses: Sequence[Status] | None,
    names: Sequence[str] | None,
    created_by: str | None,
) -> Sequence[Job]:
    wanted = _READ.order_by(jobs.c.id.desc()).limit(page.limit)
    if names is not None:
        wanted = wanted.where(is_named(networks_table.c.name, names))
    if page.after is not None:
        if connection.scalar(sa.select(jobs.c.id).where(jobs.c.id == page.after)) is None:
            raise missing(page.after)
        wanted = wanted.where(jobs.c.id < page.after)
    if network_id is not None:
        wanted = wanted.where(jobs.c.network_id == network_id)
    if statuses is not None:
        wanted = wanted.where(jobs.c.status.in_(statuses))
    if created_by is not None:
        wanted = wanted.where(is_created_by(jobs, created_by))
    return [_job(row) for row in connection.execute(wanted)]


def count(connection: sa.Connection, statuses: Sequence[Status]) -> int:
    wanted = sa.select(sa.func.count()).select_from(jobs).where(jobs.c.status.in_(statuses))
    return connection.execute(wanted).scalar_one()


def lost(connection: sa.Connection, *, queued_for_seconds: float, limit: int) -> Sequence[str]:
    """See `Storage.lost_jobs`."""
    is_old = jobs.c.queued_at <= now() - queued_for_seconds
    wanted = sa.select(jobs.c.id).where(jobs.c.status == Status.QUEUED, is_old)
    return list(connection.scalars(wanted.order_by(jobs.c.queued_at, jobs.c.id).limit(limit)))


def missing(job_id: str) -> NotFound:
    return NotFound(f"There is no job {job_id}.")


def row_of(job: NewJob) -> dict[str, Any]:
    """What `create` stores, encoded before its transaction begins."""
    return {
        "id": job.id,
        "network_id": job.network_id,
        "status": Status.QUEUED,
        "requested_state": RequestedState.RUN,
        "options": encoded(dict(job.options)),
        "epoch": 0,
        "epochs": job.epochs,
        "token": 0,
        "crashes": 0,
        **pair("best_value", None),
        "seconds": 0.0,
        "rows": job.rows,
        "stopped_early": False,
        "max_seconds": job.max_seconds,
        "event_count": 0,
        "data_bytes": len(job.data),
        "traceparent": job.traceparent,
        "created_by": job.created_by,
        "created_by_key": job.created_by_key,
    }


def _job(row: sa.Row[Any]) -> Job:
    return Job(
        id=row.id,
        network_id=row.network_id,
        network_name=row.network_name,
        status=row.status,
        requested_state=row.requested_state,
        options=row.options,
        epoch=row.epoch,
        epochs=row.epochs,
        token=row.token,
        owner=row.owner,
        lease_until=row.lease_until,
        crashes=row.crashes,
        best_epoch=row.best_epoch,
        best_value=joined(row.best_value, row.best_value_kind),
        seconds=row.seconds,
        rows=row.rows,
        stopped_early=row.stopped_early,
        error=None if row.error_code is None else JobError(code=row.error_code, message=row.error_message),
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        max_seconds=row.max_seconds,
        importance=row.importance,
        findings=row.findings,
        traceparent=row.traceparent,
        created_by=row.created_by,
        created_by_key=row.created_by_key,
    )
