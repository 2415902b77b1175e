"""Which rows train, and which are held out for validation and for a test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Required, TypedDict

import numpy as np
import numpy.typing as npt

from service.data.class_weights import ONE_CLASS_EACH
from service.data.frame import Column, Frame
from service.data.number_columns import MAX_NAME
from service.data.row_keys import Bits, column_bits, row_keys
from service.data.splits import (
    Indexes,
    split_by_key,
    split_by_time,
    split_grouped,
    split_rows,
    split_stratified,
    turns_of,
)
from service.domain.types import Json
from service.engine.seeds import member_seed
from service.schema.fields import Spec, field
from service.schema.rules import Flag, Number, OneOf, Text
from service.schema.validation import DataError, ValidationIssue

TRAINING, VALIDATION, TEST = "training", "validation", "test"
#: By a hash of each row's content, the same in every training of a network; or drawn with the training seed.
HASH, RANDOM = "hash", "random"
#: Of rows that other tables do not tell to have been trained on.
UNKNOWN_SPLIT: Json = {"method": RANDOM}
#: Rows of plain numbers have no columns to divide by.
NO_COLUMNS = Frame({})


class Ways(TypedDict, total=False):
    """What rows are divided by: the class of each row, None where the targets do not name one; what a hash is of; and
    the columns of groups and times."""

    classes: Required[Callable[[], Indexes | None]]
    bits: Required[Callable[[], Iterable[Bits]]]
    columns: Frame


#: With so many rows, a share that is far from what was wanted is no chance.
MANY = 100


@dataclass(frozen=True, kw_only=True)
class HeldOutShare(Spec):
    """Holds out a fraction of the rows: by a hash of each, drawn with the training seed, or the latest ones."""

    fraction: float = field(Number(above=0, below=1), help="fraction of the rows to hold out")
    stratified: bool = field(Flag(), default=False, help="hold out the same fraction of every class")
    group: str | None = field(Text(MAX_NAME), default=None, help="column; rows with the same value stay together")
    time: str | None = field(Text(MAX_NAME), default=None, help="column; the latest rows by it are held out")
    method: str | None = field(
        OneOf((HASH, RANDOM)),
        default=None,
        help="hash: a hash of its inputs decides for each row, or of its group, the same in every training of the "
        "network; random: drawn with the training seed; null: hash for data sets, unless stratified",
    )

    def cross_check(self) -> Iterable[ValidationIssue]:
        given = [name for name in ("stratified", "group", "time") if getattr(self, name)]
        if len(given) > 1:
            yield ValidationIssue((given[1],), f"must not be combined with {given[0]}: rows are drawn in one way")
        elif self.method is not None and self.time is not None:
            yield ValidationIssue(("method",), "must not be combined with time: the latest rows are held out")
        elif self.method == HASH and self.stratified:
            yield ValidationIssue(("method",), "must not be hash with stratified: a hash knows no classes")

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in (self.group, self.time) if name is not None)

    @property
    def reads_content(self) -> bool:
        """Whether the whole row decides where it falls."""
        return self.method == HASH and self.group is None

    def resolved(self, method: str) -> HeldOutShare:
        """With the method that stands for none given."""
        if self.method is not None or self.time is not None:
            return self
        return replace(self, method=RANDOM if self.stratified else method)


@dataclass(frozen=True, kw_only=True)
class Division:
    """Shares of one table. If both are given, they are drawn in one way, that of the validation."""

    validation: HeldOutShare | None = None
    test: HeldOutShare | None = None
    seed: int  #: of the training
    split_seed: int  #: of the network

    @property
    def shares(self) -> Mapping[str, HeldOutShare]:
        """By part, those with the smallest keys first: so a test keeps its rows when the validation's share changes."""
        both = {TEST: self.test, VALIDATION: self.validation}
        return {part: share for part, share in both.items() if share is not None}

    @property
    def way(self) -> HeldOutShare:
        return next(iter(self.shares.values()))

    @property
    def path(self) -> str:
        """The option that says so."""
        return TEST if self.validation is None else VALIDATION


@dataclass(frozen=True)
class Divided:
    """Indexes by part, each in order. `split` says which rows were trained on in terms that hold for other tables."""

    parts: Mapping[str, Indexes]
    split: Json


def divide(
    count: int,
    division: Division,
    *,
    classes: Callable[[], Indexes | None],
    bits: Callable[[], Iterable[Bits]],
    columns: Frame = NO_COLUMNS,
    turn: int = 0,
) -> Divided:
    """Divide `count` rows; at least one share is given.

    `classes` computes the class of each row, None where the targets do not name one; `bits` what a hash is of. Each
    `turn` has other validation rows, as long as there are any, and the same test rows. Raises DataError with paths
    below `validation` and `test`.
    """
    path, way = division.path, division.way
    if message := too_few(count, len(division.shares)):
        raise _reject(path, "fraction", message)
    if missing := [name for name in ("group", "time") if (column := getattr(way, name)) and column not in columns]:
        raise _reject(path, missing[0], "names a column, and these rows have none: they are plain numbers")
    if way.method == HASH:
        divided = _divide_by_key(count, division, columns, bits)
        return divided if turn == 0 else _turned_by_key(divided, division, columns, bits, turn)
    rest, parts = np.arange(count), dict[str, Indexes]()
    for part, fraction in _fractions_of_rest(division):
        again, place = divmod(turn if part == VALIDATION else 0, turns_of(fraction))
        seed = member_seed(division.seed, again)
        drawn = _drawn(rest, replace(way, fraction=fraction), seed, path, columns, classes, place)
        rest, parts[part] = rest[drawn[0]], rest[drawn[1]]
    return Divided({TRAINING: rest, **parts}, _split_of(way, rest, columns))


