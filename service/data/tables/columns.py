"""Columns as a file has them to columns of numbers, of yes and no, of categories, of times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from service.data.cell_words import MAX_EXACT, MISSING, NO, ONE, YES, ZERO
from service.data.frame import FIRST, LAST
from service.data.tables.errors import reject

NUMBER, BOOLEAN, CATEGORY, TIME = pa.float64(), pa.bool_(), pa.string(), pa.timestamp("us")
TYPES: Mapping[str, pa.DataType] = {"number": NUMBER, "boolean": BOOLEAN, "category": CATEGORY, "time": TIME}

YEARS = "times must lie in the years 1 to 9999"

_LEADING_ZERO = r"^\s*[+-]?0[0-9]"
_MOMENT = r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}|\s*$)"
_ZONE = r"(Z|[+-][0-9]{2}:?[0-9]{2})\s*$"
_MISSING = pa.array([*MISSING])
#: How a text with a zero in front begins.
_ZEROS = pa.array(["-0", "+0", *(f"0{digit}" for digit in range(10))])

#: Where a row stands in the file: the place of a fault.
Place = Callable[[int], Mapping[str, int]]


def by_row(index: int) -> Mapping[str, int]:
    return {"row": index + 1}


def from_text(column: pa.ChunkedArray, name: str, wanted: str | None, place: Place) -> pa.ChunkedArray:
    """A column of texts as what they say: as `wanted`, or as what all of them can be. Raises Refusal."""
    if wanted in (None, "number") and (numbers := _plain_numbers(column)) is not None:
        return numbers
    trimmed = pc.utf8_trim_whitespace(column)
    is_missing = pc.is_in(pc.utf8_lower(trimmed), value_set=_MISSING)
    cells = pc.if_else(is_missing, pa.scalar(None, pa.string()), trimmed)
    if wanted is not None:
        return _as_wanted(cells, name, wanted, place)
    for read in (_number, _boolean, _time):
        found = read(cells)
        if found is not None:
            return found
    return cells


def from_typed(table: pa.Table, types: Mapping[str, str], place: Place = by_row) -> pa.Table:
    """A table whose columns have types. Raises Refusal for a type that no column here can have."""
    columns = {}
    for name in table.column_names:
        wanted = types.get(name)
        column = table[name]
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if wanted == "category" and _is_whole(column.type):
            column = column.cast(CATEGORY)  # at once, for a float64 holds not every digit of a long number
        plain = _plain(column, name, place)
        if wanted is not None and plain.type != TYPES[wanted]:
            plain = _changed(plain, name, wanted, place)
        columns[name] = plain
    return pa.table(columns)


def _is_whole(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or (pa.types.is_decimal(kind) and kind.scale == 0))


def _plain(column: pa.ChunkedArray, name: str, place: Place) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_floating(kind):
        numbers = column.cast(NUMBER)
        return pc.if_else(pc.is_nan(numbers), pa.scalar(None, NUMBER), numbers)
    if pa.types.is_integer(kind):
        return column.cast(NUMBER, safe=False)
    if pa.types.is_decimal(kind) or pa.types.is_null(kind):
        return column.cast(NUMBER)
    if pa.types.is_boolean(kind):
        return column
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _moments(column, name, place)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return _without_nul(column.cast(CATEGORY), name, place)
    raise reject(f"is of type {kind}; give numbers, text, yes and no, or times", column=name)


def _without_nul(column: pa.ChunkedArray, name: str, place: Place) -> pa.ChunkedArray:
    """Raises Refusal for a text that PostgreSQL could not keep."""
    index = pc.index(pc.match_substring(column, "\0"), True).as_py()
    if index >= 0:
        raise reject("holds a NUL character", column=name, **place(index))
    return column


def _moments(column: pa.ChunkedArray, name: str, place: Place) -> pa.ChunkedArray:
    """Raises Refusal for a time that cannot be written with a year of four digits."""
    plain = column.cast(pa.timestamp(column.type.unit)) if pa.types.is_timestamp(column.type) else column

    def read(cells: pa.ChunkedArray) -> pa.ChunkedArray | None:
        try:
            return _within_years(cells.cast(TIME, safe=cells.type != pa.timestamp("ns")))
        except pa.ArrowInvalid:
            return None

    if (moments := read(plain)) is None:
        raise reject(YEARS, column=name, **place(_first_wrong(plain, read)))
    return moments


def _within_years(moments: pa.ChunkedArray) -> pa.ChunkedArray | None:
    outside = pc.or_(pc.less(moments, pa.scalar(FIRST)), pc.greater(moments, pa.scalar(LAST)))
    return None if pc.any(outside).as_py() else moments


def _changed(column: pa.ChunkedArray, name: str, wanted: str, place: Place) -> pa.ChunkedArray:
    """A typed column as another type, by way of how its cells are written."""
    if column.type == NUMBER:
        is_exact = pc.and_(pc.equal(column, pc.round(column)), pc.less(pc.abs(column), MAX_EXACT))
        whole = column.cast(pa.int64(), safe=False).cast(CATEGORY)
        column = pc.if_else(is_exact, whole, column.cast(CATEGORY))
    elif column.type == TIME:
        column = pc.strftime(column, format="%Y-%m-%dT%H:%M:%S")
    return from_text(column.cast(CATEGORY), name, wanted, place)


def _as_wanted(cells: pa.ChunkedArray, name: str, wanted: str, place: Place) -> pa.ChunkedArray:
    if wanted == "category":
        return cells
    read, words = {
        "number": (_number_text, "must be a number"),
        "boolean": (_flag_text, "must be true or false, yes or no, 1 or 0"),
        "time": (_time, "must be a time such as 2024-03-01T12:30:00Z or a date such as 2024-03-01"),
    }[wanted]
    found = read(cells)
    if found is not None:
        return found
    index = _first_wrong(cells, read)
    raise reject(words, column=name, text=str(cells[index].as_py()), **place(index))


def _first_wrong(cells: pa.ChunkedArray, read: Callable[[Any], Any]) -> int:
    """The index of a cell that cannot be read, by halving."""
    low, high = 0, len(cells)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if read(cells.slice(low, middle - low)) is None else (middle, high)
    return low


def _plain_numbers(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Of a column that has nothing but numbers, as most have: it takes a fraction of what looking at texts takes."""
    numbers = _number_text(column)
    if numbers is None or pc.any(pc.is_nan(numbers)).as_py() or _has_leading_zeros(column):
        return None
    return numbers


