"""Backpropagation against central differences, for everything a spec can combine."""

import itertools

import numpy as np
import pytest

from service.engine.activations.sigmoids import Tanh
from service.engine.activations.table import ACTIVATIONS
from service.engine.inspection.gradcheck import check_gradient
from service.engine.inspection.passes import backpropagate
from service.engine.losses.table import LOSSES
from service.engine.tape import Tape
from tests.unit.engine.factories import a_network, dense, embedding, some_rows, some_values

#: The bound for all; what is reached is far below it, and a slip in a formula far above.
BOUND = 1e-8

BATCH_NORM = {"type": "batch_norm"}
LAYER_NORM = {"type": "layer_norm"}
SWISH = {"type": "activation", "activation": "swish"}
DROPOUT = {"type": "dropout", "drop_rate": 0.4}


def residual(*layers):
    return {"type": "residual", "layers": layers}


#: Stacks of layers with one output each for three inputs, by what they are about.
STACKS = {
    "no bias": [dense(4, "tanh", bias=False), dense(3, bias=False)],
    "frozen bias": [dense(4, "tanh", train_bias=False, bias_init=0.3), dense(3, train_bias=False)],
    "l1 and l2": [dense(4, "tanh", l1=0.05, l2=0.3), dense(3, l1=0.02), dense(3, l2=0.1, bias=False)],
    "batch_norm inside": [dense(4), BATCH_NORM, SWISH, dense(3)],
    "batch_norm at both ends": [BATCH_NORM, dense(3), BATCH_NORM],
    "layer_norm inside": [dense(4), LAYER_NORM, SWISH, dense(3)],
    "layer_norm at both ends": [LAYER_NORM, dense(3), LAYER_NORM],
    "activation at both ends": [SWISH, dense(4), SWISH, dense(3), {"type": "activation", "activation": "softmax"}],
    "dropout everywhere": [DROPOUT, dense(8, "tanh"), DROPOUT, dense(3), DROPOUT],
    "dropout of nothing": [dense(4, "tanh"), {"type": "dropout", "drop_rate": 0}, dense(3)],
    "residual inside": [dense(4), residual(dense(6, "tanh"), dense(4, "sigmoid")), dense(3)],
    "residual at both ends": [residual(dense(3, "tanh")), dense(3), residual(dense(3, "mish"))],
    "residual in residual": [residual(LAYER_NORM, residual(dense(3, "tanh"), DROPOUT), BATCH_NORM), dense(3)],
    "residual of an identity": [dense(3), residual({"type": "dropout", "drop_rate": 0}), dense(3)],
    "embedding first": [embedding((1, 3, 2)), dense(4, "tanh"), dense(3)],
    "embedding of several": [embedding((2, 3, 2), (0, 1, 3)), LAYER_NORM, DROPOUT, dense(3)],
    "embedding of all": [embedding((0, 2, 1), (1, 2, 2), (2, 2, 1)), residual(dense(4, "tanh")), dense(3)],
    "embedding alone": [embedding((1, 4, 1)), {"type": "activation", "activation": "softmax"}],
    "norm after norm": [dense(4), BATCH_NORM, LAYER_NORM, BATCH_NORM, SWISH, DROPOUT, dense(3, "softplus")],
}

#: Losses and activations with their parameters away from the defaults.
SETTINGS = {
    "huber of small delta": ({"type": "huber", "delta": 0.3}, "linear", "tanh"),
    "huber of large delta": ({"type": "huber", "delta": 50}, "linear", "tanh"),
    "smoothed binary cross-entropy": ({"type": "binary_cross_entropy", "label_smoothing": 0.2}, "sigmoid", "tanh"),
    "smoothed binary cross-entropy of tanh": (
        {"type": "binary_cross_entropy", "label_smoothing": 0.2},
        "softsign",
        "tanh",
    ),
    "smoothed cross-entropy": ({"type": "cross_entropy", "label_smoothing": 0.2}, "softmax", "tanh"),
    "smoothed cross-entropy of sigmoids": ({"type": "cross_entropy", "label_smoothing": 0.2}, "sigmoid", "tanh"),
    "steep leaky_relu": ("log_cosh", "linear", {"type": "leaky_relu", "negative_slope": 0.6}),
    "flat leaky_relu": ("log_cosh", "linear", {"type": "leaky_relu", "negative_slope": 0}),
    "deep elu": ("log_cosh", {"type": "elu", "alpha": 2.5}, {"type": "elu", "alpha": 0.2}),
}


