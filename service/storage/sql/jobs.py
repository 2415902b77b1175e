"""Jobs in SQL, as the user sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from service.domain.job_kind import JobKind
from service.domain.jobs import Job, JobError, NewJob
from service.domain.paging import Page
from service.domain.status import RequestedState, Status
from service.domain.versions import Creator
from service.errors import NotFound
from service.storage.sql import choice, datasets, events, networks, turns
from service.storage.sql.clauses import is_created_by, is_named, now
from service.storage.sql.exact_json import encoded
from service.storage.sql.floats import joined, pair
from service.storage.sql.references import checked
from service.storage.sql.tables.jobs import job_data, jobs, start_values
from service.storage.sql.tables.networks import networks as networks_table
from service.storage.sql.tables.weights import snapshot_values as values_table
from service.storage.sql.tables.weights import snapshots as snapshots_table

#: What a record has as its row does.
_PLAIN = [field.name for field in fields(Job) if field.name in jobs.c and field.name != "best_value"]
_READ = sa.select(
    *(jobs.c[name] for name in _PLAIN),
    networks_table.c.name,
    jobs.c.best_value,
    jobs.c.best_value_kind,
    jobs.c.error_code,
    jobs.c.error_message,
    sa.func.coalesce(jobs.c.watched_until > now(), sa.false()),
).join(networks_table)


def create(connection: sa.Connection, job: NewJob, row: Mapping[str, Any]) -> Job:
    """See `Storage.create_job`; `row` is the job's `row_of`."""
    networks.lock_living(connection, job.network_id)
    turn = turns.last(connection, Creator(job.created_by, job.created_by_key))
    connection.execute(sa.insert(jobs).values(**row, turn=turn, created_at=now(), queued_at=now()))
    connection.execute(sa.insert(job_data).values(job_id=job.id, data=job.data))
    datasets.lock_for(connection, job.id, job.datasets)
    if job.output is not None:
        datasets.begin(connection, job.output, name=job.output_name)
    _copy_start(connection, job)
    size = {"rows": job.rows} if job.kind is JobKind.PREDICTION else {"epochs": job.epochs}
    events.add(connection, job.id, "submitted", {"status": row["status"], **size})
    return get(connection, job.id)


def _copy_start(connection: sa.Connection, job: NewJob) -> None:
    """Raises NotFound where the start snapshot is gone."""
    ref = job.options.get("start_snapshot") or "latest"
    found = snapshots_table.c
    copied = sa.select(sa.literal(job.id), found.sha256, values_table.c.buffer, found.preprocessing)
    copied = copied.join(snapshots_table).where(found.id == choice.choose(connection, job.network_id, ref).snapshot.id)
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


def get_all(connection: sa.Connection, job_ids: Sequence[str]) -> Sequence[Job]:
    """In the order of the ids, which exist."""
    found = find_all(connection, job_ids)
    return [found[job_id] for job_id in job_ids]


def find_all(connection: sa.Connection, job_ids: Sequence[str]) -> dict[str, Job]:
    """Those that are there, by id."""
    return {job.id: job for job in map(_job, connection.execute(_READ.where(jobs.c.id.in_(job_ids))))}


def describe(connection: sa.Connection, job_id: str, changes: Mapping[str, Any]) -> Job:
    """See `Storage.describe_job`."""
    if changes and connection.execute(sa.update(jobs).where(jobs.c.id == job_id).values(**changes)).rowcount == 0:
        raise missing(job_id)
    return get(connection, job_id)


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
    kind: JobKind | None,
    restart_of: str | None = None,
    restarts: bool = True,
    search_id: str | None = None,
) -> Sequence[Job]:
    if page.after is not None and connection.scalar(sa.select(jobs.c.id).where(jobs.c.id == page.after)) is None:
        raise missing(page.after)
    wanted = _page(page.after is not None, network_id is not None, _fixed(statuses), _fixed(names))
    if kind is not None:
        wanted = wanted.where(jobs.c.kind == kind)
    if created_by is not None:
        wanted = wanted.where(is_created_by(jobs, created_by))
    if restart_of is not None:
        wanted = wanted.where(jobs.c.restart_of == restart_of)
    if search_id is not None:
        wanted = wanted.where(jobs.c.search_id == search_id)
    if not restarts:
        wanted = wanted.where(jobs.c.restart_of.is_(None))
    values = {"limit": page.limit, "after": page.after, "network": network_id}
    return [_job(row) for row in connection.execute(wanted, values)]


@lru_cache(maxsize=256)
def _page(
    has_after: bool, of_network: bool, statuses: tuple[Status, ...] | None, names: tuple[str, ...] | None
) -> sa.Select[Any]:
    """The statement, kept because building it takes longer than reading the page."""
    wanted = _READ.order_by(jobs.c.id.desc()).limit(sa.bindparam("limit", type_=sa.Integer))
    if names is not None:
        wanted = wanted.where(is_named(networks_table.c.name, names))
    if has_after:
        wanted = wanted.where(jobs.c.id < sa.bindparam("after", type_=sa.Text))
    if of_network:
        wanted = wanted.where(jobs.c.network_id == sa.bindparam("network", type_=sa.Text))
    return wanted if statuses is None else wanted.where(jobs.c.status.in_(statuses))


def _fixed(values: Sequence[Any] | None) -> tuple[Any, ...] | None:
    return None if values is None else tuple(values)


def count(connection: sa.Connection, statuses: Sequence[Status], creator: Creator | None) -> int:
    wanted = sa.select(sa.func.count()).select_from(jobs).where(jobs.c.status.in_(statuses))
    if creator is not None:
        wanted = wanted.where(turns.is_of(jobs, creator))
    return connection.execute(wanted).scalar_one()


def lost(connection: sa.Connection, *, queued_for_seconds: float, limit: int) -> Sequence[str]:
    """See `Storage.lost_jobs`."""
    is_old = jobs.c.queued_at <= now() - queued_for_seconds
    wanted = sa.select(jobs.c.id).where(jobs.c.status == Status.QUEUED, is_old)
    return list(connection.scalars(wanted.order_by(jobs.c.queued_at).limit(limit)))


def missing(job_id: str) -> NotFound:
    return NotFound(f"There is no job {job_id}.")


def row_of(job: NewJob) -> dict[str, Any]:
    """What `create` stores, encoded before its transaction begins."""
    return {
        "id": job.id,
        "network_id": job.network_id,
        "status": Status.PAUSED if job.pause_at == 0 else Status.QUEUED,
        "requested_state": RequestedState.PAUSE if job.pause_at == 0 else RequestedState.RUN,
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
        "kind": job.kind,
        "rows_done": 0,
        "output": job.output.id if job.output else None,
        "created_by": job.created_by,
        "created_by_key": job.created_by_key,
        "origin": job.origin,
        "monitored": job.monitored,
        "higher_is_better": job.higher_is_better,
        "judged_rows": job.judged_rows,
        "code_version": job.code_version,
        "running_limit": job.running_limit,
        "pause_at": job.pause_at,
        "restart_of": job.restart_of,
        "epochs_per_second": job.epochs_per_second,
        "search_id": job.search_id,
        "trial": job.trial,
        "stack_key": job.stack_key,
    }


def _job(row: Sequence[Any]) -> Job:
    *plain, network_name, best_value, best_value_kind, error_code, error_message, is_watched = row
    return Job(
        network_name=network_name,
        best_value=joined(best_value, best_value_kind),
        error=None if error_code is None else JobError(code=error_code, message=error_message),
        is_watched=bool(is_watched),
        **dict(zip(_PLAIN, plain, strict=True)),
    )
