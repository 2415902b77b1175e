"""Which columns of a table train a network of plain numbers, as a request names them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from service.data.number_columns import MAX_NAME, NumberColumns
from service.schema.rules import Items, Text
from service.schema.validation import DataError, ValidationError, ValidationIssue

NAME, NAMES = Text(MAX_NAME), Items(Text(MAX_NAME), at_least=1)


def read_number_columns(inputs: Any, target: Any, *, width: int, features: Sequence[str] | None) -> NumberColumns:
    """The inputs are the columns named like the network's features unless others are named.

    Raises DataError with paths below `inputs` and `target`.
    """
    issues: list[ValidationIssue] = []
    if inputs is None and features is None:
        issues.append(ValidationIssue(("inputs",), f"is required: name the columns of this network's {width} inputs"))
    if target is None:
        issues.append(ValidationIssue(("target",), "is required: the column, or the columns, to predict"))
    names = _read(issues, "inputs", inputs, NAMES.read) or tuple(features or ())
    targets = _read(issues, "target", target, NAMES.read if isinstance(target, list) else _one)
    if issues:
        raise DataError(issues)
    return NumberColumns(inputs=names, targets=targets)


def _read(
    issues: list[ValidationIssue], field: str, value: Any, read: Callable[[Any], tuple[str, ...]]
) -> tuple[str, ...]:
    if value is None:
        return ()
    try:
        names = read(value)
    except ValidationError as error:
        issues += [issue.under(field) for issue in error.issues]
        return ()
    if len(set(names)) < len(names):
        issues.append(ValidationIssue((field,), "must name each column once"))
    return names


def _one(value: Any) -> tuple[str, ...]:
    return (NAME.read(value),)
