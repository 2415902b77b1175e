import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.data.splits import split_rows, split_stratified

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


@pytest.mark.parametrize("split", [split_rows, lambda n, f, *, seed: split_stratified(np.arange(n) % 3, f, seed=seed)])
def test_the_seed_alone_decides(split):
    once, again, other = split(100, 0.3, seed=1), split(100, 0.3, seed=1), split(100, 0.3, seed=2)

    assert once[1].tolist() == again[1].tolist() != other[1].tolist()
    assert len(once[1]) == 30
