"""One step in full: what is shown is what training computes, and each number follows from the ones before it."""

import json

import numpy as np
import pytest

from service.engine.inference import predict
from service.engine.inspection.explanation import explain
from service.engine.inspection.gradcheck import check_gradient
from service.engine.inspection.passes import backpropagate
from service.engine.optimizers import OPTIMIZERS, Adam, Sgd
from tests.unit.engine.factories import a_network, dense, some_rows, some_values, train
from tests.unit.engine.textbook import Textbook, half_squared_error

EVERYTHING = [
    dense(5, "gelu", l2=0.1),
    {"type": "batch_norm"},
    {"type": "activation", "activation": "tanh"},
    {"type": "dropout", "drop_rate": 0.4},
    {"type": "residual", "layers": [{"type": "layer_norm"}, dense(5, "elu", bias=False)]},
    {"type": "layer_norm"},
    dense(2, "sigmoid"),
]


def explained(network, optimizer=None, **kind):
    rows = some_rows(network, **kind)
    explanation = explain(network, some_values(network), rows, optimizer or Sgd(learning_rate=0.1))
    return rows, explanation, {layer.name: layer for layer in explanation.layers}


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("weighted", [False, True])
def test_a_stack_of_layers_shows_the_numbers_of_the_textbook(weighted):
    network = a_network(dense(5, "tanh"), dense(4, "sigmoid"), dense(2, "relu"), loss="half_squared_error")
    rows, explanation, layers = explained(network, weighted=weighted)
    oracle = Textbook.of(network, some_values(network), half_squared_error, rate=0.1)
    inputs, *activations = oracle.forward(rows.inputs)
    before = list(oracle.weights)
    assert explanation.loss == pytest.approx(oracle.epoch(rows, len(rows)), rel=1e-12)
    close(explanation.outputs, activations[-1])
    below = [inputs, *activations]
    for index, layer in enumerate(layers.values()):
        close(layer.z, below[index] @ before[index] + network.tensors(some_values(network))[f"{layer.name}.biases"])
        close(layer.activation, activations[index])
        close(layer.gradients["weights"], (before[index] - oracle.weights[index]) / 0.1)
        close(layer.gradients["weights"], below[index].T @ layer.delta)
        close(layer.gradients["biases"], layer.delta.sum(axis=0))
        close(explanation.after[index]["weights"], oracle.weights[index])
        close(explanation.after[index]["biases"], oracle.biases[index])


def test_every_kind_of_layer_shows_what_its_gradient_is_made_of():
    network = a_network(*EVERYTHING)
    rows, _, layers = explained(network)
    weights = network.tensors(some_values(network))
    first, normal, tanh = layers["dense_1"], layers["batch_norm_1"], layers["activation_1"]
    close(first.gradients["weights"], rows.inputs.T @ first.delta + 0.1 * weights["dense_1.weights"])
    close(normal.gradients["shift"], normal.delta.sum(axis=0))
    close(tanh.activation, np.tanh(normal.activation))
    close(normal.delta, tanh.delta)
    dropped, skip, inner = layers["dropout_1"], layers["residual_1"], layers["residual_1.dense_1"]
    close(dropped.activation * (dropped.activation != 0), tanh.activation / 0.6 * (dropped.activation != 0))
    close(tanh.delta, dropped.delta * (1 - tanh.activation**2))
    assert 0 < np.mean(dropped.activation == 0) < 1
    close(skip.activation, dropped.activation + inner.activation)
    close(inner.gradients["weights"], layers["residual_1.layer_norm_1"].activation.T @ inner.delta)
    last = layers["dense_2"]
    close(layers["layer_norm_1"].delta, last.delta @ weights["dense_2.weights"].T)
    close(layers["layer_norm_1"].gradients["shift"], layers["layer_norm_1"].delta.sum(axis=0))
    close(last.gradients["weights"], layers["layer_norm_1"].activation.T @ last.delta)


def test_the_gradients_shown_are_those_that_the_checker_checks():
    network = a_network(*EVERYTHING)
    rows, _, layers = explained(network)
    padded = np.zeros(network.size)
    padded[: network.parameter_count] = backpropagate(network, some_values(network), rows).gradient
    expected = {name: tensor for name, tensor in network.tensors(padded).items() if tensor.any()}
    shown = {f"{layer.name}.{key}": value for layer in layers.values() for key, value in layer.gradients.items()}
    assert expected.keys() <= shown.keys()
    for name, gradient in expected.items():
        close(shown[name], gradient)
    assert check_gradient(network, some_values(network), rows).error < 1e-8


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_the_step_shown_is_the_step_that_training_takes(optimizer):
    layers = [layer for layer in EVERYTHING if layer["type"] != "dropout"]
    network = a_network(*layers)
    rows, explanation, _ = explained(network, OPTIMIZERS[optimizer](), weighted=True)
    trainer, (report,) = train(
        network, rows, values=some_values(network), epochs=1, batch_size="full", optimizer=optimizer
    )
    assert explanation.loss == pytest.approx(report.loss, rel=1e-12)
    for ours, theirs in zip(explanation.after, network.layers_json(trainer.values), strict=True):
        assert ours.keys() == theirs.keys() and ours["name"] == theirs["name"]
        for key in ours.keys() - {"name", "type"}:
            close(ours[key], theirs[key])


def test_a_dropout_mask_is_the_same_every_time_and_in_the_step():
    network = a_network(*EVERYTHING)
    _, once, layers = explained(network)
    _, again, _ = explained(network)
    assert once.to_json() == again.to_json()
    before = network.tensors(some_values(network))["dense_2.weights"]
    close(once.after[-1]["weights"], before - 0.1 * layers["dense_2"].gradients["weights"])


@pytest.mark.parametrize("last", [{"type": "batch_norm"}, {"type": "dropout", "drop_rate": 0.5}])
def test_a_last_layer_without_an_activation_has_no_z(last):
    _, explanation, layers = explained(a_network(dense(2), last))
    shown = layers[f"{last['type']}_1"]
    assert shown.z is None and layers["dense_1"].z is not None
    close(shown.activation, explanation.outputs)


def test_outputs_without_dropout_and_batch_statistics_are_predictions():
    network = a_network(dense(4, "swish"), {"type": "layer_norm"}, dense(3, "softmax"), loss="cross_entropy")
    rows, explanation, _ = explained(network)
    close(explanation.outputs, predict(network, some_values(network), rows.inputs))


def test_the_calls_tell_the_step_in_order():
    network = a_network(dense(2, "sigmoid"), dense(1))
    _, explanation, _ = explained(network, Adam())
    said = [help for _, help in explanation.calls]
    wanted = ["z = W x + b", "a = -z", "z = W x + b", "δ = a - y", "dW = δ xᵀ", "dx = Wᵀ δ", "f' = a²", "W = W - Δ"]
    found = iter(said)
    assert all(word in found for word in wanted), said
    assert all(said) and {layer for layer, _ in explanation.calls} == {"", "dense_1", "dense_2"}


def test_it_is_plain_json_with_the_formula_of_every_layer():
    network = a_network(*EVERYTHING)
    _, explanation, layers = explained(network)
    data = json.loads(json.dumps(explanation.to_json()))
    assert [layer["name"] for layer in data["layers"]] == [node.name for node in network.all_nodes]
    assert all(layer["formula"] for layer in data["layers"])
    assert layers["dense_1"].formula.startswith("z = W x + b, a = ½ z") and layers["dense_2"].formula.endswith(
        "exp(-z))"
    )
    assert data["layers"][1]["z"] is None and data["layers"][0]["z"] == layers["dense_1"].z.tolist()
