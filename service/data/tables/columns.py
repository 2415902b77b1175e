"""Columns as a file has them, of whatever type, to columns of the kinds that the service knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from service.data.cell_words import MISSING
from service.data.kinds.kind import CellError, ColumnKind
from service.data.kinds.number import NumberKind
from service.data.kinds.registry import KINDS, kind_of
from service.data.kinds.time import first_wrong
from service.data.tables.errors import reject

_MISSING = pa.array([*MISSING])

#: Where a row is in the file: the path of an error.
Place = Callable[[int], Mapping[str, int]]


def by_row(index: int) -> Mapping[str, int]:
    return {"row": index + 1}


def from_text(column: pa.ChunkedArray, name: str, wanted: str | None, place: Place) -> pa.ChunkedArray:
    """A column of texts as what they say: as `wanted`, or as the first kind that recognises all of them.

    Raises TableError.
    """
    if wanted in (None, NumberKind.name) and (numbers := NumberKind().plain(column)) is not None:
        return numbers
    trimmed = pc.utf8_trim_whitespace(column)
    is_missing = pc.is_in(pc.utf8_lower(trimmed), value_set=_MISSING)
    cells = pc.if_else(is_missing, pa.scalar(None, pa.string()), trimmed)
    if wanted is not None:
        return _as_wanted(cells, name, KINDS[wanted], place)
    for kind in KINDS.values():
        found = kind.recognised(cells)
        if found is not None:
            return found
    return cells


def from_typed(table: pa.Table, types: Mapping[str, str], place: Place = by_row) -> pa.Table:
    """A table whose columns have types. Raises TableError for a type that no kind of column has."""
    columns = {}
    for name in table.column_names:
        wanted = types.get(name)
        column = table[name]
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if wanted == "category" and _is_whole(column.type):
            column = column.cast("string")  # at once, for a float64 holds not every digit of a long number
        plain = _plain(column, name, place)
        found = kind_of(plain.type)
        if wanted is not None and found.name != wanted:
            plain = from_text(found.texts(plain), name, wanted, place)
        columns[name] = plain
    return pa.table(columns)


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


def _as_wanted(cells: pa.ChunkedArray, name: str, kind: ColumnKind, place: Place) -> pa.ChunkedArray:
    found = kind.from_texts(cells)
    if found is not None:
        return found
    index = first_wrong(cells, kind.from_texts)
    raise reject(kind.must_be, column=name, text=str(cells[index].as_py()), **place(index))