def _has_leading_zeros(cells: pa.ChunkedArray) -> bool:
    """Texts with zeros in front are codes, such as post codes, and no numbers."""
    first = pc.utf8_slice_codeunits(cells, 0, 2)
    zeros = cells.filter(pc.is_in(first, value_set=_ZEROS))
    return bool(pc.any(pc.match_substring_regex(zeros, _LEADING_ZERO)).as_py())


def _number(cells: pa.ChunkedArray) -> pa.ChunkedArray | None:
    numbers = _number_text(cells)
    return None if numbers is None or _has_leading_zeros(cells) else numbers


def _number_text(cells: pa.ChunkedArray) -> pa.ChunkedArray | None:
    try:
        return cells.cast(NUMBER)
    except pa.ArrowInvalid:
        return None


def _boolean(cells: pa.ChunkedArray) -> pa.ChunkedArray | None:
    return _flags(cells, YES, NO)


def _flag_text(cells: pa.ChunkedArray) -> pa.ChunkedArray | None:
    return _flags(cells, YES | {ONE}, NO | {ZERO})


def _flags(cells: pa.ChunkedArray, yes: frozenset[str], no: frozenset[str]) -> pa.ChunkedArray | None:
    words = pc.utf8_lower(cells)
    if not pc.all(pc.is_in(words, value_set=pa.array([*yes, *no, None], pa.string()))).as_py():
        return None
    return pc.if_else(pc.is_null(words), pa.scalar(None, BOOLEAN), pc.is_in(words, value_set=pa.array([*yes])))


def _time(cells: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Times in one way of writing: all with an offset from UTC, or all without, which then are in UTC."""
    if pc.any(pc.invert(pc.match_substring_regex(cells, _MOMENT))).as_py():
        return None
    has_zone = pc.any(pc.match_substring_regex(cells, r"[T ][0-9:.]+" + _ZONE)).as_py()
    for unit in ("us", "ns"):  # Of nanoseconds as some programs write them, the micros are kept.
        try:
            return _within_years(cells.cast(pa.timestamp(unit, "UTC" if has_zone else None)).cast(TIME, safe=False))
        except pa.ArrowInvalid:
            continue
    return None
