from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.data.splits import split_by_key, split_by_time, split_grouped, split_rows, split_stratified

FRACTIONS = st.floats(0.01, 0.99)


@given(count=st.integers(2, 300), fraction=FRACTIONS, seed=st.integers(0, 2**32))
def test_every_row_trains_or_validates_in_the_order_of_the_table(count, fraction, seed):
    training, validation = split_rows(count, fraction, seed=seed)

    assert sorted([*training, *validation]) == list(range(count))
    assert training.tolist() == sorted(training) and validation.tolist() == sorted(validation)
    assert min(len(training), len(validation)) >= 1
    assert abs(len(validation) - count * fraction) <= 1


@given(classes=st.lists(st.integers(0, 4), min_size=2, max_size=300), fraction=FRACTIONS, seed=st.integers(0, 2**32))
def test_a_stratified_split_keeps_the_share_of_each_class(classes, fraction, seed):
    classes = np.array(classes)
    training, validation = split_stratified(classes, fraction, seed=seed)

    assert sorted([*training, *validation]) == list(range(classes.size))
    for label in np.unique(classes):
        count = np.count_nonzero(classes == label)
        assert np.count_nonzero(classes[training] == label) >= 1
        assert abs(np.count_nonzero(classes[validation] == label) - min(count * fraction, count - 1)) < 1 + 1e-9


def test_the_classes_with_the_largest_remainders_validate_one_row_more():
    classes = np.repeat([0, 1, 2], [11, 14, 12])  # of which a fifth are 2.2, 2.8 and 2.4, together 7
    _, validation = split_stratified(classes, 0.2, seed=1)
    assert np.bincount(classes[validation]).tolist() == [2, 3, 2]


@pytest.mark.parametrize(
    ("counts", "fraction", "held_out"),
    [
        ([10, 20, 30], 0.2, [2, 4, 6]),  # no remainders, so no class validates one row more
        ([2, 2, 2, 2, 2], 0.4, [0, 1, 1, 1, 1]),  # a class of two rows can spare one
    ],
)
def test_a_stratified_split_holds_out_as_many_rows_as_the_fraction_says(counts, fraction, held_out):
    classes = np.repeat(np.arange(len(counts)), counts)
    _, validation = split_stratified(classes, fraction, seed=1)
    assert sorted(np.bincount(classes[validation], minlength=len(counts)).tolist()) == held_out


def test_a_fraction_of_nearly_all_rows_leaves_one_to_train_on():
    assert [part.size for part in split_rows(3, 0.99, seed=1)] == [1, 2]
    assert [part.size for part in split_by_time(np.arange(3).astype("datetime64[us]"), 0.99)] == [1, 2]


def test_a_fraction_of_less_than_a_row_still_holds_out_one():
    assert len(split_rows(12, 0.01, seed=1)[1]) == 1
    assert len(split_stratified(np.arange(12) % 3, 0.01, seed=1)[1]) == 1
    assert len(split_by_time(np.arange(12).astype("datetime64[us]"), 0.01)[1]) == 1


@pytest.mark.parametrize("split", [split_rows, lambda n, f, *, seed: split_stratified(np.arange(n) % 3, f, seed=seed)])
def test_the_seed_alone_decides(split):
    once, again, other = split(100, 0.3, seed=1), split(100, 0.3, seed=1), split(100, 0.3, seed=2)

    assert once[1].tolist() == again[1].tolist() != other[1].tolist()
    assert len(once[1]) == 30


@given(
    st.lists(st.integers(0, 8), min_size=2, max_size=60).filter(lambda groups: len(set(groups)) > 1),
    st.floats(0.01, 0.99),
    st.integers(0, 99),
)
def test_a_grouped_split_parts_no_group_and_leaves_neither_side_empty(groups, fraction, seed):
    training, validation = split_grouped(np.array(groups), fraction, seed=seed)
    assert sorted([*training, *validation]) == list(range(len(groups)))
    assert len(training) and len(validation)
    assert not {groups[row] for row in training} & {groups[row] for row in validation}


@given(st.lists(st.integers(1, 60), min_size=2, max_size=20), FRACTIONS, st.integers(0, 2**32))
@example([59, 1], 0.2, 0)
def test_a_grouped_split_is_off_by_half_a_group_unless_a_side_would_be_empty(sizes, fraction, seed):
    groups = np.repeat(np.arange(len(sizes)), sizes)
    for side in split_grouped(groups, fraction, seed=seed):
        if len(np.unique(groups[side])) == 1 and len(side) == min(sizes):
            return
    assert abs(len(split_grouped(groups, fraction, seed=seed)[1]) - groups.size * fraction) <= max(sizes) / 2 + 1e-6


def test_a_grouped_split_comes_near_the_fraction():
    _, validation = split_grouped(np.arange(1000) // 5, 0.2, seed=3)
    assert len(validation) == 200


def test_the_latest_rows_validate_and_rows_without_a_time_train():
    times = np.array(["2020-05-01", "2020-01-01", "NaT", "2020-05-01", "2020-03-01"], "datetime64[us]")
    training, validation = split_by_time(times, 0.4)
    assert (training.tolist(), validation.tolist()) == ([1, 2, 4], [0, 3])
    training, validation = split_by_time(times, 0.2)
    assert validation.tolist() == [3]


KEYS = st.lists(st.sampled_from([number / 16 for number in range(16)]), min_size=1, max_size=60)


@given(keys=KEYS, fractions=st.lists(st.floats(0.01, 0.45), min_size=1, max_size=2))
def test_a_split_by_key_keeps_rows_of_one_key_together_and_leaves_no_part_empty(keys, fractions):
    keys = np.array([*keys, *np.linspace(0, 0.99, len(fractions) + 1)])
    (training, *held_out), least = split_by_key(keys, *fractions)

    assert sorted(np.concatenate((training, *held_out))) == list(range(len(keys)))
    assert all(len(part) for part in (training, *held_out))
    assert least == keys[training].min()
    for lower, upper in pairwise((*held_out, training)):
        assert keys[lower].max() < keys[upper].min()


def test_a_split_by_key_is_that_of_the_bounds_whatever_else_the_table_holds():
    keys = np.random.default_rng(5).random(2000)
    (training, test, validation), _ = split_by_key(keys, 0.1, 0.2)
    np.testing.assert_array_equal(test, np.flatnonzero(keys < 0.1))
    np.testing.assert_array_equal(training, np.flatnonzero(keys >= 0.1 + 0.2))
    (_, _, few), _ = split_by_key(keys[:1000], 0.1, 0.2)
    np.testing.assert_array_equal(few, validation[validation < 1000])
