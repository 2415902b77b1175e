"""Every row is held out once, and what belongs together stays together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import TimeSeriesSplit

from service.data.folds import assign_by_key, assign_by_time, assign_groups, assign_rows, assign_stratified


def covers(assigned, count):
    """Whether each row is held out once, and trained on in the other folds."""
    held_out = np.concatenate([rows for _, rows in assigned])
    assert sorted(held_out) == list(range(count))
    for training, held in assigned:
        assert np.array_equal(np.sort(np.concatenate((training, held))), np.arange(count))
        assert np.array_equal(training, np.sort(training)) and np.array_equal(held, np.sort(held))


@settings(max_examples=20)
@given(count=st.integers(2, 60), folds=st.integers(2, 7), seed=st.integers(0, 5))
def test_rows_are_assigned_evenly(count, folds, seed):
    assigned = assign_rows(count, folds, seed=seed)
    covers(assigned, count)
    sizes = [len(held) for _, held in assigned]
    assert max(sizes) - min(sizes) <= 1
    assert all(
        np.array_equal(a, b)
        for x, y in zip(assigned, assign_rows(count, folds, seed=seed), strict=True)
        for a, b in zip(x, y, strict=True)
    )


@settings(max_examples=20)
@given(classes=st.lists(st.integers(0, 3), min_size=8, max_size=60), folds=st.integers(2, 5))
def test_every_class_is_spread_evenly(classes, folds):
    of_rows = np.array(classes)
    assigned = assign_stratified(of_rows, folds, seed=1)
    covers(assigned, len(classes))
    for label in set(classes):
        counts = [np.count_nonzero(of_rows[held] == label) for _, held in assigned]
        assert max(counts) - min(counts) <= 1


def test_groups_stay_together_and_balance_the_folds():
    groups = np.repeat(np.arange(9), [9, 1, 5, 5, 3, 3, 2, 1, 1])
    assigned = assign_groups(groups, 3, seed=0)
    covers(assigned, len(groups))
    assert all(not set(groups[training]) & set(groups[held]) for training, held in assigned)
    assert [len(held) for _, held in assigned] == [10, 10, 10]


def test_the_fold_of_a_key_depends_on_nothing_else():
    keys = np.random.default_rng(0).random(200)
    assigned = assign_by_key(keys, 4)
    covers(assigned, 200)
    for fold, (_, held) in enumerate(assigned):
        assert np.all((keys[held] >= fold / 4) & (keys[held] < (fold + 1) / 4))


@pytest.mark.parametrize("count", [6, 24])
def test_time_is_cut_as_scikit_learn_cuts_it(count):
    drawn = np.random.default_rng(0).permutation(count)
    times = np.datetime64("2026-01-01", "us") + drawn.astype("timedelta64[D]")
    for (training, held), (before, after) in zip(
        assign_by_time(times, 5), TimeSeriesSplit(5).split(drawn), strict=True
    ):
        assert set(drawn[training]) == set(before) and set(drawn[held]) == set(after)


def test_a_row_without_a_time_is_never_held_out():
    times = np.array(["2026-01-03", "NaT", "2026-01-02", "2026-01-01"], "datetime64[us]")
    assert [training.tolist() for training, _ in assign_by_time(times, 3)] == [[1], [1, 3], [1, 2, 3]]
