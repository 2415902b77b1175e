"""Writes epochs by the thousand: as plain tuples straight to the driver, because SQLAlchemy's handling of each
parameter takes several times as long as the row itself."""

from __future__ import annotations

import math
from collections.abc import Sequence

import sqlalchemy as sa

from service.domain.floats import kind_of
from service.domain.records import Epoch
from service.storage.sql.clauses import insert_or_replace
from service.storage.sql.exact_json import encode
from service.storage.sql.floats import FINITE
from service.storage.sql.tables import epochs

COLUMNS = [column.name for column in epochs.columns]
NO_METRICS = encode({})

Row = tuple[object, ...]


def write(connection: sa.Connection, job_id: str, reports: Sequence[Epoch]) -> None:
    """Insert the epochs of a job, or replace them."""
    statement = insert_or_replace(connection, epochs).compile(dialect=connection.dialect, column_keys=COLUMNS)
    rows = [_row(job_id, report) for report in reports]
    if statement.positional:
        connection.exec_driver_sql(str(statement), rows)
    else:
        connection.exec_driver_sql(str(statement), [dict(zip(COLUMNS, row, strict=True)) for row in rows])


def _row(job_id: str, report: Epoch) -> Row:
    """In the order of the table's columns."""
    return (
        job_id,
        report.epoch,
        *_pair(report.loss),
        *_pair(report.val_loss),
        *_pair(report.learning_rate),
        *_pair(report.gradient_norm),
        report.seconds,
        encode(dict(report.metrics)) if report.metrics else NO_METRICS,
        None if report.layers is None else encode([dict(layer) for layer in report.layers]),
    )


def _pair(value: float | None) -> tuple[float | None, str | None]:
    if value is None:
        return None, None
    return (float(value), FINITE) if math.isfinite(value) else (None, kind_of(value))
