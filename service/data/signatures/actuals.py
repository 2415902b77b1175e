"""What rows turned out to be: the values of a table network's targets, read one row at a time and kept as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from service.data.frame import Column
from service.data.preprocessing.checks import raise_issues, unknown_targets
from service.data.preprocessing.table import TableSpec
from service.data.preprocessing.targets import BooleanTarget, CategoryTarget
from service.data.row_paths import without_row
from service.data.table_rows import Columns, read_rows
from service.data.targets import TargetForm, class_matrix
from service.engine.arrays import Array
from service.schema.rules import shown
from service.schema.validation import DataError, ValidationIssue


def read_actual(table: TableSpec, value: Any) -> list[Any]:
    """A value for each target: of the only one as it is, of several by name. Raises DataError."""
    names = table.target_names
    if isinstance(value, Mapping):
        return _read(table, value)
    if len(names) > 1:
        raise DataError([ValidationIssue((), f"must be an object by target: {', '.join(names)}")])
    if value is None:
        raise DataError([ValidationIssue((), "must not be null")])
    try:
        return _read(table, {names[0]: value})
    except DataError as error:
        raise DataError(ValidationIssue((), issue.message) for issue in error.issues) from error


def _read(table: TableSpec, given: Mapping[str, Any]) -> list[Any]:
    names = table.target_names
    columns = Columns({name: table.all_kinds[name] for name in names}, frozenset(names), read_as=table.read_as)
    with without_row():
        frame = read_rows([given], columns)
        raise_issues(unknown_targets(table, frame, missing=False))
    return [_written(item.column, frame[item.name], item.name) for item in table.target]


def _written(target: Any, column: Column, name: str) -> Any:
    if isinstance(target, CategoryTarget):
        return target.categories[int(target.codes(column)[0])]
    number = float(column.values[0])
    if not np.isfinite(number):
        raise DataError([ValidationIssue((name,), f"must be a finite number, got {shown(number)}")])
    return bool(number) if isinstance(target, BooleanTarget) else number


def actual_targets(table: TableSpec, form: TargetForm, actuals: Sequence[Sequence[Any]]) -> Array:
    """What `read_actual` has read, of many rows, as targets (rows, outputs) in the user's units."""
    first = table.target[0].column
    if isinstance(first, CategoryTarget):
        places = {word: place for place, word in enumerate(first.categories)}
        return class_matrix(np.array([places[row[0]] for row in actuals]), form.outputs, form.negative)
    values = np.array(actuals, np.float64)
    if not isinstance(first, BooleanTarget):
        return values
    if len(table.target) == 1:
        return class_matrix(values.astype(np.intp), form.outputs, form.negative)
    flags: Array = np.where(values == 1, 1.0, form.negative)
    return flags
