"""The loss history: one row per epoch, written in batches and read by index ranges alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from service.domain.epochs import Epoch
from service.errors import LeaseLost
from service.storage.sql import epoch_blocks, epoch_rows
from service.storage.sql.clauses import either, is_named
from service.storage.sql.exact_json import decode_all
from service.storage.sql.floats import floats, pair
from service.storage.sql.leases import is_held
from service.storage.sql.tables.history import epochs
from service.storage.sql.tables.jobs import jobs
from service.storage.sql.tables.networks import networks

#: What a record is made of: floats in one column each, and JSON as text, to be decoded by the page.
_FLOATS = ("loss", "val_loss", "learning_rate", "gradient_norm")
_READ = sa.select(
    epochs.c.job_id,
    epochs.c.epoch,
    *(either(epochs.c[name], epochs.c[f"{name}_kind"]).label(name) for name in _FLOATS),
    epochs.c.seconds,
    *(sa.cast(column, sa.Text).label(column.name) for column in (epochs.c.metrics, epochs.c.layers, epochs.c.fits)),
)

#: What a query asks of the number of an epoch.
Conditions = Sequence[sa.ColumnElement[bool]]


def add(
    connection: sa.Connection,
    job_id: str,
    token: int,
    reports: Sequence[Epoch],
    *,
    seconds: float,
    best_epoch: int | None,
    best_value: float | None,
) -> None:
    """See `Storage.add_epochs`."""
    last = max((report.epoch for report in reports), default=0)
    progress = (
        sa.update(jobs)
        .where(is_held(job_id, token))
        .values(
            epoch=sa.case((jobs.c.epoch < last, last), else_=jobs.c.epoch),
            seconds=seconds,
            best_epoch=best_epoch,
            **pair("best_value", best_value),
        )
    )
    if connection.execute(progress).rowcount != 1:
        raise LeaseLost
    if reports:
        epoch_rows.write(connection, job_id, reports)
        epoch_blocks.refresh(connection, job_id, reports)


def page(
    connection: sa.Connection,
    job_ids: Sequence[str] | None,
    *,
    network_id: str | None,
    wanted: Conditions,
    after: tuple[str, int] | None,
    limit: int,
) -> Sequence[Epoch]:
    """See `Storage.history`.

    First the rest of the job the last page ended in, then the jobs behind it, as many at a time as fit: ranges of the
    primary key that cost the same on every page, which no planner makes of a join with an order and a limit.
    """
    chosen = _jobs_chosen(job_ids, network_id)
    if after is None and job_ids is not None and len(job_ids) == 1:
        after = (job_ids[0], 0)
    found: list[Epoch] = []
    last_job = ""
    if after is not None:
        last_job, last_epoch = after
        rest = (epochs.c.job_id == last_job, epochs.c.epoch > last_epoch, epochs.c.job_id.in_(chosen))
        found = read(connection, *wanted, *rest, limit=limit)
    while len(found) < limit and (next_jobs := _jobs_that_fit(connection, chosen, last_job, limit - len(found))):
        found += read(connection, *wanted, epochs.c.job_id.in_(next_jobs), limit=limit - len(found))
        last_job = next_jobs[-1]
    return found


def newest(connection: sa.Connection, job_ids: Sequence[str], names: Sequence[str] | None) -> Mapping[str, Epoch]:
    """See `Storage.newest_epochs`: one look at the primary key for each job."""
    chosen = sa.select(jobs.c.id, jobs.c.epoch).where(jobs.c.id.in_(job_ids))
    if names is not None:
        chosen = chosen.join(networks).where(is_named(networks.c.name, names))
    found = read(connection, sa.tuple_(epochs.c.job_id, epochs.c.epoch).in_(chosen))
    return {epoch.job_id: epoch for epoch in found}


def in_range(from_epoch: int | None, to_epoch: int | None, every: int) -> Conditions:
    """From one epoch to another, both included, and of those 1, 1 + every, 1 + 2·every, …"""
    conditions: list[sa.ColumnElement[bool]] = []
    if from_epoch is not None:
        conditions.append(epochs.c.epoch >= from_epoch)
    if to_epoch is not None:
        conditions.append(epochs.c.epoch <= to_epoch)
    if every > 1:
        conditions.append((epochs.c.epoch - 1) % every == 0)
    return conditions


def read(connection: sa.Connection, *conditions: sa.ColumnElement[bool], limit: int | None = None) -> list[Epoch]:
    """The records of the epochs that meet some conditions, in order.

    They are made column by column: a page of a thousand takes half as long as it would row by row.
    """
    in_order = _READ.where(*conditions).order_by(epochs.c.job_id, epochs.c.epoch)
    rows = connection.execute(in_order.limit(limit)).all()
    if not rows:
        return []
    job_ids, numbers, *values, seconds, metrics, layers, fits = zip(*rows, strict=True)
    of_json = map(decode_all, (metrics, layers, fits))
    return list(map(Epoch, numbers, *map(floats, values), seconds, *of_json, job_ids))


def _jobs_chosen(job_ids: Sequence[str] | None, network_id: str | None) -> sa.Select[tuple[str]]:
    chosen = sa.select(jobs.c.id)
    if job_ids is not None:
        chosen = chosen.where(jobs.c.id.in_(job_ids))
    if network_id is not None:
        chosen = chosen.where(jobs.c.network_id == network_id)
    return chosen


def _jobs_that_fit(connection: sa.Connection, chosen: sa.Select[tuple[str]], after: str, limit: int) -> Sequence[str]:
    """The jobs behind one that together have no more than `limit` epochs, or the next one where it has more."""
    behind = chosen.add_columns(jobs.c.epoch).where(jobs.c.id > after, jobs.c.epoch > 0)
    found: list[str] = []
    for job_id, epoch in connection.execute(behind.order_by(jobs.c.id).limit(limit)):
        limit -= epoch
        if found and limit < 0:
            break
        found.append(job_id)
    return found
