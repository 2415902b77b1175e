"""How well one column alone says what the target is: too well to be true, it is known only after the target is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from service.data.frame import Column

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]

#: Of fewer rows chance makes copies.
MIN_ROWS = 30
#: A column says too much from this share of the variance on, or of the errors that the most frequent class makes.
MIN_SHARE = 0.99
#: Rows in a group, on average, for the group to show anything.
ROWS_PER_GROUP = 10
MAX_GROUPS = 200


class Leak(NamedTuple):
    share: float  #: of rows that are predicted correctly, or of the variance that is explained
    is_exact: bool  #: whether every cell is the target's own


def leak_of(feature: Column, target: Column, *, classes: bool) -> Leak | None:
    """How much a column says of the target, where that is too much. Both are of the same rows."""
    kept = ~feature.missing & ~target.missing
    if np.count_nonzero(kept) < MIN_ROWS:
        return None
    feature, target = feature.take(kept), target.take(kept)
    share = _class_share(feature, target) if classes else _variance_share(feature, target)
    if share is None:
        return None
    return Leak(share, _are_equal(feature, target))


def _are_equal(feature: Column, target: Column) -> bool:
    if feature.kind != target.kind:
        return False
    if feature.kind == "category":
        return bool((feature.recoded(target.words) == target.values).all())
    return bool((feature.values == target.values).all())


def _class_share(feature: Column, target: Column) -> float | None:
    """The share of rows whose class is the most frequent one of the rows like them."""
    _, true = np.unique(target.values, return_inverse=True)
    groups = _groups(feature, true)
    if groups is None or true.max() == 0:
        return None
    table = np.zeros((groups.max() + 1, true.max() + 1), np.intp)
    np.add.at(table, (groups, true), 1)
    right, usual = table.max(axis=1).sum() / len(true), table.sum(axis=0).max() / len(true)
    return float(right) if right - usual >= MIN_SHARE * (1 - usual) else None


def _groups(feature: Column, true: Codes) -> Codes | None:
    """A group for each value where values come often; of other numbers ranges, at most one for each class change."""
    values, codes = np.unique(feature.values, return_inverse=True)
    if len(values) * ROWS_PER_GROUP <= len(codes):
        return codes.astype(np.intp)
    if feature.kind == "category":
        return None
    order = np.argsort(codes, kind="stable")
    changes = np.flatnonzero(np.diff(true[order])) + 1
    others = len(true) - np.bincount(true).max()  # few ranges could pick each of a few rare rows
    if len(changes) * ROWS_PER_GROUP <= others and len(changes) <= MAX_GROUPS:
        return _ranges(codes, order, changes)
    count = min(MAX_GROUPS, len(codes) // ROWS_PER_GROUP)
    return np.minimum(codes * count // len(values), count - 1).astype(np.intp)


def _ranges(codes: npt.NDArray[np.intp], order: Codes, changes: Codes) -> Codes:
    """Equal values are in one group."""
    starts = np.unique(codes[order][changes])
    return np.searchsorted(starts, codes, side="right").astype(np.intp)


def _variance_share(feature: Column, target: Column) -> float | None:
    """R² of a straight line, of a monotone curve, or of the means of groups."""
    wanted = target.values.astype(np.float64)
    if not np.isfinite(wanted).all() or np.ptp(wanted) == 0:
        return None
    if feature.kind == "category":
        share = _group_share(feature.values, wanted)
    else:
        given = feature.values.astype("datetime64[us]").astype(np.int64) if feature.kind == "time" else feature.values
        share = _line_share(np.asarray(given, np.float64), wanted)
    return share if share is not None and share >= MIN_SHARE else None


def _line_share(given: Numbers, wanted: Numbers) -> float | None:
    if not np.isfinite(given).all() or np.ptp(given) == 0:
        return None
    with np.errstate(all="ignore"):
        straight = np.corrcoef(given, wanted)[0, 1] ** 2
        monotone = np.corrcoef(_ranks(given), _ranks(wanted))[0, 1] ** 2
    return float(np.nanmax([straight, monotone]))


def _ranks(numbers: Numbers) -> Numbers:
    """Of equals the mean."""
    _, codes, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts + 1) / 2)[codes]


def _group_share(codes: npt.NDArray[np.int32], wanted: Numbers) -> float | None:
    _, groups, counts = np.unique(codes, return_inverse=True, return_counts=True)
    if len(counts) * ROWS_PER_GROUP > len(codes) or len(counts) < 2:
        return None
    means = np.bincount(groups, wanted) / counts
    return float(1 - ((wanted - means[groups]) ** 2).sum() / ((wanted - wanted.mean()) ** 2).sum())
