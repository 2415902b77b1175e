"""Metrics in the user's units: as if the targets had never been scaled."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sklearn

from service.engine.evaluation import evaluate
from service.engine.inference import predict
from service.engine.metrics.table import METRICS
from service.engine.rows import Rows
from service.engine.training.stackable import Training
from service.engine.training.stacked import StackedTrainer
from service.engine.units import Units
from tests.unit.engine.factories import a_network, a_trainer, a_training, dense, some_rows, some_values

NAMES = ["mae", "rmse", "mape", "r2"]
METRICS_OF_VALUES = [METRICS[name]() for name in NAMES]
UNITS = Units([120.0, 0.003], [4000.0, -1.0])


def rows_in_units(network, count=40, *, seed=2, units=UNITS):
    rows = some_rows(network, count, seed=seed)
    return Rows.of(network, rows.inputs, rows.targets, units=units)


def by_scikit_learn(network, values, rows):
    outputs = predict(network, values, rows.inputs).astype(np.float64) * UNITS.scale + UNITS.shift
    truth = rows.targets.astype(np.float64) * UNITS.scale + UNITS.shift
    return {
        "mae": sklearn.mean_absolute_error(truth, outputs),
        "rmse": sklearn.root_mean_squared_error(truth, outputs),
        "mape": sklearn.mean_absolute_percentage_error(truth, outputs),
        "r2": sklearn.r2_score(truth, outputs),
    }


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_an_evaluation_is_that_of_scikit_learn_in_the_users_units_and_the_loss_that_of_training(dtype):
    network = a_network(dense(5, "tanh"), dense(2), dtype=dtype)
    values, rows = some_values(network), rows_in_units(network)
    numbers = evaluate(network, values, rows, METRICS_OF_VALUES)
    loss = numbers.pop("loss")
    assert numbers == pytest.approx(by_scikit_learn(network, values, rows), rel=1e-5 if dtype == "float32" else 1e-12)
    assert loss == evaluate(network, values, some_rows(network, 40))["loss"]


def test_every_epoch_measures_training_and_validation_in_units_of_their_own_rows():
    network = a_network(dense(5, "tanh"), dense(2))
    rows, validation = rows_in_units(network), rows_in_units(network, 15, seed=3)
    trainer = a_trainer(network, rows, validation=validation, epochs=3, batch_size="full", metrics=NAMES)
    plain = a_trainer(network, some_rows(network, 40), epochs=3, batch_size="full")
    before = trainer.values.copy()
    for report, unscaled in zip(trainer.epochs(), plain.epochs(), strict=True):
        wanted = by_scikit_learn(network, before, rows)
        wanted |= {f"val_{key}": v for key, v in by_scikit_learn(network, trainer.values, validation).items()}
        assert report.metrics == pytest.approx(wanted, rel=1e-12)
        assert report.loss == unscaled.loss
        before = trainer.values.copy()


def test_the_networks_of_a_stack_train_the_same_and_are_judged_in_units():
    networks = [a_network(dense(4), dense(2), dtype="float32", seed=seed) for seed in (1, 2)]
    rows, training = rows_in_units(networks[0]), a_training(epochs=2, metrics=METRICS_OF_VALUES)
    trainer = StackedTrainer([Training(network=each, spec=training, rows=rows, validation=rows) for each in networks])
    *_, last = trainer.epochs()
    for index, one in enumerate(trainer.networks):
        expected = by_scikit_learn(networks[index], one.values, rows)["mae"]
        assert last[index].metrics["val_mae"] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@given(shift=st.just(0.0) | st.floats(1e-6, 1e6) | st.floats(-1e6, -1e-6), scale=st.floats(1e-3, 1e6))
def test_a_target_of_zero_is_zero_again_and_has_no_percentage(dtype, shift, scale):
    units = Units([scale], [shift])
    learnt = np.array([[(0.0 - shift) / scale]], dtype)
    assert units.restore_targets(learnt)[0, 0] == 0
    assert math.isnan(METRICS["mape"]().of(units.restore(learnt), units.restore_targets(learnt)))


def test_rows_that_are_taken_keep_weights_and_units():
    network = a_network(dense(2))
    rows = some_rows(network, 5, weighted=True)
    rows = Rows.of(network, rows.inputs, rows.targets, rows.sample_weights, units=UNITS)
    taken = rows.take(np.array([3, 1]))
    assert np.array_equal(taken.inputs, rows.inputs[[3, 1]]) and np.array_equal(taken.targets, rows.targets[[3, 1]])
    assert np.array_equal(taken.sample_weights, rows.sample_weights[[3, 1]]) and taken.units is UNITS


@pytest.mark.parametrize(
    ("scale", "shift"), [([0.0], [1.0]), ([1.0, 2.0], [1.0]), ([np.nan], [0.0]), ([1.0], [np.inf]), (1.0, 2.0)]
)
def test_units_that_cannot_be_undone_are_rejected(scale, shift):
    with pytest.raises(ValueError, match="scale"):
        Units(scale, shift)


def test_units_of_another_number_of_outputs_are_rejected():
    network = a_network(dense(1))
    with pytest.raises(ValueError, match="units must be of 1 outputs, got 2"):
        Rows.of(network, [[1, 2, 3]], [[1]], units=UNITS)
