"""Whether a frame is what a table takes, and which of its rows can be learnt from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from service.data.frame import Column, Frame
from service.data.kinds.registry import KINDS
from service.data.preprocessing.category import UNSEEN
from service.data.preprocessing.column import InputColumn
from service.data.preprocessing.table import TableSpec
from service.data.preprocessing.targets import CategoryTarget
from service.schema.rules import shown
from service.schema.validation import DataError, ValidationIssue

#: Of unknown classes so many are named.
SHOWN_CLASSES = 5


def has_target(spec: TableSpec, frame: Frame) -> npt.NDArray[np.bool_]:
    """Which rows can be learnt from or judged by: those whose targets are all there, (rows,)."""
    masks = [item.column.present(frame[item.name]) for item in spec.target]
    present: npt.NDArray[np.bool_] = np.logical_and.reduce(masks)
    return present


def unknown_targets(spec: TableSpec, frame: Frame, *, missing: bool) -> Iterator[ValidationIssue]:
    """Words given as targets that are not among the network's classes, each in its first row; `missing` says whether
    one such as NA may stand for a missing target."""
    for item in spec.target:
        if not isinstance(item.column, CategoryTarget):
            continue
        column, codes = frame[item.name], item.column.codes(frame[item.name])
        is_unknown = codes == UNSEEN if missing else (codes < 0) & ~column.missing
        _, rows = np.unique(column.values[is_unknown], return_index=True)
        for row in np.flatnonzero(is_unknown)[np.sort(rows)].tolist():
            word = shown(column.words[column.values[row]])
            yield ValidationIssue((row, item.name), f"must be one of {', '.join(item.column.categories)}; got {word}")


def unknown_classes(spec: TableSpec, frame: Frame) -> Iterator[ValidationIssue]:
    """Classes in the target column of a whole table that the network does not predict, with the number of their rows.

    A word such as NA may stand for a missing target.
    """
    for item in spec.target:
        if not isinstance(item.column, CategoryTarget):
            continue
        column = frame[item.name]
        values, counts = np.unique(column.values[item.column.codes(column) == UNSEEN], return_counts=True)
        if not values.size:
            continue
        found = [column.words[value] if column.words else f"{value:g}" for value in values[:SHOWN_CLASSES]]
        more = f" and {values.size - SHOWN_CLASSES} more" if values.size > SHOWN_CLASSES else ""
        count = int(counts.sum())
        rows = f"{count:,} row{'s' * (count != 1)}"
        known = ", ".join(item.column.categories)
        words = f'"{item.name}" holds {", ".join(map(shown, found))}{more} in {rows}, which the network does not know'
        yield ValidationIssue((), f"{words}; it predicts {known}")


def column_issues(spec: TableSpec, frame: Frame) -> Iterator[ValidationIssue]:
    for name, column in spec.columns.items():
        if name not in frame:
            yield ValidationIssue((name,), "is missing: the network needs this column")
        elif (issue := _kind_issue(name, column, frame[name])) is not None:
            yield issue
        else:
            yield from _cell_issues(name, column, frame[name])


def target_issues(spec: TableSpec, frame: Frame) -> Iterator[ValidationIssue]:
    for item in spec.target:
        if item.name not in frame:
            yield ValidationIssue((item.name,), "is missing: it is the column to predict")
        elif (issue := _kind_issue(item.name, item.column, frame[item.name])) is not None:
            yield issue
        elif not np.all(item.column.present(frame[item.name])):
            yield ValidationIssue((item.name,), "must have a known value in every row")
        elif item.column.kind == "number" and np.isinf(frame[item.name].values).any():
            yield ValidationIssue((item.name,), "must hold finite numbers")


def raise_issues(issues: Iterable[ValidationIssue]) -> None:
    if found := list(issues):
        raise DataError(found)


def _kind_issue(name: str, column: Any, given: Column) -> ValidationIssue | None:
    if given.kind in KINDS[column.kind].accepts:
        return None
    return ValidationIssue((name,), f"must be a {column.kind} column, but is a {given.kind} column here")


def _cell_issues(name: str, column: InputColumn, given: Column) -> Iterator[ValidationIssue]:
    if column.is_required and given.missing.any():
        count, first = int(np.count_nonzero(given.missing)), int(given.missing.argmax())
        others = f", as in {count - 1} more row{'s' * (count > 2)}" if count > 1 else ""
        yield ValidationIssue(
            (first, name), f'is missing{others}; every row needs this column unless it has an "impute"'
        )
    if given.kind == "number":
        infinite = np.isinf(given.values) if not np.isfinite(given.values.sum()) else None
        if infinite is not None and infinite.any():
            count, first = int(np.count_nonzero(infinite)), int(infinite.argmax())
            yield ValidationIssue((first, name), f"must be a finite number, as in every row; {count} are infinite")
