"""Rows as JSON objects: a list of them, or one on each line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from service.data.cell_words import number_word
from service.data.tables.columns import from_typed
from service.data.tables.errors import reject
from service.data.tables.header import check_header, check_width
from service.data.tables.options import IngestOptions
from service.data.tables.read_table import Read

Row = tuple[Mapping[str, int], Any]


def read_json(path: Path, options: IngestOptions) -> Read:
    try:
        rows = orjson.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise reject(f"is no JSON ({error.msg})", line=error.lineno) from None
    except MemoryError:
        raise reject("is too large to be read as one JSON list; send NDJSON, CSV or Parquet") from None
    if not isinstance(rows, list):
        raise reject("must be a list of objects")
    return Read(_table((({"row": index}, row) for index, row in enumerate(rows, start=1)), options), {})


def read_ndjson(path: Path, options: IngestOptions) -> Read:
    with path.open("rb") as file:
        return Read(_table(_lines(file), options), {})


def _lines(file: Iterable[bytes]) -> Iterator[Row]:
    is_first = True
    for number, line in enumerate(file, start=1):
        text = line.removeprefix(b"\xef\xbb\xbf").strip()
        if text:
            try:
                yield {"line": number}, orjson.loads(text)
            except orjson.JSONDecodeError as error:
                if is_first and "end of data" in error.msg and any(map(bytes.strip, file)):
                    raise reject("must be a list of objects, or one object on each line") from None
                raise reject(f"is no JSON ({error.msg})", line=number, text=text.decode(errors="replace")) from None
            is_first = False


def _table(rows: Iterable[Row], options: IngestOptions) -> pa.Table:
    """A column for every name that a row has; rows without it have no value there. Raises TableError."""
    places: list[Mapping[str, int]] = []
    cells: dict[str, list[Any]] = {}
    for place, row in rows:
        if not isinstance(row, dict):
            raise reject("must be an object by column", **place)
        for name, value in row.items():
            values = cells.setdefault(name, [])
            values += [None] * (len(places) - len(values))
            values.append(value)
        check_width(len(cells))
        places.append(place)
    for values in cells.values():
        values += [None] * (len(places) - len(values))
    check_header(list(cells))
    table = pa.table({name: _column(name, values, places, options.types.get(name)) for name, values in cells.items()})
    return from_typed(table, options, lambda index: places[index], texts=True)


def _column(name: str, values: list[Any], places: list[Mapping[str, int]], wanted_type: str | None) -> pa.Array:
    """Cells of one kind; a text of nothing but spaces is a missing cell. Raises TableError with the first that is of
    another."""
    kinds = {float if kind is int else kind for kind in map(type, values)} - {type(None)}
    if kinds <= {float} or kinds in ({bool}, {str}):
        if kinds == {str}:
            return pa.array([None if value is None or not value.strip() else value for value in values], pa.string())
        if kinds == {float} and wanted_type == "category":
            return pa.array([None if value is None else number_word(value) for value in values])
        if kinds <= {float}:
            return pa.array([None if value is None else float(value) for value in values], pa.float64())
        return pa.array(values)
    first = next(type(value) for value in values if value is not None)
    wanted = {int: "number", float: "number", str: "text", bool: "true or false"}.get(first)
    for value, place in zip(values, places, strict=True):
        if value is not None and (wanted is None or not _is(value, first)):
            words = f"must be a {wanted} as in the rows before" if wanted else "must be a number, text, true or false"
            raise reject(words, column=name, text=orjson.dumps(value).decode(), **place)
    raise reject("holds cells of several kinds", column=name)


def _is(value: Any, first: type) -> bool:
    return type(value) in ((int, float) if first in (int, float) else (first,))
