"""Writes epochs by the thousand: as plain tuples straight to the driver, because SQLAlchemy's handling of each
parameter takes several times as long as the row itself."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import cast

import sqlalchemy as sa

from service.domain.epochs import Epoch
from service.domain.floats import kind_of
from service.domain.types import Json
from service.storage.sql.clauses import insert_or_replace
from service.storage.sql.exact_json import encode
from service.storage.sql.floats import FINITE
from service.storage.sql.tables.history import epochs

COLUMNS = [column.name for column in epochs.columns]
NO_METRICS = encode({})

Row = tuple[object, ...]


def write(connection: sa.Connection, job_id: str, reports: Sequence[Epoch]) -> None:
    """Insert the epochs of a job, or replace them."""
    statement = insert_or_replace(connection, epochs).compile(dialect=connection.dialect, column_keys=COLUMNS)
    rows = _rows(job_id, reports)
    if statement.positional:
        connection.exec_driver_sql(str(statement), rows)
    else:
        connection.exec_driver_sql(str(statement), [dict(zip(COLUMNS, row, strict=True)) for row in rows])


def _rows(job_id: str, reports: Sequence[Epoch]) -> list[Row]:
    """Made column by column, in the order of the table's columns."""
    numbers, losses, val_losses, rates, gradients, seconds, metrics, layers, fits, _ = zip(*reports, strict=True)
    columns: list[Iterable[object]] = [repeat(job_id), numbers]
    for values in (losses, val_losses, rates, gradients):
        columns += _pair(values)
    columns.append(seconds)
    columns.append([encode(dict(own)) if own else NO_METRICS for own in metrics])
    for lists in (layers, fits):
        columns.append([None if own is None else _list(own) for own in lists])
    return list(zip(*columns, strict=False))  # of which one never ends


def _list(parts: Sequence[Json | None]) -> str:
    return encode([None if part is None else dict(part) for part in parts])


def _pair(values: Sequence[float | None]) -> tuple[Iterable[float | None], Iterable[str | None]]:
    """The columns of some floats, and of their kinds."""
    if None not in values and all(map(math.isfinite, cast(Sequence[float], values))):
        return map(float, cast(Sequence[float], values)), repeat(FINITE)
    floats = [None if value is None or not math.isfinite(value) else float(value) for value in values]
    kinds = [None if value is None else kind_of(value) or FINITE for value in values]
    return floats, kinds
