"""Rows of numbers, from JSON to a NumPy array; every error is reported with its path, up to a bound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from service.data.packing import packed_rows
from service.schema.rules import Number, shown
from service.schema.validation import DataError, SpecError, ValidationIssue

#: A table with a shifted column has an error in every row; a reader needs the first few.
MAX_ISSUES = 20

Matrix = npt.NDArray[np.float64]


def read_matrix(rows: Any, width: int) -> Matrix:
    """Read a list of `width` numbers a row into float64 (rows, width); one number a row may stand bare.

    Raises DataError with paths such as (3, 1): row 3, column 1.
    """
    table = _as_table(read_list(rows, "rows"), width)
    matrix = packed_rows(table, width)
    if matrix is not None and np.isfinite(matrix).all():
        return matrix
    raise DataError(first_issues(_matrix_issues(table, width)))


def read_vector(values: Any, *, length: int) -> Matrix:
    """Read a flat list of exactly `length` numbers into float64 (length,)."""
    items = read_list(values, "numbers")
    if len(items) != length:
        raise DataError([ValidationIssue((), f"must have one number for each of the {length} rows, got {len(items)}")])
    issues = first_issues(issue for index, item in enumerate(items) for issue in _cell_issues(item, index))
    if issues:
        raise DataError(issues)
    return np.array(items, dtype=np.float64)


def read_list(value: Any, noun: str) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise DataError([ValidationIssue((), f"must be a list of {noun}, got {shown(value)}")])
    if not value:
        raise DataError([ValidationIssue((), f"must not be an empty list of {noun}")])
    return value


def first_issues(issues: Iterable[ValidationIssue]) -> list[ValidationIssue]:
    return list(islice(issues, MAX_ISSUES))


def _as_table(rows: Sequence[Any], width: int) -> Sequence[Any]:
    if width != 1 or all(isinstance(row, list | tuple) for row in rows):
        return rows
    return [row if isinstance(row, list | tuple) else [row] for row in rows]


def _matrix_issues(table: Sequence[Any], width: int) -> Iterator[ValidationIssue]:
    words = "1 number" if width == 1 else f"{width} numbers"
    for index, row in enumerate(table):
        if not isinstance(row, list | tuple):
            yield ValidationIssue((index,), f"must be a list of {words}, got {shown(row)}")
        elif len(row) != width:
            yield ValidationIssue((index,), f"must have {words}, got {len(row)}")
        else:
            yield from (issue for column, cell in enumerate(row) for issue in _cell_issues(cell, index, column))


def _cell_issues(cell: Any, *place: int) -> Iterator[ValidationIssue]:
    try:
        Number().read(cell)
    except SpecError as error:
        yield from (issue.under(*place) for issue in error.issues)
