"""Rows of a stored table as JSON, NDJSON and CSV."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

#: Rows that are written at a time, so that as objects they take little memory.
ROWS = 4096


def json_rows(table: pa.Table, days: Collection[str] = ()) -> list[dict[str, Any]]:
    """A number that is infinite is null; the times of the columns `days` are dates."""
    cells = [_json_cells(table[name], name in days) for name in table.column_names]
    return [dict(zip(table.column_names, row, strict=True)) for row in zip(*cells, strict=True)]


def ndjson(table: pa.Table, days: Collection[str] = ()) -> bytes:
    pieces = (table.slice(first, ROWS) for first in range(0, table.num_rows, ROWS))
    return b"".join(orjson.dumps(row) + b"\n" for piece in pieces for row in json_rows(piece, days))


def csv(table: pa.Table, days: Collection[str] = (), *, header: bool) -> bytes:
    """As the service reads it: an infinite number is inf, a missing cell is empty."""
    sink = pa.BufferOutputStream()
    plain = pa.table({name: _csv_cells(table[name], name in days) for name in table.column_names})
    pa_csv.write_csv(plain, sink, pa_csv.WriteOptions(include_header=header, quoting_style="needed"))
    written: bytes = sink.getvalue().to_pybytes()
    return written


def _json_cells(column: pa.ChunkedArray, is_day: bool) -> list[Any]:
    if pa.types.is_timestamp(column.type):
        moments = column.to_pylist()
        return [cell and (cell.date().isoformat() if is_day else f"{cell.isoformat()}Z") for cell in moments]
    if pa.types.is_floating(column.type):
        numbers = np.ascontiguousarray(column.to_numpy())
        # By way of JSON, which has the shortest digits of a float32, and null for what is not finite.
        written: list[Any] = orjson.loads(orjson.dumps(numbers, option=orjson.OPT_SERIALIZE_NUMPY))
        return written
    found: list[Any] = column.to_pylist()
    return found


def _csv_cells(column: pa.ChunkedArray, is_day: bool) -> pa.ChunkedArray:
    if not pa.types.is_timestamp(column.type):
        return column
    if is_day:
        return column.cast(pa.date32())
    return pc.binary_join_element_wise(pc.strftime(column, format="%Y-%m-%dT%H:%M:%S"), "Z", "")