def too_few(count: int, held_out: int = 1) -> str | None:
    """Why so few rows cannot be divided into training rows and so many parts; None where they can."""
    return f"needs at least {held_out + 1} rows to divide, got {count}" if count <= held_out else None


def far_off(divided: Divided, division: Division) -> str | None:
    """A warning, if much more or less is held out by a hash than was wanted."""
    sizes = {part: len(rows) for part, rows in divided.parts.items()}
    count, wanted = sum(sizes.values()), sum(share.fraction for share in division.shares.values())
    share = 1 - sizes[TRAINING] / count
    if division.way.method != HASH or count < MANY or wanted / 1.5 < share < wanted * 1.5:
        return None
    return (
        f"{share:.0%} of the rows are held out rather than {wanted:.0%}: equal rows stay together, and many are equal; "
        'with "method": "random" every row is drawn on its own'
    )


def _fractions_of_rest(division: Division) -> Iterable[tuple[str, float]]:
    """The fraction of the rows that are left when each part is drawn."""
    left = 1.0
    for part, share in division.shares.items():
        yield part, share.fraction if left == 1.0 else min(share.fraction / left, 1 - 1e-9)
        left -= share.fraction


def _divide_by_key(count: int, division: Division, columns: Frame, bits: Callable[[], Iterable[Bits]]) -> Divided:
    group = division.way.group
    given = bits() if group is None else [column_bits(columns[group])]
    keys = row_keys(given, count, seed=division.split_seed)
    different = len(np.unique(keys))
    if different <= len(division.shares):
        what = "different rows" if group is None else "groups"
        message = f"needs at least {len(division.shares) + 1} {what} to divide, got {different}"
        raise _reject(division.path, "fraction" if group is None else "group", message)
    shares = division.shares
    (training, *held_out), least = split_by_key(keys, *(share.fraction for share in shares.values()))
    kind = None if group is None else columns[group].kind
    split = {"method": HASH, "seed": division.split_seed, "group": group, "kind": kind, "below": least}
    return Divided({TRAINING: training, **dict(zip(shares, held_out, strict=True))}, split)


def _turned_by_key(
    divided: Divided, division: Division, columns: Frame, bits: Callable[[], Iterable[Bits]], turn: int
) -> Divided:
    """Of the rows that are not for a test, those validate whose keys come next; after a round all have other keys."""
    rest = np.sort(np.concatenate([divided.parts[TRAINING], divided.parts[VALIDATION]]))
    *_, (_, fraction) = _fractions_of_rest(division)
    again, place = divmod(turn, turns_of(fraction))
    group = division.way.group
    given = bits() if group is None else [column_bits(columns[group])]
    seed, least = member_seed(division.split_seed, again), 0.0
    if again == 0 and division.test is not None:
        least = division.test.fraction
    keys = row_keys((one[rest] for one in given), len(rest), seed=seed)
    turned = ((keys - least) / (1 - least) - place * fraction) % 1
    (training, validation), _ = split_by_key(turned, fraction)
    return Divided({**divided.parts, TRAINING: rest[training], VALIDATION: rest[validation]}, divided.split)


def _drawn(
    rows: Indexes,
    share: HeldOutShare,
    seed: int,
    path: str,
    columns: Frame,
    classes: Callable[[], Indexes | None],
    turn: int = 0,
) -> tuple[Indexes, Indexes]:
    """Places among `rows` of those that are left, and of those that are held out."""
    if share.time is not None:
        return split_by_time(moments_of(columns[share.time])[rows], share.fraction)
    if share.group is not None:
        groups = values_of(columns[share.group])[rows]
        if (groups == groups[0]).all():
            raise _reject(path, "group", "needs at least 2 groups to divide, got 1")
        return split_grouped(groups, share.fraction, seed=seed, turn=turn)
    if not share.stratified:
        return split_rows(len(rows), share.fraction, seed=seed, turn=turn)
    if (found := classes()) is None:
        raise _reject(path, "stratified", ONE_CLASS_EACH)
    drawn = split_stratified(found[rows], share.fraction, seed=seed, turn=turn)
    if not len(drawn[1]):
        raise _reject(path, "fraction", f"leaves no class with a row to spare: {len(rows)} rows")
    return drawn


def _split_of(way: HeldOutShare, training: Indexes, columns: Frame) -> Json:
    if way.time is None:
        return UNKNOWN_SPLIT
    times = columns[way.time].take(training)
    known = times.values[~times.missing]
    until = None if not len(known) else known.max()
    return {
        "method": "time",
        "time": way.time,
        "kind": times.kind,
        "until": None if until is None else int(until.astype(np.int64)) if times.kind == "time" else float(until),
    }


def values_of(column: Column) -> Indexes:
    """A number for each different value, one and the same for all that are missing."""
    if column.kind == "category":
        return column.values.astype(np.intp)
    return np.unique(column.values, return_inverse=True)[1].astype(np.intp)


def moments_of(column: Column) -> npt.NDArray[np.datetime64]:
    """Times as they are; of numbers, such as years, their order."""
    return column.values if column.kind == "time" else values_of(column).astype("datetime64[us]")


def _reject(part: str, field: str, message: str) -> DataError:
    return DataError([ValidationIssue((part, field), message)])
