"""Which rows train and which are held out: drawn once, from a seed, or by a key of their content."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from service.data.row_keys import Keys

Indexes = npt.NDArray[np.intp]


def turns_of(fraction: float) -> int:
    """How many times such a share of the rows can be drawn without drawing a row twice."""
    return max(1, int(1 / fraction + 1e-9))


def split_rows(count: int, fraction: float, *, seed: int, turn: int = 0) -> tuple[Indexes, Indexes]:
    """Draw `fraction` of the rows for validation; return (training, validation), each in the order of the table.

    Both get at least one row; `count` must be at least 2. Each `turn` below `turns_of` draws other rows.
    """
    drawn = np.random.default_rng(seed).permutation(count)
    first = round(count * fraction * turn)
    size = min(max(round(count * fraction * (turn + 1)) - first, 1), count - 1)
    drawn = np.roll(drawn, -first)
    return np.sort(drawn[size:]), np.sort(drawn[:size])


def split_stratified(classes: Indexes, fraction: float, *, seed: int, turn: int = 0) -> tuple[Indexes, Indexes]:
    """Like `split_rows`, but each class gets the share of the validation rows that it has of all rows, to a whole row.

    A class keeps at least one training row.
    """
    drawn = np.random.default_rng(seed).permutation(classes.size)
    members = [drawn[classes[drawn] == label] for label in np.unique(classes)]
    sizes = _shares(np.array([rows.size for rows in members]), fraction)
    members = [np.roll(rows, -turn * size) for rows, size in zip(members, sizes, strict=True)]
    training = [rows[size:] for rows, size in zip(members, sizes, strict=True)]
    validation = [rows[:size] for rows, size in zip(members, sizes, strict=True)]
    return np.sort(np.concatenate(training)), np.sort(np.concatenate(validation))


def split_grouped(groups: Indexes, fraction: float, *, seed: int, turn: int = 0) -> tuple[Indexes, Indexes]:
    """Like `split_rows`, but rows of one group stay together: of the groups in the order they are drawn in, each
    validates that brings `fraction` of the rows nearer.

    There must be at least 2 groups; each part gets at least one.
    """
    _, places = np.unique(groups, return_inverse=True)
    sizes = np.bincount(places).tolist()
    validates = np.zeros(len(sizes), bool)
    missing = groups.size * fraction
    drawn = np.random.default_rng(seed).permutation(len(sizes))
    for group in np.roll(drawn, -round(len(sizes) * fraction * turn)).tolist():
        if abs(missing - sizes[group]) < abs(missing):
            validates[group] = True
            missing -= sizes[group]
    if not validates.any() or validates.all():  # one group is more than all that was wanted, or all were
        smallest = sizes.index(min(sizes))
        validates[smallest] = not validates[smallest]
    return np.flatnonzero(~validates[places]), np.flatnonzero(validates[places])


def split_by_time(times: npt.NDArray[np.datetime64], fraction: float) -> tuple[Indexes, Indexes]:
    """Let the latest `fraction` of the rows validate, as a forecast is judged; one without a time
    counts as the earliest.

    Both get at least one row; `times` must have at least 2. Of rows at one moment those below count as later.
    """
    missing = np.isnat(times)
    order = np.concatenate(
        (np.flatnonzero(missing), np.flatnonzero(~missing)[np.argsort(times[~missing], kind="stable")])
    )
    size = min(max(round(times.size * fraction), 1), times.size - 1)
    return np.sort(order[:-size]), np.sort(order[-size:])


def _shares(counts: Indexes, fraction: float) -> list[int]:
    """Whole numbers near `counts * fraction` that sum to the wanted total: largest remainders get the rest."""
    exact = counts * fraction
    sizes = np.minimum(np.floor(exact).astype(np.intp), counts - 1)
    missing = max(round(counts.sum() * fraction), 1) - sizes.sum()
    by_remainder = np.argsort(sizes - exact, kind="stable")
    for index in [i for i in by_remainder if sizes[i] < counts[i] - 1][: max(missing, 0)]:
        sizes[index] += 1
    return [int(size) for size in sizes]


def split_by_key(keys: Keys, *fractions: float) -> tuple[list[Indexes], float]:
    """Hold out the rows whose key is below a fraction; return the training rows, the rows of each fraction, and the
    smallest key of the training rows.

    The first fraction takes the smallest keys, the next one those above them, and so on. Rows of one key stay together.
    Each part gets at least one key; there must be so many of them.
    """
    ends = _least_keys(keys, np.cumsum(fractions))
    part = np.searchsorted(ends, keys, side="right")
    held_out = [np.flatnonzero(part == number) for number in range(len(fractions))]
    return [np.flatnonzero(part == len(fractions)), *held_out], float(ends[-1])


def _least_keys(keys: Keys, bounds: Keys) -> Keys:
    """The smallest key of each part but the first, where the bounds of a small table would leave a part empty."""
    distinct = np.unique(keys)
    places = np.searchsorted(distinct, bounds)
    parts = len(bounds)
    places = np.maximum.accumulate(np.maximum(places - np.arange(parts), 1)) + np.arange(parts)
    most = len(distinct) - parts + np.arange(parts)
    return distinct[np.minimum(places, most)]
