"""Columns as a file has them, of whatever type, to columns of the kinds that the service knows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from service.data.kinds.kind import CellError
from service.data.kinds.registry import KINDS, kind_of
from service.data.reading.columns import ColumnReader
from service.data.reading.look import ReadColumn, UnreadableColumn
from service.data.tables.errors import TableError, TableIssue, reject
from service.data.tables.options import IngestOptions

#: So many cells are named that are not what their column was said to be.
SHOWN_CELLS = 5
READ = b"read"

#: Where a row is in the file: the path of an error.
Place = Callable[[int], Mapping[str, int]]


def by_row(index: int) -> Mapping[str, int]:
    return {"row": index + 1}


def from_texts(
    columns: dict[str, pa.ChunkedArray], options: IngestOptions, place: Place = by_row, *, delimiter: str | None = None
) -> pa.Table:
    """The columns of a file whose texts have no types of their own; others may be among them. `columns` is emptied, so
    that texts and what they say are in memory together for one column only. Raises TableError."""
    return _Table(options, place, delimiter=delimiter).read(columns)


def from_typed(table: pa.Table, options: IngestOptions, place: Place = by_row, *, texts: bool = False) -> pa.Table:
    """A table whose columns have types. `texts` says that the file could not have given numbers and times another type
    than text. Raises TableError, for a type that no kind of column has too."""
    columns = dict(zip(table.column_names, table.columns, strict=True))
    return _Table(options, place, has_null=True, keeps_texts=not texts).read(columns)


def read_info(field: pa.Field) -> dict[str, Any]:
    """How the column was read, `read_as`, and `warnings` of that."""
    info: dict[str, Any] = json.loads((field.metadata or {}).get(READ, b"{}"))
    return info


class _Table:
    """The columns of one file, read together."""

    def __init__(
        self,
        options: IngestOptions,
        place: Place,
        *,
        delimiter: str | None = None,
        has_null: bool = False,
        keeps_texts: bool = False,
    ) -> None:
        self._options, self._place, self._keeps_texts = options, place, keeps_texts
        self._reader = ColumnReader(options.settings, delimiter=delimiter, has_null=has_null)

    def read(self, columns: dict[str, pa.ChunkedArray]) -> pa.Table:
        names = list(columns)
        found = {name: self._look(columns.pop(name), name) for name in names}
        # Those that could be read in two ways, now that all others are known.
        read = {name: column() if callable(column) else column for name, column in found.items()}
        return pa.table(
            [read[name].cells for name in names], schema=pa.schema([_field(name, read[name]) for name in names])
        )

    def _look(self, column: pa.ChunkedArray, name: str) -> Any:
        wanted = self._options.types.get(name)
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if wanted == "category" and _is_whole(column.type):
            column = column.cast("string")  # at once, for a float64 holds not every digit of a long number
        plain = _plain(column, name, self._place)
        kind = kind_of(plain.type)
        if kind.name != "category":
            plain = self._without_missing(plain, kind.texts)
            return ReadColumn(plain) if wanted in (None, kind.name) else self._texts(kind.texts(plain), name, wanted)
        if self._keeps_texts and wanted in (None, "category"):
            cells = self._without_missing(plain, kind.texts)
            return ReadColumn(cells, warnings=self._reader.doubts(cells) if wanted is None else [])
        return self._texts(plain, name, wanted)

    def _texts(self, texts: pa.ChunkedArray, name: str, wanted: str | None) -> Any:
        try:
            return self._reader.look(texts, wanted)
        except UnreadableColumn as error:
            raise TableError(_cell_issues(texts, name, str(wanted), error, self._place)) from None

    def _without_missing(self, column: pa.ChunkedArray, written: Callable[[Any], Any]) -> pa.ChunkedArray:
        """A typed column without the cells that a request says to be missing."""
        if not self._options.missing:
            return column
        is_missing = pc.is_in(written(column), value_set=pa.array(list(self._options.missing), pa.string()))
        return pc.if_else(is_missing, pa.scalar(None, column.type), column)


def _field(name: str, column: ReadColumn) -> pa.Field:
    info: dict[str, Any] = {"read_as": column.read_as} if column.read_as else {}
    if column.words is not None:
        info["words"] = column.words
    if column.warnings:
        info["warnings"] = [warning.replace("types=…:", f"types={name}:") for warning in column.warnings]
    return pa.field(name, column.cells.type, metadata={READ: json.dumps(info).encode()} if info else None)


def _is_whole(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or (pa.types.is_decimal(kind) and kind.scale == 0))


def _plain(column: pa.ChunkedArray, name: str, place: Place) -> pa.ChunkedArray:
    try:
        for kind in KINDS.values():
            if (plain := kind.from_arrow(column)) is not None:
                return plain
    except CellError as error:
        raise reject(error.message, column=name, **place(error.index)) from None
    raise reject(f"is of type {column.type}; give numbers, text, yes and no, or times", column=name)


def _cell_issues(
    texts: pa.ChunkedArray, name: str, wanted: str, error: UnreadableColumn, place: Place
) -> list[TableIssue]:
    """The first cells that are wrong, and how many there are."""
    if error.reason is not None:
        return [TableIssue(f"{error.reason}; it was to be read as {wanted}", column=name)]
    is_wrong = pc.is_in(pc.utf8_trim_whitespace(texts), value_set=pa.array(error.words, pa.string()))
    rows = pc.indices_nonzero(is_wrong).to_pylist()
    must_be = KINDS[wanted].must_be
    issues = [
        TableIssue(must_be, column=name, text=str(texts[row].as_py()).strip(), **place(row))
        for row in rows[:SHOWN_CELLS]
    ]
    if len(rows) > SHOWN_CELLS:
        words = ", ".join(f'"{word[:30]}"' for word in error.words[:SHOWN_CELLS])
        hint = f"say missing={error.words[0][:30]} to take such cells for missing ones"
        issues.append(TableIssue(f"has {len(rows):,} such cells in all ({words}); {hint}", column=name))
    return issues
