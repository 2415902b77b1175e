"""Curves and calibration, by scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics as sklearn
from sklearn.calibration import calibration_curve

from service.engine.metrics.curves import MAX_POINTS, brier, calibration, curves

SCORES = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0]) | st.floats(0, 1)


@st.composite
def scored(draw):
    rows = draw(st.integers(2, 40))
    positive = draw(arrays(np.bool_, rows))
    positive[:2] = [True, False]
    return draw(arrays(np.float64, rows, elements=SCORES)), positive


@given(scored())
def test_curves_are_those_of_scikit_learn(case):
    scores, positive = case
    found = curves(scores, positive)
    x, y, thresholds = sklearn.roc_curve(positive, scores, drop_intermediate=False)
    np.testing.assert_allclose([(point.x, point.y) for point in found.roc], np.stack((x, y), axis=1))
    assert [point.threshold for point in found.roc[1:]] == thresholds[1:].tolist()
    precision, recall, thresholds = sklearn.precision_recall_curve(positive, scores)
    expected = list(zip(thresholds[::-1], recall[:-1][::-1], precision[:-1][::-1], strict=True))
    np.testing.assert_allclose(found.precision_recall, expected)
    assert found.average_precision == pytest.approx(sklearn.average_precision_score(positive, scores))


@given(scored())
def test_calibration_is_that_of_scikit_learn(case):
    probabilities, positive = case
    bins = calibration(probabilities, positive)
    observed, predicted = calibration_curve(positive, probabilities, n_bins=10)
    np.testing.assert_allclose([one.observed for one in bins], observed)
    np.testing.assert_allclose([one.predicted for one in bins], predicted)
    assert sum(one.rows for one in bins) == len(positive)
    assert brier(probabilities, positive) == pytest.approx(sklearn.brier_score_loss(positive, probabilities))


def test_a_long_curve_is_thinned_and_keeps_its_ends_and_its_area():
    draw = np.random.default_rng(1)
    positive = draw.random(50_000) < 0.3
    scores = np.clip(draw.normal(positive * 0.3 + 0.3, 0.2), 0, 1)
    found = curves(scores, positive)
    assert MAX_POINTS / 2 < len(found.roc) <= MAX_POINTS
    assert MAX_POINTS / 2 < len(found.precision_recall) <= MAX_POINTS
    assert (found.roc[0].x, found.roc[0].y, found.roc[-1].x, found.roc[-1].y) == (0, 0, 1, 1)
    assert found.precision_recall[-1].x == 1
    area = np.trapezoid([point.y for point in found.roc], [point.x for point in found.roc])
    assert area == pytest.approx(sklearn.roc_auc_score(positive, scores), abs=1e-3)


@pytest.mark.parametrize("positive", [[True, True], [False, False]])
def test_rows_of_one_kind_have_no_curve(positive):
    assert curves(np.array([0.2, 0.7]), np.array(positive)) is None
    assert curves(np.array([np.nan, 0.7]), np.array([True, False])) is None
