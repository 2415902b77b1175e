"""Weights of an ensemble's mean: chosen on held-out rows, and kept equal where others would be chance."""

import numpy as np
import pytest
from scipy.optimize import nnls

from service.engine.averaging import ROUNDS, choose
from service.engine.network import Network
from service.engine.spec import NetworkSpec

generator = np.random.default_rng(5)


def head_of(loss, activation, units):
    layers = [{"type": "dense", "units": units, "activation": activation}]
    return Network(NetworkSpec.from_json({"inputs": 1, "layers": layers, "loss": loss})).head


NUMBERS = head_of("mean_squared_error", "linear", 1)
CLASSES = head_of("cross_entropy", "softmax", 3)
TWO = head_of("binary_cross_entropy", "sigmoid", 1)


def test_weights_of_numbers_are_near_those_of_least_squares():
    y = generator.normal(size=(1, 400))
    z = np.stack([y + spread * generator.normal(size=y.shape) for spread in (0.3, 0.5, 2.0)])
    found = choose(NUMBERS, z, y)
    wanted, _ = nnls(z[:, 0].T, y[0])
    assert found.weights == pytest.approx(wanted / wanted.sum(), abs=1.5 / ROUNDS)
    assert found.is_sure and found.loss < found.equal_loss


def test_one_that_only_does_harm_gets_none():
    y = generator.normal(size=(1, 200))
    z = np.stack([y + 0.1 * generator.normal(size=y.shape), 5 * generator.normal(size=y.shape)])
    assert choose(NUMBERS, z, y).weights.tolist() == [1, 0]


@pytest.mark.parametrize(("head", "units"), [(CLASSES, 3), (TWO, 1)])
def test_losses_are_those_of_mean_probabilities(head, units):
    rows = 50
    z = generator.normal(size=(2, units, rows))
    y = np.eye(3)[generator.integers(3, size=rows)].T if units == 3 else generator.integers(2, size=(1, rows)) * 1.0
    found = choose(head, z, y)
    for weights, loss in (([0.5, 0.5], found.equal_loss), (found.weights, found.loss)):
        p = np.tensordot(weights, np.stack([head.apply(one) for one in z]), 1)
        by_hand = (y * np.log(p)).sum(axis=0) if units == 3 else (y * np.log(p) + (1 - y) * np.log(1 - p))[0]
        assert loss == pytest.approx(-by_hand.mean(), rel=1e-9)


def test_equals_are_kept_equal():
    y = generator.normal(size=(1, 300))
    found = choose(NUMBERS, y + 0.5 * generator.normal(size=(4, 1, 300)), y)
    assert not found.is_sure


def test_a_row_counts_as_its_weight_says():
    y = np.zeros((1, 200))
    z = np.zeros((2, 1, 200))
    z[0, :, 100:], z[1, :, :100] = 1, 1  # each is right on one half
    assert choose(NUMBERS, z, y, np.repeat([1.0, 0.0], 100)).weights.tolist() == [1, 0]
    assert choose(NUMBERS, z, y, np.repeat([0.0, 1.0], 100)).weights.tolist() == [0, 1]


def test_one_that_is_not_finite_is_never_taken():
    y = generator.normal(size=(1, 40))
    z = np.stack([np.full_like(y, np.nan), y])
    assert choose(NUMBERS, z, y).weights.tolist() == [0, 1]
