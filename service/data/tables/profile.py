"""What is in each column: counted and measured, drawn as a histogram, and what looks doubtful."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from service.data.kinds.kind import ColumnKind, Json
from service.data.kinds.registry import kind_of
from service.data.tables.columns import read_info
from service.data.tables.row_formats import json_rows

PREVIEWED = 100


def described(table: pa.Table) -> tuple[list[Json], list[str]]:
    """Each column with its profile, and warnings."""
    columns, warnings = [], []
    for field in table.schema:
        name, read = field.name, read_info(field)
        kind = kind_of(table[name].type)
        profile = kind.profile(table[name])
        read_as = {"read_as": read["read_as"]} if "read_as" in read else {}
        columns.append({"name": name, "type": kind.name, **read_as, "profile": profile})
        said = [*read.get("warnings", ()), *doubts(table[name], kind, profile)]
        warnings += [f'"{name}" {warning}' for warning in said]
    return columns, warnings


def previewed(table: pa.Table) -> list[Json]:
    """The first rows, as JSON has them: a number that is infinite is null."""
    days = [field.name for field in table.schema if read_info(field).get("read_as", {}).get("precision") == "day"]
    return json_rows(table.slice(0, PREVIEWED), days)


def doubts(column: pa.ChunkedArray, kind: ColumnKind, profile: Json) -> Iterator[str]:
    rows = len(column)
    present, distinct = rows - profile["missing"], profile["distinct"]
    if not present:
        yield "has no value in any row"
    elif distinct == 1 and rows > 1:
        yield "has the same value in every row" + (" that has one" if profile["missing"] else "")
    yield from kind.doubts(column, profile)
