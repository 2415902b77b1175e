"""Which rows train and which validate."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from service.data.class_weights import ONE_CLASS_EACH
from service.data.frame import Column, Frame
from service.data.number_columns import MAX_NAME
from service.data.splits import Indexes, split_by_time, split_grouped, split_rows, split_stratified
from service.schema.fields import Spec, field
from service.schema.rules import Flag, Number, Text
from service.schema.validation import DataError, ValidationIssue

VALIDATION = "validation"
#: Rows of plain numbers have no columns to divide by.
NO_COLUMNS = Frame({})


@dataclass(frozen=True, kw_only=True)
class ValidationShare(Spec):
    """Holds out a fraction of the rows for validation: drawn with the training seed, or the latest ones."""

    fraction: float = field(Number(above=0, below=1), help="fraction of the rows to hold out for validation")
    stratified: bool = field(Flag(), default=False, help="hold out the same fraction of every class")
    group: str | None = field(Text(MAX_NAME), default=None, help="column; rows with the same value stay together")
    time: str | None = field(Text(MAX_NAME), default=None, help="column; the latest rows by it are held out")

    def cross_check(self) -> Iterable[ValidationIssue]:
        given = [name for name in ("stratified", "group", "time") if getattr(self, name)]
        if len(given) > 1:
            yield ValidationIssue((given[1],), f"must not be combined with {given[0]}: rows are drawn in one way")

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in (self.group, self.time) if name is not None)


def divide(
    count: int,
    share: ValidationShare,
    *,
    seed: int,
    classes: Callable[[], Indexes | None],
    columns: Frame = NO_COLUMNS,
) -> tuple[Indexes, Indexes]:
    """Return the indexes of (training, validation) among `count` rows, both in order.

    `classes` computes the class of each row, None where the targets do not name one. Raises DataError with paths below
    `validation`.
    """
    if message := too_few(count):
        raise _reject("fraction", message)
    if missing := [name for name in ("group", "time") if (column := getattr(share, name)) and column not in columns]:
        raise _reject(missing[0], "names a column, and these rows have none: they are plain numbers")
    training, validation = _drawn(count, share, seed, classes, columns)
    if not len(validation):
        raise _reject("fraction", f"leaves no class with a row to spare: {count} rows")
    return training, validation


def too_few(count: int) -> str | None:
    """Why so few rows cannot be divided; None where they can."""
    return f"needs at least 2 rows to divide, got {count}" if count < 2 else None


def _drawn(
    count: int, share: ValidationShare, seed: int, classes: Callable[[], Indexes | None], columns: Frame
) -> tuple[Indexes, Indexes]:
    if share.time is not None:
        return split_by_time(moments_of(columns[share.time]), share.fraction)
    if share.group is not None:
        groups = values_of(columns[share.group])
        if (groups == groups[0]).all():
            raise _reject("group", "needs at least 2 groups to divide, got 1")
        return split_grouped(groups, share.fraction, seed=seed)
    if share.stratified:
        found = classes()
        if found is None:
            raise _reject("stratified", ONE_CLASS_EACH)
        return split_stratified(found, share.fraction, seed=seed)
    return split_rows(count, share.fraction, seed=seed)


def values_of(column: Column) -> Indexes:
    """A number for each different value, one and the same for all that are missing."""
    if column.kind == "category":
        return column.values.astype(np.intp)
    return np.unique(column.values, return_inverse=True)[1].astype(np.intp)


def moments_of(column: Column) -> npt.NDArray[np.datetime64]:
    """Times as they are; of numbers, such as years, their order."""
    return column.values if column.kind == "time" else values_of(column).astype("datetime64[us]")


def _reject(field: str, message: str) -> DataError:
    return DataError([ValidationIssue((VALIDATION, field), message)])
