"""The rows that a network has answered: from its signature's cells to lists that are kept, and back to columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from service.data.frame import Column, Frame
from service.data.preprocessing.category import MISSING, UNSEEN
from service.data.signatures.signature import Signature
from service.monitoring.cells import YES_NO, Cells, NumberCells, WordCells, cells_of

MICROSECONDS = "datetime64[us]"


class Input(NamedTuple):
    kind: str
    categories: tuple[str, ...] | None


def inputs_of(signature: Signature) -> Mapping[str, Input]:
    """The columns of a row by name, in order."""
    if signature.has_statistics:
        return {spec.name: Input(spec.kind, spec.categories) for spec in signature.inputs}
    return {name: Input("number", None) for name in signature.groups}


def cells_by_input(signature: Signature, frame: Frame) -> dict[str, Cells]:
    """The columns of a frame that are inputs, as they are compared."""
    given = inputs_of(signature)
    return {name: _cells(column, given[name]) for name, column in frame.columns.items()}


def _cells(column: Column, given: Input) -> Cells:
    if given.categories is None and column.kind != given.kind:  # Without any value, or of another kind of numbers.
        if column.missing.all():
            return _read(given.kind, (), [None] * len(column))
        return NumberCells(column.values.astype(np.float64))
    return cells_of(column, given.categories)


def rows_of(signature: Signature, frame: Frame) -> list[list[Any]]:
    """The cells of each row as JSON, in the order of the network's inputs; null is a missing one."""
    columns = [_listed(frame[name], given) for name, given in inputs_of(signature).items()]
    return [list(row) for row in zip(*columns, strict=True)]


def columns_of(signature: Signature, rows: Sequence[Sequence[Any]]) -> dict[str, Cells]:
    """The columns of what `rows_of` has written."""
    columns = zip(*rows, strict=True) if rows else ([] for _ in inputs_of(signature))
    given = inputs_of(signature).items()
    return {
        name: _read(one.kind, one.categories or (), cells) for (name, one), cells in zip(given, columns, strict=True)
    }


def _listed(column: Column, given: Input) -> list[Any]:
    if given.categories is not None:
        return _words(column, given.categories)
    is_missing = column.missing.tolist()
    write = _WRITERS[given.kind]
    return [None if lost else write(cell) for cell, lost in zip(column.values.tolist(), is_missing, strict=True)]


def _words(column: Column, categories: tuple[str, ...]) -> list[str | None]:
    """A category as the network calls it, and one that it does not know as it was written."""
    codes = cells_of(column, categories)
    found: list[str | None] = []
    for place, code in enumerate(codes.codes.tolist() if isinstance(codes, WordCells) else ()):
        known = None if code == MISSING else categories[code] if code >= 0 else _raw(column, place)
        found.append(known)
    return found


def _raw(column: Column, place: int) -> str:
    value = column.values[place]
    return column.words[value] if column.kind == "category" else f"{value:g}"


_WRITERS: Mapping[str, Callable[[Any], Any]] = {
    "number": lambda cell: cell,
    "boolean": bool,
    # As NumPy lists moments: datetimes without a zone.
    "time": lambda cell: f"{cell.isoformat()}Z",
}


def _read(kind: str, categories: tuple[str, ...], cells: Sequence[Any]) -> Cells:
    if kind == "number":
        return NumberCells(np.array([np.nan if cell is None else cell for cell in cells], np.float64))
    if kind == "time":
        moments = np.array(["NaT" if cell is None else cell.removesuffix("Z") for cell in cells], MICROSECONDS)
        numbers = np.where(np.isnat(moments), np.nan, moments.astype(np.int64).astype(np.float64))
        return NumberCells(numbers, "time")
    if kind == "boolean":
        return _coded([None if cell is None else YES_NO[bool(cell)] for cell in cells], YES_NO)
    return _coded(cells, categories)


def _coded(cells: Sequence[str | None], words: tuple[str, ...]) -> WordCells:
    places = {word: place for place, word in enumerate(words)}
    codes = [MISSING if cell is None else places.get(cell, UNSEEN) for cell in cells]
    return WordCells(np.array(codes, np.int32), words)
