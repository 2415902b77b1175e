"""Input rows as a user writes them, lists or objects by feature name, to a matrix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.data.extra_columns import ExtraColumns
from service.data.matrices import Matrix, first_issues, read_list, read_matrix
from service.schema.rules import unknown
from service.schema.validation import DataError, ValidationIssue


def read_inputs(
    value: Any, *, width: int, features: Sequence[str] | None = None, extra: ExtraColumns | None = None
) -> Matrix:
    """Read rows into float64 (rows, width); rows may be objects when the features have names.

    Without `extra`, these hold nothing else. Raises DataError with paths such as (3, 1) or (3, "salt").
    """
    rows = read_list(value, "rows")
    if not features or not all(isinstance(row, Mapping) for row in rows):
        return read_matrix(rows, width)
    issues = first_issues(_name_issues(rows, features, extra))
    if issues:
        raise DataError(issues)
    try:
        return read_matrix([[row[name] for name in features] for row in rows], width)
    except DataError as error:
        raise DataError(_by_name(issue, features) for issue in error.issues) from None


def _name_issues(
    rows: Sequence[Mapping[str, Any]], features: Sequence[str], extra: ExtraColumns | None
) -> Iterator[ValidationIssue]:
    known = frozenset(features)
    for index, row in enumerate(rows):
        yield from (ValidationIssue((index, name), "is required") for name in features if name not in row)
        if row.keys() <= known:
            continue
        if extra is not None:
            yield from extra.issues(row, index)
            continue
        yield from (
            ValidationIssue((index, name), unknown(name, features, "feature")) for name in row if name not in known
        )


def _by_name(issue: ValidationIssue, features: Sequence[str]) -> ValidationIssue:
    row, column = issue.path
    return ValidationIssue((row, features[int(column)]), issue.message)
