"""Thresholds of one class: what they decide, and which is best on held-out rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics as sklearn

from service.engine.metrics.decisions import ClassThreshold, decisions
from service.engine.thresholds import FORMULAS, best_threshold, figures
from tests.examples import examples

ORACLES = {
    "accuracy": sklearn.accuracy_score,
    "balanced_accuracy": sklearn.balanced_accuracy_score,
    "f1": sklearn.f1_score,
    "precision": sklearn.precision_score,
    "recall": sklearn.recall_score,
}


@st.composite
def scored(draw, dtype=np.float32):
    """Probabilities with ties, and which rows are of the class: some of each."""
    count = draw(st.integers(2, 30))
    scores = draw(arrays(np.int64, count, elements=st.integers(1, 20))).astype(dtype) / dtype(20)
    positive = draw(arrays(np.bool_, count))
    positive[0], positive[1] = True, False
    return scores, positive


@given(scored())
@settings(max_examples=examples(30))
def test_figures_agree_with_scikit_learn(case):
    scores, positive = case
    found = figures(scores > 0.5, positive)
    for name, oracle in ORACLES.items():
        options = {"zero_division": 0} if name in ("f1", "precision", "recall") else {}
        assert found[name] == pytest.approx(oracle(positive, scores > 0.5, **options))


@pytest.mark.parametrize("metric", FORMULAS)
@given(case=scored())
@settings(max_examples=examples(15))
def test_no_threshold_is_better_than_the_chosen_one(metric, case):
    scores, positive = case
    best = best_threshold(scores, positive, metric)
    reached = figures(scores > np.float32(best.value), positive)[metric]
    assert reached == pytest.approx(best.score)
    cuts = np.arange(0, 20) / 20 + 0.025
    assert reached >= max(figures(scores > cut, positive)[metric] for cut in cuts if (scores > cut).any()) - 1e-12


@given(scored(), st.floats(0.1, 1))
@settings(max_examples=examples(30))
def test_a_threshold_keeps_to_its_bound_or_there_is_none(case, least):
    scores, positive = case
    best = best_threshold(scores, positive, "recall", ("precision", least))
    cuts = [cut for cut in np.arange(0, 20) / 20 + 0.025 if (scores > cut).any()]
    possible = [found for cut in cuts if (found := figures(scores > cut, positive))["precision"] >= least]
    if best is None:
        assert not possible
        return
    found = figures(scores > np.float32(best.value), positive)
    assert found["precision"] >= least
    assert found["recall"] == pytest.approx(max(one["recall"] for one in possible))


def test_of_equal_thresholds_the_one_closest_to_one_half_is_chosen():
    best = best_threshold(np.array([0.9, 0.6, 0.2]), np.array([True, True, False]), "f1")
    assert best.value == pytest.approx(0.4) and best.score == 1
    # A precision of 1 above .75 and above .4 alike.
    best = best_threshold(np.array([0.9, 0.6, 0.2]), np.array([True, True, False]), "precision")
    assert best.value == pytest.approx(0.4)


def test_between_two_neighbouring_numbers_the_lower_one_divides():
    low = np.float32(0.3)
    high = np.nextafter(low, np.float32(1))
    best = best_threshold(np.array([low, high]), np.array([False, True]), "f1")
    assert (np.array([low, high]) > best.value).tolist() == [False, True]


def test_rows_that_all_score_nothing_have_no_threshold():
    assert best_threshold(np.zeros(3), np.array([True, False, False]), "f1") is None


@pytest.mark.parametrize("index", [0, 1, 2])
def test_a_class_is_predicted_above_its_threshold_and_otherwise_the_most_probable_of_the_others(index):
    rows = np.array([[0.5, 0.3, 0.2], [0.5, 0.1, 0.4], [0.22, 0.28, 0.5], [0.6, 0.2, 0.2]])
    decided = decisions(ClassThreshold(index, 0.25).decided(rows), multilabel=False).argmax(axis=0)
    for row, found in zip(rows, decided, strict=True):
        others = max((place for place in range(3) if place != index), key=lambda place, row=row: row[place])
        assert found == (index if row[index] > 0.25 else others)


@pytest.mark.parametrize(("index", "expected"), [(1, [1, 0, 0]), (0, [1, 1, 0])])
def test_a_single_output_is_the_probability_of_the_second_class(index, expected):
    decided = ClassThreshold(index, 0.7).decided(np.array([[0.8], [0.5], [0.2]]))
    assert decided[:, 0].tolist() == expected


def test_what_is_no_number_stays_so():
    decided = ClassThreshold(1, 0.7).decided(np.array([[np.nan, np.nan], [0.1, 0.9]]))
    assert np.isnan(decided[0]).all() and decided[1].argmax() == 1
    assert np.isnan(ClassThreshold(1, 0.7).decided(np.array([[np.nan]]))).all()
