"""Temperatures and conformal quantiles: what they promise, on rows drawn at random."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import log_loss

from service.engine.calibration import (
    KEPT,
    PRIOR,
    conformal_quantile,
    fit_temperature,
    kept_ranks,
    kept_scores,
    log_losses,
    rows_needed,
)
from service.engine.inference import Predictor, predict
from service.engine.inspection.attribution import attribute
from service.engine.network import Network
from service.engine.spec import NetworkSpec
from tests.examples import examples

SCORES = arrays(np.float64, st.tuples(st.integers(2, 5), st.integers(1, 40)), elements=st.floats(-30, 30))
LEVELS = st.floats(0.05, 0.95)


def one_hot(classes, count):
    return np.eye(count)[classes].T


def softmax(z):
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=0)


def drawn(seed, rows, outputs, overconfidence):
    """Scores whose classes are drawn from a softmax of z / overconfidence."""
    draw = np.random.default_rng(seed)
    z = draw.normal(0, 2, (outputs, rows)) * overconfidence
    classes = [draw.choice(outputs, p=share) for share in softmax(z / overconfidence).T]
    return z, one_hot(classes, outputs)


def test_the_log_loss_is_that_of_scikit_learn():
    z, y = drawn(0, 50, 4, 1.0)
    expected = log_loss(y.argmax(axis=0), softmax(z / 1.7).T, labels=range(4))
    assert log_losses(z, y, softmax=True, temperature=1.7).mean() == pytest.approx(expected)
    z, y = z[:1], (y[:1] > 0).astype(float)
    expected = log_loss(y[0], 1 / (1 + np.exp(-z[0] / 1.7)))
    assert log_losses(z, y, softmax=False, temperature=1.7).mean() == pytest.approx(expected)


@settings(max_examples=examples(25), deadline=None)
@given(SCORES, st.integers(0, 1000), st.booleans())
def test_a_temperature_never_raises_the_log_loss_of_the_rows_it_is_fitted_to(z, seed, is_softmax):
    y = one_hot(np.random.default_rng(seed).integers(0, len(z), z.shape[1]), len(z))
    fitted = fit_temperature(z, y, softmax=is_softmax)
    before, after = (log_losses(z, y, softmax=is_softmax, temperature=t).sum() for t in (1.0, fitted))
    assert after <= before and fitted > 0


@pytest.mark.parametrize("overconfidence", [0.4, 1.0, 3.0])
def test_a_temperature_is_found_again_where_there_are_many_rows(overconfidence):
    z, y = drawn(3, 20_000, 3, overconfidence)
    assert fit_temperature(z, y, softmax=True) == pytest.approx(overconfidence, rel=0.04)


def test_few_rows_change_little():
    z, y = np.array([[2.0], [0.0]]), np.array([[0.0], [1.0]])
    fitted = fit_temperature(z, y, softmax=True)
    # The derivative of log(1 + e^(2/T)) + log²T / (2 PRIOR²) by log T is 0: 2/T σ(2/T) = log T / PRIOR².
    slope = 2 / fitted / (1 + math.exp(-2 / fitted))
    assert slope == pytest.approx(math.log(fitted) / PRIOR**2, rel=1e-5)
    assert 1 < fitted < 1.5


def test_scores_that_are_not_finite_leave_probabilities_alone():
    assert fit_temperature(np.array([[np.inf, 1]]), np.array([[1.0, 0]]), softmax=False) == 1
    assert fit_temperature(np.zeros((1, 0)), np.zeros((1, 0)), softmax=False) == 1


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=60), LEVELS)
def test_of_exchangeable_rows_at_least_the_promised_share_is_covered(values, level):
    """Each of the rows is as likely the new one: of all such draws, at least this share must be covered."""
    rows, covered = len(values), 0
    for place, new in enumerate(values):
        others = np.array(values[:place] + values[place + 1 :])
        quantile = conformal_quantile(kept_scores(others), rows - 1, level)
        covered += quantile is None or new <= quantile
    assert covered >= level * rows - 1e-6


@settings(max_examples=examples(20), deadline=None)
@given(st.integers(KEPT, 5000), LEVELS, st.integers(0, 100))
def test_kept_scores_cover_no_less_than_all_would_and_hardly_more(count, level, seed):
    scores = np.random.default_rng(seed).exponential(size=count)
    rank = math.ceil(round((count + 1) * level, 9))
    found = conformal_quantile(kept_scores(scores), count, level)
    place = int(np.searchsorted(np.sort(scores), found))
    assert 0 <= place - (rank - 1) <= count / (KEPT - 1) + 1


def test_split_conformal_covers_what_it_promises_over_many_draws():
    draw = np.random.default_rng(5)
    draws = draw.lognormal(size=(4000, 76))
    covered = [row[75] <= conformal_quantile(kept_scores(row[:75]), 75, 0.9) for row in draws]
    assert 0.89 < np.mean(covered) < 0.93


@given(st.integers(1, 10_000))
def test_the_ends_are_always_kept(count):
    ranks = kept_ranks(count)
    assert ranks[0] == 0 and ranks[-1] == count - 1 and len(ranks) == min(count, KEPT)


@pytest.mark.parametrize(("level", "rows"), [(0.5, 1), (0.9, 9), (0.95, 19), (0.99, 99)])
def test_a_level_needs_rows(level, rows):
    assert rows_needed(level) == rows
    scores = tuple(float(number) for number in range(rows))
    assert conformal_quantile(scores, rows, level) == rows - 1
    assert conformal_quantile(scores[:-1], rows - 1, level) is None


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
def test_a_predictor_divides_scores_whether_of_one_row_or_many(dtype, activation):
    layers = [{"type": "dense", "units": 4, "activation": "tanh"}, {"type": "dense", "units": 3}]
    network = Network(NetworkSpec.from_json({"inputs": 2, "layers": layers, "dtype": dtype}))
    of_classes = [layers[0], {**layers[1], "activation": activation}]
    tempered = Network(NetworkSpec.from_json({"inputs": 2, "layers": of_classes, "dtype": dtype}))
    values = np.random.default_rng(0).normal(0, 3, network.size).astype(dtype)
    x = np.random.default_rng(1).normal(size=(5, 2)).astype(dtype)
    z = predict(network, values, x).T / np.array(2.5, dtype)
    expected = softmax(z).T if activation == "softmax" else 1 / (1 + np.exp(-z.T))
    predictor = Predictor(tempered, values, 2.5)
    tolerance = 1e-6 if dtype == "float32" else 1e-13
    np.testing.assert_allclose(predictor.predict(x), expected, rtol=0, atol=tolerance)
    for row, one in zip(x, expected, strict=True):
        np.testing.assert_allclose(predictor.predict(row[np.newaxis]), [one], rtol=0, atol=tolerance)
    found = attribute(tempered, values, x, np.zeros(5, int), temperature=2.5)
    np.testing.assert_allclose(found.outputs, expected[:, 0], atol=tolerance)
    np.testing.assert_allclose(found.values.sum(axis=1), found.outputs - found.baseline_outputs, atol=2e-3)
