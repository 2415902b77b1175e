"""Cross-validation: how a training's rows are assigned to folds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from service.data.class_weights import ONE_CLASS_EACH
from service.data.folds import Fold, assign_by_key, assign_by_time, assign_groups, assign_rows, assign_stratified
from service.data.frame import Frame
from service.data.number_columns import MAX_NAME
from service.data.row_keys import Bits, row_keys
from service.data.splits import Indexes
from service.jobs.division import HASH, NO_COLUMNS, RANDOM, HeldOutShare, moments_of, values_of
from service.schema.fields import Spec, field
from service.schema.rules import Flag, Integer, OneOf, Text, reject, shown
from service.schema.validation import DataError, ValidationIssue

FOLDS = "folds"
MAX_FOLDS = 20
MAX_REPEATS = 10
#: Of all repeats together: they train side by side, each with rows of its own.
MAX_FITS = 60


@dataclass(frozen=True, kw_only=True)
class Folds(Spec):
    """Train once per fold, each time without the rows of that fold."""

    count: int = field(Integer(minimum=2, maximum=MAX_FOLDS), default=5, help="number of folds")
    repeats: int = field(
        Integer(minimum=1, maximum=MAX_REPEATS),
        default=1,
        help=f"assign the rows so many times, each time with other seeds; at most {MAX_FITS} folds in all",
        exclude_default=True,
    )
    predictions: bool = field(
        Flag(),
        default=False,
        help="write what each row is predicted to be by the weights that have not seen it, as a data set",
        exclude_default=True,
    )
    stratified: bool = field(Flag(), default=False, help="spread every class evenly over the folds")
    group: str | None = field(Text(MAX_NAME), default=None, help="column; rows with the same value stay together")
    time: str | None = field(
        Text(MAX_NAME), default=None, help="column; each fold comes after the rows that are trained on"
    )
    method: str = field(
        OneOf((HASH, RANDOM)),
        default=RANDOM,
        help="random: drawn with the training seed; hash: a hash of its inputs decides for each row",
    )

    def cross_check(self) -> Iterable[ValidationIssue]:
        given = [name for name in ("stratified", "group", "time") if getattr(self, name)]
        if len(given) > 1:
            yield ValidationIssue((given[1],), f"must not be combined with {given[0]}: rows are assigned in one way")
        elif self.method == HASH and given:
            yield ValidationIssue(("method",), f"must not be hash with {given[0]}: rows are assigned in one way")
        if self.repeats > 1 and self.time is not None:
            yield ValidationIssue(("repeats",), "must be 1 with time: the order of time is always the same")
        elif self.repeats * self.count > MAX_FITS:
            words = f"must be at most {MAX_FITS // self.count} with {self.count} folds, got {self.repeats}"
            yield ValidationIssue(("repeats",), words)

    @classmethod
    def read(cls, value: Any) -> Folds:
        """A number of folds, or an object. Raises SpecError."""
        if isinstance(value, int) and not isinstance(value, bool):
            return cls.from_json({"count": value})
        if not isinstance(value, Mapping):
            raise reject(f"must be a number of folds, or an object with their count, got {shown(value)}")
        return cls.from_json(value)

    @property
    def share(self) -> HeldOutShare:
        """What is asked of a table as if one fold were its validation rows."""
        return HeldOutShare(
            fraction=1 / self.count,
            stratified=self.stratified,
            group=self.group,
            time=self.time,
            method=None if self.time else self.method,
        )


def assign(
    count: int,
    folds: Folds,
    *,
    seed: int,
    split_seed: int,
    classes: Callable[[], Indexes | None],
    bits: Callable[[], Iterable[Bits]],
    columns: Frame = NO_COLUMNS,
) -> list[Fold]:
    """Assign `count` rows to folds; arguments as of `divide`. Raises DataError with paths below `folds`."""
    for name in ("group", "time"):
        if (column := getattr(folds, name)) is not None and column not in columns:
            raise _reject(name, "names a column, and these rows have none: they are plain numbers")
    assigned = _assign(count, folds, seed, split_seed, classes, bits, columns)
    if not all(len(training) and len(held_out) for training, held_out in assigned):
        what = "groups" if folds.group else "different rows" if folds.method == HASH else "rows"
        raise _reject("count", f"is more folds than these {what} fill: {count:,} rows")
    return assigned


def _assign(
    count: int,
    folds: Folds,
    seed: int,
    split_seed: int,
    classes: Callable[[], Indexes | None],
    bits: Callable[[], Iterable[Bits]],
    columns: Frame,
) -> list[Fold]:
    if folds.time is not None:
        return assign_by_time(moments_of(columns[folds.time]), folds.count)
    if folds.group is not None:
        return assign_groups(values_of(columns[folds.group]), folds.count, seed=seed)
    if folds.method == HASH:
        return assign_by_key(row_keys(bits(), count, seed=split_seed), folds.count)
    if not folds.stratified:
        return assign_rows(count, folds.count, seed=seed)
    if (found := classes()) is None:
        raise _reject("stratified", ONE_CLASS_EACH)
    return assign_stratified(found, folds.count, seed=seed)


def _reject(name: str, message: str) -> DataError:
    return DataError([ValidationIssue((FOLDS, name), message)])
