"""Which rows train and which validate: drawn once, from a seed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Indexes = npt.NDArray[np.intp]


def split_rows(count: int, fraction: float, *, seed: int) -> tuple[Indexes, Indexes]:
    """Draw `fraction` of the rows for validation; return (training, validation), each in the order of the table.

    Both get at least one row; `count` must be at least 2.
    """
    drawn = np.random.default_rng(seed).permutation(count)
    size = min(max(round(count * fraction), 1), count - 1)
    return np.sort(drawn[size:]), np.sort(drawn[:size])


def split_stratified(classes: Indexes, fraction: float, *, seed: int) -> tuple[Indexes, Indexes]:
    """Like `split_rows`, but each class gets the share of the validation rows that it has of all rows, to a whole row.

    A class keeps at least one training row.
    """
    drawn = np.random.default_rng(seed).permutation(classes.size)
    members = [drawn[classes[drawn] == label] for label in np.unique(classes)]
    sizes = _shares(np.array([rows.size for rows in members]), fraction)
    training = [rows[size:] for rows, size in zip(members, sizes, strict=True)]
    validation = [rows[:size] for rows, size in zip(members, sizes, strict=True)]
    return np.sort(np.concatenate(training)), np.sort(np.concatenate(validation))


def _shares(counts: Indexes, fraction: float) -> list[int]:
    """Whole numbers near `counts * fraction` that sum to the wanted total: largest remainders get the rest."""
    exact = counts * fraction
    sizes = np.minimum(np.floor(exact).astype(np.intp), counts - 1)
    missing = max(round(counts.sum() * fraction), 1) - sizes.sum()
    by_remainder = np.argsort(sizes - exact, kind="stable")
    for index in [i for i in by_remainder if sizes[i] < counts[i] - 1][: max(missing, 0)]:
        sizes[index] += 1
    return [int(size) for size in sizes]
