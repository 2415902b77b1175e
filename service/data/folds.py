"""Assigns rows to folds, each of which is held out once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from service.data.row_keys import Keys
from service.data.splits import Indexes

#: (training, held out), each in the order of the table.
Fold = tuple[Indexes, Indexes]


def assign_rows(count: int, folds: int, *, seed: int) -> list[Fold]:
    """Folds whose sizes differ by one row at most."""
    places = np.empty(count, np.intp)
    places[np.random.default_rng(seed).permutation(count)] = np.arange(count) % folds
    return _held_out_in_turn(places, folds)


def assign_stratified(classes: Indexes, folds: int, *, seed: int) -> list[Fold]:
    """As `assign_rows`, and each class is spread evenly too."""
    drawn = np.random.default_rng(seed).permutation(classes.size)
    by_class = drawn[np.argsort(classes[drawn], kind="stable")]
    places = np.empty(classes.size, np.intp)
    places[by_class] = np.arange(classes.size) % folds
    return _held_out_in_turn(places, folds)


def assign_groups(groups: Indexes, folds: int, *, seed: int) -> list[Fold]:
    """Rows of one group stay together: the largest groups first, each to the fold with the fewest rows so far."""
    _, of_rows = np.unique(groups, return_inverse=True)
    sizes = np.bincount(of_rows)
    drawn = np.random.default_rng(seed).permutation(sizes.size)
    totals, of_groups = np.zeros(folds, np.intp), np.empty(sizes.size, np.intp)
    for group in drawn[np.argsort(-sizes[drawn], kind="stable")]:
        of_groups[group] = fold = int(np.argmin(totals))
        totals[fold] += sizes[group]
    return _held_out_in_turn(of_groups[of_rows], folds)


def assign_by_key(keys: Keys, folds: int) -> list[Fold]:
    """A row's fold depends on its key alone."""
    return _held_out_in_turn(np.minimum((keys * folds).astype(np.intp), folds - 1), folds)


def assign_by_time(times: npt.NDArray[np.datetime64], folds: int) -> list[Fold]:
    """Each fold is trained on all that was before it: the rows are cut in one part more than there are folds, and the
    earliest is never held out. Rows without a time count as the earliest."""
    known = np.where(np.isnat(times), np.datetime64(np.iinfo(np.int64).min + 1, "us"), times)
    order = np.argsort(known, kind="stable")
    edges = [round(times.size * part / (folds + 1)) for part in range(1, folds + 2)]
    return [(np.sort(order[:start]), np.sort(order[start:stop])) for start, stop in zip(edges, edges[1:], strict=False)]


def _held_out_in_turn(places: Indexes, folds: int) -> list[Fold]:
    return [(np.flatnonzero(places != fold), np.flatnonzero(places == fold)) for fold in range(folds)]
