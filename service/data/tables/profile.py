"""What is in each column: counted and measured, drawn as a histogram, and what looks doubtful."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from service.data.kinds.kind import ColumnKind, Json
from service.data.kinds.registry import kind_of

PREVIEWED = 100


def described(table: pa.Table) -> tuple[list[Json], list[str]]:
    """Each column with its profile, and warnings."""
    columns, warnings = [], []
    for name in table.column_names:
        kind = kind_of(table[name].type)
        profile = kind.profile(table[name])
        columns.append({"name": name, "type": kind.name, "profile": profile})
        warnings += [f'"{name}" {warning}' for warning in doubts(table[name], kind, profile)]
    return columns, warnings


def previewed(table: pa.Table) -> list[Json]:
    """The first rows, as JSON has them: a number that is infinite is null."""
    first = table.slice(0, PREVIEWED)
    cells = {}
    for name in first.column_names:
        column = first[name]
        if pa.types.is_floating(column.type):
            column = pc.if_else(pc.is_finite(column), column, pa.scalar(None, column.type))
        plain = column.to_pylist()
        is_time = pa.types.is_timestamp(column.type)
        cells[name] = [cell and f"{cell.isoformat()}Z" for cell in plain] if is_time else plain
    return [dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True)]


def doubts(column: pa.ChunkedArray, kind: ColumnKind, profile: Json) -> Iterator[str]:
    rows = len(column)
    present, distinct = rows - profile["missing"], profile["distinct"]
    if not present:
        yield "has no value in any row"
    elif distinct == 1 and rows > 1:
        yield "has the same value in every row" + (" that has one" if profile["missing"] else "")
    yield from kind.doubts(column, profile)
