"""Permutation importance, against scikit-learn's on the same network."""

import numpy as np
import pytest
from sklearn import inspection
from sklearn.base import BaseEstimator

from service.engine.evaluation import evaluate
from service.engine.inference import predict
from service.engine.inspection.importance import BUDGET, affordable_rows, permutation_importance
from service.engine.metrics.table import METRICS
from service.engine.rows import Rows
from service.engine.units import Units
from tests.unit.engine.factories import a_network, dense, embedding, same_bits, some_rows, some_values, train

#: Enough for the two means, each of other deals, to differ by a few of their standard errors at most.
REPEATS = 120


class Estimator(BaseEstimator):
    """Our network as scikit-learn wants it."""

    def __init__(self, network, values):
        self.network, self.values = network, values

    def fit(self, x, y):
        return self

    def predict(self, x):
        outputs = predict(self.network, self.values, x)
        return outputs.argmax(axis=1) if self.network.outputs > 1 else outputs[:, 0]


def agrees_with_scikit_learn(network, values, rows, truth, scoring, metric):
    ours = permutation_importance(network, values, rows, [[i] for i in range(3)], metric=metric, repeats=REPEATS)
    theirs = inspection.permutation_importance(
        Estimator(network, values), rows.inputs, truth, scoring=scoring, n_repeats=REPEATS, random_state=0
    )
    error = np.hypot(theirs.importances_std, [group.std for group in ours.groups]) / np.sqrt(REPEATS)
    differences = np.array([group.mean for group in ours.groups]) - theirs.importances_mean
    assert (np.abs(differences) <= 4 * error + 1e-12).all()
    np.testing.assert_allclose([group.std for group in ours.groups], theirs.importances_std, rtol=0.35, atol=1e-12)
    return theirs


def test_the_rise_of_the_loss_is_that_of_scikit_learn():
    network = a_network(dense(8, "tanh"), dense(1))
    values, rows = some_values(network), some_rows(network, 80)
    truth, scoring = rows.targets[:, 0], "neg_mean_squared_error"
    theirs = agrees_with_scikit_learn(network, values, rows, truth, scoring, None)
    assert (np.abs(theirs.importances_mean) > 1e-3).any()


def test_the_fall_of_a_metric_is_that_of_scikit_learn():
    network = a_network(dense(8, "tanh"), dense(3, "softmax"), loss="cross_entropy")
    values = some_values(network)
    inputs = np.random.default_rng(3).normal(size=(100, 3))
    classes = predict(network, values, inputs).argmax(axis=1)
    rows = Rows.of(network, inputs, np.eye(3)[classes])
    theirs = agrees_with_scikit_learn(network, values, rows, classes, "accuracy", METRICS["accuracy"]())
    assert theirs.importances_mean.max() > 0.05


def test_columns_of_one_group_are_dealt_together():
    """The network takes the second column from the first, and they are equal."""
    network = a_network(dense(1, weights=[[1], [-1]]), inputs=2)
    column = np.random.default_rng(0).normal(size=(50, 1))
    rows = Rows.of(network, np.hstack((column, column)), np.zeros((50, 1)))
    together, first, second = permutation_importance(network, network.initial_values(), rows, [[0, 1], [0], [1]]).groups
    assert together.mean == together.std == 0
    assert first.mean > 0.5 and second.mean > 0.5


def test_a_column_that_nothing_reads_does_not_matter_and_the_others_stay_as_they_were():
    network = a_network(dense(1, weights=[[1], [0], [0]]))
    rows = some_rows(network, 30)
    once = permutation_importance(network, network.initial_values(), rows, [[1], [0], [2], range(1, 3)], seed=3)
    assert [group.mean == 0 for group in once.groups] == [True, False, True, True]
    assert once.baseline == evaluate(network, network.initial_values(), rows)["loss"] and once.measure == "loss"


def test_codes_of_categories_are_dealt_as_codes():
    network = a_network(embedding((1, 3, 2)), dense(1), inputs=2)
    rows = some_rows(network, 40)
    trainer, _ = train(network, rows, epochs=2)
    assert permutation_importance(network, trainer.values, rows, [[0], [1]]).groups[1].mean != 0


def test_the_same_seed_deals_the_same_and_nothing_given_is_changed():
    network = a_network(dense(4, "tanh"), dense(1))
    values, rows = some_values(network), some_rows(network, 30, weighted=True)
    kept = [values.copy(), rows.inputs.copy(), rows.targets.copy()]
    ones = [permutation_importance(network, values, rows, [[0], [1]], seed=seed, max_rows=20) for seed in (5, 5, 6)]
    assert ones[0] == ones[1] != ones[2] and ones[0].rows == 20 and ones[0].repeats == 5
    given = (values, rows.inputs, rows.targets)
    assert all(same_bits(array, copy) for array, copy in zip(given, kept, strict=True))


def test_a_metric_rises_in_the_users_units():
    network = a_network(dense(4, "tanh"), dense(1))
    values, rows = some_values(network), some_rows(network, 60)
    scaled = Rows.of(network, rows.inputs, rows.targets, units=Units([1000.0], [5.0]))
    plain, in_units = (
        permutation_importance(network, values, given, [[0]], metric=METRICS["mae"]()) for given in (rows, scaled)
    )
    assert in_units.measure == "mae" and in_units.baseline == pytest.approx(1000 * plain.baseline)
    assert in_units.groups[0].mean == pytest.approx(1000 * plain.groups[0].mean)


def test_what_can_be_afforded_falls_with_parameters_groups_and_repeats():
    network = a_network(dense(10), inputs=9)
    assert affordable_rows(network, 20, repeats=5) == int(BUDGET / (100 * 20 * 5))
    assert affordable_rows(network, 20, repeats=5, budget=1e3) == 0
