"""The loss history: one row per epoch, written in batches and read by index ranges alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from service.domain.records import Epoch
from service.errors import LeaseLost
from service.storage.sql.clauses import insert_or_replace
from service.storage.sql.floats import optional, pair, required
from service.storage.sql.leases import is_held
from service.storage.sql.tables import epochs, jobs

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
        raise LeaseLost()
    if reports:
        connection.execute(insert_or_replace(connection, epochs), [_values(job_id, report) for report in reports])


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

    First the rest of the job the last page ended in, then the jobs behind it: two index ranges that cost the same on
    every page, which one condition on the pair of them would not.
    """
    in_order = sa.select(epochs).where(*wanted).order_by(epochs.c.job_id, epochs.c.epoch)
    chosen = _jobs_chosen(job_ids, network_id)
    found: list[Epoch] = []
    if after is not None:
        job_id, epoch = after
        rest = in_order.where(epochs.c.job_id == job_id, epochs.c.epoch > epoch)
        found = read(connection, rest.where(epochs.c.job_id.in_(chosen)).limit(limit))
        chosen = chosen.where(jobs.c.id > job_id)
    if len(found) < limit:
        found += read(connection, in_order.where(epochs.c.job_id.in_(chosen)).limit(limit - len(found)))
    return found


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


def read(connection: sa.Connection, wanted: sa.Select[Any]) -> list[Epoch]:
    """The records of a SELECT of whole rows of `epochs`."""
    return [_epoch(*row) for row in connection.execute(wanted)]


def _jobs_chosen(job_ids: Sequence[str] | None, network_id: str | None) -> sa.Select[tuple[str]]:
    chosen = sa.select(jobs.c.id)
    if job_ids is not None:
        chosen = chosen.where(jobs.c.id.in_(job_ids))
    if network_id is not None:
        chosen = chosen.where(jobs.c.network_id == network_id)
    return chosen


def _values(job_id: str, report: Epoch) -> dict[str, Any]:
    return {
        "job_id": job_id,
        "epoch": report.epoch,
        **pair("loss", report.loss),
        **pair("val_loss", report.val_loss),
        **pair("learning_rate", report.learning_rate),
        **pair("gradient_norm", report.gradient_norm),
        "seconds": report.seconds,
        "metrics": dict(report.metrics),
        "layers": None if report.layers is None else [dict(layer) for layer in report.layers],
    }


def _epoch(
    job_id: str,
    epoch: int,
    loss: float | None,
    loss_kind: str,
    val_loss: float | None,
    val_loss_kind: str | None,
    learning_rate: float | None,
    learning_rate_kind: str,
    gradient_norm: float | None,
    gradient_norm_kind: str,
    seconds: float,
    metrics: Any,
    layers: Any,
) -> Epoch:
    return Epoch(
        job_id=job_id,
        epoch=epoch,
        loss=required(loss, loss_kind),
        val_loss=optional(val_loss, val_loss_kind),
        learning_rate=required(learning_rate, learning_rate_kind),
        gradient_norm=required(gradient_norm, gradient_norm_kind),
        seconds=seconds,
        metrics=metrics,
        layers=layers,
    )
