"""A row to try a model with: what missing cells become, which is a usual value of each column."""

from __future__ import annotations

from typing import Any

from service.data.preprocessing.boolean import BooleanColumn
from service.data.preprocessing.category import CategoryColumn
from service.exports.source import Source


def example_row(source: Source) -> list[Any]:
    if source.fitted is None:
        return [0.0] * source.network.inputs
    states = source.fitted.states
    return [_cell(column, states[name]) for name, column in source.fitted.spec.columns.items()]


def _cell(column: Any, state: Any) -> Any:
    if isinstance(column, CategoryColumn):
        # Missing cells may have a category of their own, which is none that a cell can name.
        return column.categories[state.fill if state.fill < len(column.categories) else 0]
    if isinstance(column, BooleanColumn):
        return float(state.fill >= 0.5)
    return state.fill
