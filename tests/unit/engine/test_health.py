"""What a report says of each layer, recomputed, and the networks that earn each verdict."""

import json

import numpy as np
import pytest

from service.engine.inspection.passes import backpropagate
from service.engine.rows import Rows
from tests.unit.engine.factories import a_network, a_trainer, dense, some_rows, train

RATE = 0.1
SGD = {"type": "sgd", "learning_rate": RATE}


def health(network, rows, **settings):
    """Each layer's health in the first step, by name."""
    settings = {"optimizer": SGD, "batch_size": "full"} | settings
    _, (report,) = train(network, rows, epochs=1, **settings)
    return {layer.layer: layer for layer in report.layers}


def test_norms_and_update_ratios_are_those_of_the_last_step():
    network = a_network(
        dense(5, "tanh"), {"type": "batch_norm"}, {"type": "residual", "layers": [dense(5, "swish")]}, dense(2)
    )
    rows = some_rows(network)
    start = network.initial_values()
    gradient = np.zeros(network.size)
    gradient[: network.parameter_count] = backpropagate(network, start.copy(), rows).gradient
    trainer, (report,) = train(network, rows, epochs=1, batch_size="full", optimizer=SGD)

    def norm(flat, layer):
        own = [segment for segment in network.trained if segment.layer == layer]
        return np.sqrt(sum((flat[segment.span] ** 2).sum() for segment in own))

    assert [layer.layer for layer in report.layers] == ["dense_1", "batch_norm_1", "residual_1.dense_1", "dense_2"]
    for layer in report.layers:
        assert layer.weight_norm == pytest.approx(norm(trainer.values, layer.layer), rel=1e-12)
        assert layer.gradient_norm == pytest.approx(norm(gradient, layer.layer), rel=1e-12)
        assert layer.update_ratio == pytest.approx(RATE * layer.gradient_norm / layer.weight_norm, rel=1e-12)
    assert report.gradient_norm == pytest.approx(np.linalg.norm(gradient), rel=1e-12)
    assert json.loads(json.dumps([layer.to_json() for layer in report.layers]))[0]["layer"] == "dense_1"


def test_a_healthy_network_has_no_verdict():
    network = a_network(dense(8, "relu"), dense(8, "tanh"), dense(2))
    layers = health(network, some_rows(network, 50))
    assert {layer.verdict for layer in layers.values()} == {None}
    assert layers["dense_2"].stuck == 0.0 and layers["dense_3"].stuck is None


@pytest.mark.parametrize(("off", "verdict"), [(5, "dead"), (4, "dead"), (3, None)])
def test_a_rectified_layer_is_dead_when_half_of_its_units_are_never_on(off, verdict):
    biases = [-100.0] * off + [1.0] * (8 - off)
    network = a_network(dense(8, "relu", biases=biases), dense(2))
    layer = health(network, some_rows(network, 50))["dense_1"]
    assert (layer.stuck, layer.verdict) == (off / 8, verdict)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "softsign", "hard_sigmoid"])
def test_saturated_units_are_counted_where_an_activation_can_saturate(activation):
    biases = [1000.0, -1000.0, 0.0, 0.1]
    network = a_network(dense(4, activation, biases=biases), dense(2))
    assert health(network, some_rows(network, 50))["dense_1"].stuck == 0.5


def test_the_first_layers_of_deep_sigmoids_vanish():
    network = a_network(*[dense(8, "sigmoid") for _ in range(9)], dense(2))
    layers = list(health(network, some_rows(network, 50)).values())
    assert layers[0].verdict == "vanishing" and layers[-1].verdict is None


def test_a_gradient_far_larger_than_the_weights_explodes():
    network = a_network(dense(2), inputs=1)
    rows = Rows.of(network, [[1.0], [1.0]], [[1e6, 1e6], [1e6, 1e6]])
    assert health(network, rows, optimizer={"type": "sgd", "learning_rate": 1e-9})["dense_1"].verdict == "exploding"


@pytest.mark.parametrize(("batch_size", "looked_at"), [("full", [200, 400, 450]), (1, range(1, 451))])
def test_layers_are_looked_at_about_every_two_hundred_steps_and_at_the_end(batch_size, looked_at):
    network = a_network(dense(1))
    count = 200 if batch_size == 1 else 3
    trainer = a_trainer(network, some_rows(network, count), epochs=450, batch_size=batch_size, optimizer=SGD)
    assert [report.epoch for report in trainer.epochs() if report.layers is not None] == list(looked_at)
