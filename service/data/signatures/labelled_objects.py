"""Rows of a table with their targets as a request writes them: objects, or objects and targets side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.data.matrices import first_issues
from service.data.preprocessing.checks import raise_issues, unknown_targets
from service.data.preprocessing.table import TableSpec
from service.data.signatures.encoders import Encoder
from service.data.signatures.labelled_rows import LabelledRows
from service.data.table_rows import Columns, read_rows
from service.schema.rules import shown
from service.schema.validation import DataError, ValidationIssue


def read_labelled_objects(value: Any, table: TableSpec, encoder: Encoder) -> LabelledRows:
    """Read a list of objects with inputs and targets, or ``{"inputs": objects, "targets": …}``.

    Raises DataError with the path of each bad cell.
    """
    rows, was_split = _joined(value, table.target_names) if isinstance(value, Mapping) else (value, False)
    try:
        required = frozenset((*table.required, *table.target_names))
        frame = read_rows(rows, Columns(table.all_kinds, required, frozenset(table.named), table.read_as))
        raise_issues(first_issues(unknown_targets(table, frame, missing=False)))
        return encoder.labelled(frame)
    except DataError as error:
        if not was_split:
            raise
        raise DataError(_as_written(issue, table.target_names) for issue in error.issues) from error


def _joined(value: Mapping[str, Any], names: tuple[str, ...]) -> tuple[Any, bool]:
    """Rows as objects that also hold their targets, which are given as one value per row or one for each target."""
    if value.keys() != {"inputs", "targets"}:
        message = 'must be a list of rows, or have "inputs" and "targets" and nothing else'
        raise DataError([ValidationIssue((), message)])
    inputs, targets = value["inputs"], value["targets"]
    if not isinstance(inputs, list) or not isinstance(targets, list) or len(inputs) != len(targets):
        raise DataError([ValidationIssue(("targets",), "must be a list with an entry for each row of inputs")])
    issues: list[ValidationIssue] = []
    rows: list[Any] = []
    for index, (row, target) in enumerate(zip(inputs, targets, strict=True)):
        values = _target_values(target, names)
        if len(values) != len(names):
            message = f"must have a value for {', '.join(names)}, got {shown(target)}"
            issues.append(ValidationIssue(("targets", index), message))
        elif isinstance(row, Mapping) and (doubled := [name for name in names if name in row]):
            issues.append(ValidationIssue(("inputs", index, doubled[0]), "is a target, and given in targets already"))
        else:
            rows.append({**row, **dict(zip(names, values, strict=True))} if isinstance(row, Mapping) else row)
    raise_issues(first_issues(issues))
    return rows, True


def _target_values(target: Any, names: tuple[str, ...]) -> list[Any]:
    if isinstance(target, Mapping) and target.keys() == set(names):
        return [target[name] for name in names]
    return target if isinstance(target, list) and len(target) == len(names) else [target]


def _as_written(issue: ValidationIssue, names: tuple[str, ...]) -> ValidationIssue:
    """An issue of joined rows with its path in the request."""
    if len(issue.path) == 2 and issue.path[1] in names:
        return ValidationIssue(("targets", issue.path[0]), issue.message)
    return issue.under("inputs")
