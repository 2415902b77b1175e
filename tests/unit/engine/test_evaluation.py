"""Metrics of a network on rows: those of its outputs, whether or not its scores have the same order."""

import numpy as np

from service.engine.evaluation import evaluate
from service.engine.inference import predict
from service.engine.metrics.table import METRICS
from service.engine.rows import Rows
from service.engine.units import Units
from tests.unit.engine.factories import a_network, dense

LABELS = np.eye(3)[np.random.default_rng(0).integers(0, 3, 200)]
ONES = np.ones((200, 1))


def accuracy(outputs, loss, targets, units=None):
    """As it is asked for alone, and with a metric that needs the outputs themselves."""
    network = a_network(dense(outputs, "softmax"), inputs=4, loss=loss, seed=3)
    inputs = np.random.default_rng(1).normal(size=(200, 4))
    rows = Rows.of(network, inputs, targets, units=units)
    values = network.initial_values()
    alone = evaluate(network, values, rows, [METRICS["accuracy"]()])["accuracy"]
    assert alone == evaluate(network, values, rows, [METRICS["accuracy"](), METRICS["mae"]()])["accuracy"]
    return alone, predict(network, values, inputs)


def test_accuracy_of_one_class_among_many_is_that_of_the_largest_output():
    found, outputs = accuracy(3, "cross_entropy", LABELS)
    assert found == np.mean(outputs.argmax(axis=1) == LABELS.argmax(axis=1))


def test_outputs_that_are_a_yes_or_no_each_are_held_against_a_half():
    found, outputs = accuracy(3, "binary_cross_entropy", LABELS)
    assert found == METRICS["accuracy"]().of(outputs, LABELS, multilabel=True)


def test_a_softmax_of_one_output_is_always_sure():
    assert accuracy(1, "mean_squared_error", ONES)[0] == 1.0


def test_outputs_in_units_are_compared_in_units():
    units = Units(np.array([1.0, 10.0, 0.1]), np.array([0.0, -1.0, 0.3]))
    found, outputs = accuracy(3, "mean_squared_error", LABELS, units)
    best = units.restore(outputs).argmax(axis=1)
    assert found == np.mean(best == units.restore_targets(LABELS).argmax(axis=1))
