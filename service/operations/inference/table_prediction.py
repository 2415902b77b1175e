"""Rows in the user's words, for networks that speak them: encoded, answered, and put back into the user's units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy.typing as npt

from service.data.preprocessing.fitted import Fitted
from service.data.preprocessing.report import Cells
from service.data.preprocessing.table import TableSpec
from service.data.query_row import WHOLE_ROW
from service.data.table_rows import Columns, read_rows, read_text_row
from service.operations.models.models import Model
from service.operations.names import RESERVED_FEATURES
from service.schema.rules import unknown
from service.schema.validation import DataError, ValidationIssue

Array = npt.NDArray[Any]


class RawPrediction(NamedTuple):
    inputs: Array  #: (rows, width), as the network sees them
    outputs: Array  #: (rows, outputs), as the network gives them
    cells: Cells | None  #: what became of missing cells and of unknown categories; None where rows are plain numbers


def input_columns(spec: TableSpec) -> Columns:
    """What a row to be answered holds."""
    return Columns(spec.kinds, frozenset(spec.required), frozenset(spec.named))


def answer_query(model: Model, fitted: Fitted, given: Mapping[str, str]) -> RawPrediction:
    """For the row that query arguments hold. Raises DataError with the places of arguments."""
    columns = input_columns(fitted.spec)
    if not given.keys() <= columns.kinds.keys():
        raise DataError(_name_issues(given, columns))
    row = read_text_row(given, columns)
    encoded = fitted.row(row)
    try:
        outputs = _predict(model, fitted, encoded)
    except DataError as error:
        raise DataError(ValidationIssue(issue.path[1:], issue.message) for issue in error.issues) from error
    return RawPrediction(encoded, outputs, fitted.row_cells(row))


def answer_rows(model: Model, fitted: Fitted, rows: Any, most: int) -> RawPrediction:
    """For at most so many rows as objects, or as CSV. Raises DataError with the places of rows and columns."""
    frame = read_rows(rows, input_columns(fitted.spec))
    if len(frame) > most:
        raise DataError([ValidationIssue((), f"must have at most {most:,} rows, got {len(frame):,}")])
    encoded, cells = fitted.encode(frame, model.network.dtype)
    return RawPrediction(encoded, _predict(model, fitted, encoded), cells)


def _predict(model: Model, fitted: Fitted, encoded: Array) -> Array:
    try:
        return model.predictor.predict(encoded)
    except DataError as error:
        raise DataError(_by_column(issue, fitted.spec) for issue in error.issues) from error


def _by_column(issue: ValidationIssue, spec: TableSpec) -> ValidationIssue:
    if len(issue.path) != 2:
        return issue
    row, path = issue.path
    name = next(name for name, group in spec.groups.items() if group.start <= int(path) < group.stop)
    return ValidationIssue((row, name), issue.message)


def _name_issues(given: Mapping[str, str], columns: Columns) -> Iterator[ValidationIssue]:
    known = [*RESERVED_FEATURES, *columns.kinds]
    for name in given:
        if name not in columns.kinds:
            whole = "this network takes each column by its name, and no numbers in a row; "
            yield ValidationIssue((name,), (whole if name == WHOLE_ROW else "") + unknown(name, known, "argument"))
    for name in columns.kinds:
        if columns.lacks(name, given):
            yield ValidationIssue((name,), "is required")
