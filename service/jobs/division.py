"""Which rows of a table train and which validate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from service.data.frame import Column, Frame
from service.data.number_columns import MAX_NAME
from service.data.splits import Indexes, split_by_time, split_grouped, split_rows, split_stratified
from service.schema.fields import Spec, field
from service.schema.rules import Flag, Number, Text
from service.schema.validation import DataError, ValidationIssue


@dataclass(frozen=True, kw_only=True)
class TableShare(Spec):
    """A share of a table's rows, drawn with the seed of the training, or the latest ones."""

    fraction: float = field(Number(above=0, below=1), help="share of the rows that validate instead of training")
    stratified: bool = field(Flag(), default=False, help="draw the same share of every class")
    group: str | None = field(Text(MAX_NAME), default=None, help="column: rows with one value of it stay together")
    time: str | None = field(Text(MAX_NAME), default=None, help="column: the rows that are latest by it validate")

    def cross_check(self) -> Iterable[ValidationIssue]:
        given = [name for name in ("stratified", "group", "time") if getattr(self, name)]
        if len(given) > 1:
            yield ValidationIssue((given[1],), f"must not stand beside {given[0]}: rows are drawn in one way")

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in (self.group, self.time) if name is not None)


def divide(frame: Frame, share: TableShare, targets: Sequence[str], *, seed: int) -> tuple[Indexes, Indexes]:
    """Return (training, validation), each in the order of the table. Raises DataError where that cannot be."""
    if len(frame) < 2:
        raise DataError(
            [ValidationIssue(("validation", "fraction"), f"needs at least 2 rows to divide, got {len(frame)}")]
        )
    if share.time is not None:
        training, validation = split_by_time(moments_of(frame[share.time]), share.fraction)
    elif share.group is not None:
        groups = classes_of(frame[share.group])
        if (groups == groups[0]).all():
            raise DataError([ValidationIssue(("validation", "group"), "needs at least 2 groups to divide, got 1")])
        training, validation = split_grouped(groups, share.fraction, seed=seed)
    elif share.stratified:
        training, validation = split_stratified(classes_of(frame[targets[0]]), share.fraction, seed=seed)
    else:
        training, validation = split_rows(len(frame), share.fraction, seed=seed)
    if not len(validation):
        words = f"leaves no class with a row to spare: {len(frame)} rows"
        raise DataError([ValidationIssue(("validation", "fraction"), words)])
    return training, validation


def classes_of(column: Column) -> Indexes:
    """A number for each different value, one and the same for all that are missing."""
    if column.kind == "category":
        return column.values.astype(np.intp)
    return np.unique(column.values, return_inverse=True)[1].astype(np.intp)


def moments_of(column: Column) -> npt.NDArray[np.datetime64]:
    """Times as they are; of numbers, such as years, their order."""
    return column.values if column.kind == "time" else classes_of(column).astype("datetime64[us]")
