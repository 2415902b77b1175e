"""Columns that say what the target is, and columns that only help to tell."""

import numpy as np
import pytest

from service.data.frame import Column
from service.data.leaks import leak_of

N = 400
DRAW = np.random.default_rng(5)
CODES = DRAW.integers(0, 3, N).astype(np.int32)
CLASSES = Column("category", CODES, ("a", "b", "c"))
NOISE = DRAW.normal(size=N)
Y = Column("number", NOISE * 3 + 7)


def numbers(values):
    return Column("number", np.asarray(values, np.float64))


@pytest.mark.parametrize(
    ("feature", "exact"),
    [
        (CLASSES, True),
        (Column("category", CODES, ("x", "y", "z")), False),
        (numbers(CODES * 10), False),
        (numbers(CODES + DRAW.random(N) / 2), False),
    ],
)
def test_a_copy_of_the_classes_is_a_leak(feature, exact):
    found = leak_of(feature, CLASSES, classes=True)
    assert found.is_exact is exact
    assert found.share > 0.995


@pytest.mark.parametrize(
    "feature",
    [
        numbers(DRAW.random(N)),
        numbers(CODES + DRAW.normal(size=N)),
        numbers(np.where(DRAW.random(N) < 0.9, CODES, 2 - CODES)),
        Column("category", np.arange(N, dtype=np.int32), tuple(map(str, range(N)))),
        numbers(np.full(N, np.nan)),
    ],
)
def test_what_only_helps_is_no_leak(feature):
    assert leak_of(feature, CLASSES, classes=True) is None


def test_a_class_that_nearly_all_rows_have_is_predicted_by_no_column():
    rare = Column("category", (np.arange(N) % 200 == 0).astype(np.int32), ("ok", "fraud"))
    assert leak_of(numbers(DRAW.random(N)), rare, classes=True) is None


@pytest.mark.parametrize("copy", [lambda y: y, lambda y: 1.8 * y + 32, np.exp, lambda y: y + NOISE[::-1] / 100])
def test_a_near_copy_of_a_number_is_a_leak(copy):
    found = leak_of(numbers(copy(Y.values)), Y, classes=False)
    assert found.share >= 0.99
    assert found.is_exact == (copy(Y.values) is Y.values)


def test_a_number_that_goes_with_another_is_no_leak():
    assert leak_of(numbers(Y.values + DRAW.normal(size=N)), Y, classes=False) is None
    assert leak_of(numbers(np.zeros(N)), Y, classes=False) is None
    assert leak_of(CLASSES, Y, classes=False) is None


def test_few_rows_show_nothing():
    assert leak_of(CLASSES.take(np.arange(20)), CLASSES.take(np.arange(20)), classes=True) is None
