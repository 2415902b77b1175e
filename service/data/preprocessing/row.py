"""One row, encoded without arrays of one element, so that predictions by names cost little more than by position."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from service.data.kinds.registry import KINDS
from service.data.preprocessing.category import MISSING, UNSEEN, CategoryColumn
from service.data.preprocessing.column import InputColumn
from service.data.preprocessing.number_row import NumberRow
from service.data.preprocessing.report import Cells, Imputed, Unseen
from service.data.preprocessing.table import TableSpec
from service.schema.fields import Spec
from service.schema.validation import DataError, ValidationIssue

Floats = npt.NDArray[np.float64]
Write = Callable[[Any, Floats], None]


class RowEncoder:
    """Numbers go through in one step together, categories by a table each, the rest as columns of one row."""

    def __init__(self, spec: TableSpec, states: Mapping[str, Spec]) -> None:
        self._spec, self._states = spec, states
        self._numbers = NumberRow(spec, states)
        self._others = [
            (name, spec.groups[name], _writer(name, column, states[name]))
            for name, column in spec.columns.items()
            if name not in set(self._numbers.names)
        ]
        self._categories = [
            (name, column.vocabulary) for name, column in spec.columns.items() if isinstance(column, CategoryColumn)
        ]

    def encode(self, given: Mapping[str, Any]) -> Floats:
        """(1, width). Raises DataError for a word that says a required column is missing."""
        row = np.zeros((1, self._spec.width))
        self._numbers.write(given, row[0])
        for name, group, write in self._others:
            write(given.get(name), row[0, group])
        return row

    def _is_known(self, given: Mapping[str, Any]) -> bool:
        return all(given[name] in vocabulary.places for name, vocabulary in self._categories)

    def cells(self, given: Mapping[str, Any]) -> Cells:
        if len(given) == len(self._spec.columns) and None not in given.values() and self._is_known(given):
            return NOTHING
        places = {
            name: vocabulary.place(given[name]) for name, vocabulary in self._categories if given.get(name) is not None
        }
        imputed = {
            name: Imputed(1, column.shown_fill(self._states[name]))
            for name, column in self._spec.columns.items()
            if given.get(name) is None or places.get(name) == MISSING
        }
        return Cells(imputed, {name: Unseen(1, (given[name],)) for name, at in places.items() if at == UNSEEN})


NOTHING = Cells()


def _writer(name: str, column: InputColumn, state: Any) -> Write:
    if isinstance(column, CategoryColumn):
        return _category_writer(name, column, state.fill)

    def write(value: Any, out: Floats) -> None:
        cells = np.array([value], KINDS[column.kind].dtype)
        column.write(state, cells, out.reshape(-1, 1))

    return write


def _category_writer(name: str, column: CategoryColumn, fill: int) -> Write:
    place_of, is_embedded = column.vocabulary.place, column.encode == "embedding"

    def write(value: Any, out: Floats) -> None:
        place = MISSING if value is None else place_of(value)
        if place == MISSING:
            if column.is_required:
                raise DataError([ValidationIssue((name,), "is required")])
            place = fill
        if is_embedded:
            out[0] = max(place, -1) + 1
        elif place >= 0:
            out[place] = 1

    return write