def agrees(network, *, rows=6, weighted=False, directions=2):
    check = check_gradient(
        network, some_values(network), some_rows(network, rows, weighted=weighted), directions=directions
    )
    assert check.error <= BOUND and check.backpropagated != 0, check


@pytest.mark.parametrize("loss", list(LOSSES))
@pytest.mark.parametrize("output", list(ACTIVATIONS))
def test_every_loss_and_output_agrees_above_every_hidden_activation(loss, output):
    for hidden in ACTIVATIONS:
        agrees(a_network(dense(4, hidden), dense(3, output), loss=loss))


@pytest.mark.parametrize("loss", list(LOSSES))
@pytest.mark.parametrize("stack", STACKS)
def test_every_kind_of_layer_agrees_under_every_loss(stack, loss):
    agrees(a_network(*STACKS[stack], loss=loss))


@pytest.mark.parametrize("stack", STACKS)
def test_every_kind_of_layer_agrees_with_a_sum_over_weighted_rows(stack):
    agrees(a_network(*STACKS[stack], loss={"type": "log_cosh", "reduction": "sum"}), weighted=True)


@pytest.mark.parametrize("loss", list(LOSSES))
def test_every_loss_agrees_with_a_sum_over_rows_and_with_weighted_rows(loss):
    for reduction, weighted in itertools.product(("mean", "sum"), (False, True)):
        agrees(a_network(dense(4, "tanh"), dense(3), loss={"type": loss, "reduction": reduction}), weighted=weighted)


@pytest.mark.parametrize("about", SETTINGS)
def test_losses_and_activations_agree_with_other_parameters(about):
    loss, output, hidden = SETTINGS[about]
    agrees(a_network(dense(4, hidden), dense(3, output), loss=loss))


@pytest.mark.parametrize("loss", [loss for loss in LOSSES if loss != "cross_entropy"])
def test_one_output_and_one_row_agree(loss):
    agrees(a_network(dense(4, "tanh"), dense(1), loss=loss), rows=1)


@pytest.mark.parametrize("stack", STACKS)
def test_the_derivative_by_every_single_parameter_agrees(stack):
    network = a_network(*STACKS[stack], loss="log_cosh")
    check = check_gradient(network, some_values(network), some_rows(network, 6))
    assert check.error <= BOUND, check


def test_frozen_biases_have_no_derivative():
    network = a_network(*STACKS["frozen bias"])
    gradient = backpropagate(network, some_values(network), some_rows(network)).gradient
    biases = {name: value for name, value in network.tensors(gradient).items() if name.endswith("biases")}
    assert len(biases) == 2 and not any(value.any() for value in biases.values())


# -- the checker itself ----------------------------------------------------------------------------------------------


def test_a_derivative_that_is_off_by_a_thousandth_is_caught(monkeypatch):
    right = Tanh.derive

    def wrong(self, tape: Tape, z, a, d):
        right(self, tape, z, a, d)
        tape.call(np.multiply, d, 1.001, d)

    monkeypatch.setattr(Tanh, "derive", wrong)
    network = a_network(dense(4, "tanh"), dense(3))
    values, rows = some_values(network), some_rows(network)
    by_direction, by_parameter = (
        check_gradient(network, values, rows, directions=2),
        check_gradient(network, values, rows),
    )
    assert by_direction.error > 1e-5 and by_parameter.error == pytest.approx(1e-3, rel=0.01)
    assert "dense_1.kernel" in str(by_parameter)


def test_a_kink_close_by_is_not_taken_for_a_mistake():
    network = a_network(dense(1, "relu", weights=[[1.0]], biases=[0.0]), inputs=1)
    for place in (1e-5, -1e-5):
        rows = some_rows(network, 1)
        rows.inputs[0] = place
        check = check_gradient(network, network.initial_values(), rows)
        assert check.error <= BOUND, check


def test_a_coarse_dtype_is_rejected():
    network = a_network(dense(2), dtype="float32")
    with pytest.raises(ValueError, match="float64"):
        check_gradient(network, network.initial_values(), some_rows(network))
