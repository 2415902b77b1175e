"""Values of activations, losses and layers against their formulas, written a second time and one number at a time."""

from math import cosh, erf, erfc, exp, expm1, log, log1p, sqrt, tanh

import numpy as np
import pytest

from service.engine.activations.normal import normal_distribution
from service.engine.activations.table import ACTIVATIONS
from service.engine.evaluation import evaluate
from service.engine.inference import predict
from service.engine.inspection.passes import backpropagate
from service.engine.losses.table import LOSSES
from service.engine.rows import Rows
from tests.unit.engine.factories import a_network, dense, some_rows, some_values

Z = [-30.0, -4.0, -3.0, -1.5, -0.2, 0.0, 0.1, 1.0, 2.5, 3.0, 5.0, 30.0]

ACTIVATION_FORMULAS = {
    "linear": ({}, lambda z: z),
    "sigmoid": ({}, lambda z: 1 / (1 + exp(-z))),
    "tanh": ({}, tanh),
    "relu": ({}, lambda z: max(z, 0)),
    "leaky_relu": ({"negative_slope": 0.2}, lambda z: z if z > 0 else 0.2 * z),
    "elu": ({"alpha": 1.5}, lambda z: z if z > 0 else 1.5 * expm1(z)),
    "selu": ({}, lambda z: 1.0507009873554805 * (z if z > 0 else 1.6732632423543772 * expm1(z))),
    "gelu": ({}, lambda z: 0.5 * z * (1 + tanh(sqrt(0.6366197723675814) * (z + 0.044715 * z**3)))),
    "gelu_exact": ({}, lambda z: 0.5 * z * erfc(-z / sqrt(2))),
    "swish": ({}, lambda z: z / (1 + exp(-z))),
    "softplus": ({}, lambda z: max(z, 0) + log1p(exp(-abs(z)))),
    "softsign": ({}, lambda z: z / (1 + abs(z))),
    "hard_sigmoid": ({}, lambda z: min(max(z / 6 + 0.5, 0), 1)),
    "mish": ({}, lambda z: z * tanh(max(z, 0) + log1p(exp(-abs(z))))),
}


def outputs_of(activation, z):
    network = a_network(dense(len(z), activation, weights=[z]), inputs=1)
    return predict(network, network.initial_values(), [[1.0]])[0]


@pytest.mark.parametrize("name", list(ACTIVATION_FORMULAS))
def test_an_activation_has_the_value_of_its_formula(name):
    settings, formula = ACTIVATION_FORMULAS[name]
    expected = [formula(z) for z in Z]
    np.testing.assert_allclose(outputs_of({"type": name, **settings}, Z), expected, rtol=1e-14, atol=1e-15)


def test_softmax_shares_by_exponentials():
    whole = sum(exp(z) for z in Z)
    np.testing.assert_allclose(outputs_of("softmax", Z), [exp(z) / whole for z in Z], rtol=1e-14)


def test_gelu_is_as_near_to_the_exact_form_as_its_docstring_says():
    z = np.linspace(-6, 6, 2401)
    exact = [0.5 * x * (1 + erf(x / sqrt(2))) for x in z]
    assert np.max(np.abs(outputs_of("gelu", z.tolist()) - exact)) == pytest.approx(4.8e-4, rel=0.02)


def test_the_normal_distribution_is_exact_to_the_last_digits():
    z = np.concatenate((np.linspace(-37, 10, 4701), [0.0, -1e-300, 1e-20, np.inf, -np.inf]))
    expected = [0.5 * erfc(-x / sqrt(2)) for x in z]
    for dtype, far in (("float64", 1e-15), ("float32", 1e-7)):
        share = np.empty(len(z), dtype)
        normal_distribution(z.astype(dtype), share)
        np.testing.assert_allclose(share, expected, rtol=0, atol=far)
    np.testing.assert_allclose(share[:4000], expected[:4000], rtol=2e-4, atol=1e-38)


def test_every_activation_has_a_formula_here():
    assert {*ACTIVATION_FORMULAS, "softmax"} == set(ACTIVATIONS)


# -- losses ----------------------------------------------------------------------------------------------------------


def huber(a, y, delta):
    size = abs(a - y)
    return size**2 / 2 if size <= delta else delta * size - delta**2 / 2


def cross_entropy(a, y, smoothing, classes):
    y = (1 - smoothing) * y + smoothing / classes
    return -y * log(a)


def binary(a, y, smoothing):
    y = (1 - smoothing) * y + smoothing / 2
    return -y * log(a) - (1 - y) * log(1 - a)


#: Settings, outputs, targets, the term of one output, and whether a row's loss is the mean of its terms.
NUMBERS, SHARES = ([0.3, -1.2, 4.0], [0.1, 1.5, -2.0]), ([0.2, 0.7, 0.1], [0.0, 1.0, 0.0])
LOSS_FORMULAS = {
    "mean_squared_error": ({}, NUMBERS, lambda a, y: (a - y) ** 2, True),
    "half_squared_error": ({}, NUMBERS, lambda a, y: (a - y) ** 2 / 2, False),
    "mean_absolute_error": ({}, NUMBERS, lambda a, y: abs(a - y), True),
    "huber": ({"delta": 1.5}, NUMBERS, lambda a, y: huber(a, y, 1.5), True),
    "log_cosh": ({}, NUMBERS, lambda a, y: log(cosh(a - y)), True),
    "binary_cross_entropy": ({"label_smoothing": 0.3}, SHARES, lambda a, y: binary(a, y, 0.3), True),
    "cross_entropy": ({"label_smoothing": 0.3}, SHARES, lambda a, y: cross_entropy(a, y, 0.3, 3), False),
    "poisson": ({}, ([0.5, 2.0, 7.0], [0.0, 3.0, 5.0]), lambda a, y: a - y * log(a), True),
    "hinge": ({}, ([0.5, 2.0, -0.3], [1.0, 1.0, 1.0]), lambda a, y: max(0, 1 - y * a), True),
}

#: Last layers whose outputs can be given, through what undoes them: the loss from logits is the same loss.
INVERSES = {"linear": lambda a: a, "sigmoid": lambda a: np.log(a / (1 - a)), "softmax": np.log}


def loss_of(name, settings, outputs, targets, output="linear"):
    z = INVERSES[output](np.array(outputs)).tolist()
    loss = {"type": name, **settings}
    network = a_network(dense(3, output, weights=[z], bias=False), inputs=1, loss=loss)
    rows = Rows.of(network, [[1.0]], [targets])
    values = network.initial_values()
    evaluated = evaluate(network, values, rows)["loss"]
    assert evaluated == backpropagate(network, values, rows).loss
    return evaluated


@pytest.mark.parametrize("name", list(LOSSES))
def test_a_loss_has_the_value_of_its_formula(name):
    settings, (outputs, targets), term, averaged = LOSS_FORMULAS[name]
    terms = [term(a, y) for a, y in zip(outputs, targets, strict=True)]
    expected = sum(terms) / (3 if averaged else 1)
    assert loss_of(name, settings, outputs, targets) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize(
    ("name", "output"),
    [("binary_cross_entropy", "sigmoid"), ("cross_entropy", "softmax"), ("cross_entropy", "sigmoid")],
)
@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_a_loss_from_logits_is_the_loss_of_the_outputs(name, output, smoothing):
    outputs, targets = SHARES
    direct = loss_of(name, {"label_smoothing": smoothing}, outputs, targets)
    assert loss_of(name, {"label_smoothing": smoothing}, outputs, targets, output) == pytest.approx(direct, rel=1e-13)


@pytest.mark.parametrize(("logit", "target", "expected"), [(800.0, 0, 800.0), (-800.0, 1, 800.0), (800.0, 1, 0.0)])
def test_a_loss_from_logits_keeps_its_digits_where_the_outputs_have_none(logit, target, expected):
    network = a_network(dense(1, "sigmoid", weights=[[logit]]), inputs=1, loss="binary_cross_entropy")
    rows = Rows.of(network, [[1.0]], [[target]])
    assert evaluate(network, network.initial_values(), rows)["loss"] == expected
    network = a_network(dense(2, "softmax", weights=[[logit, 0.0]]), inputs=1, loss="cross_entropy")
    rows = Rows.of(network, [[1.0]], [[target, 1 - target]])
    assert evaluate(network, network.initial_values(), rows)["loss"] == expected


# -- layers ----------------------------------------------------------------------------------------------------------


def test_normalisations_and_residuals_are_their_formulas():
    block = {"type": "residual", "layers": [{"type": "layer_norm", "epsilon": 0.1}]}
    network = a_network({"type": "batch_norm", "epsilon": 0.2}, block, dense(2, "tanh"))
    values, rows = some_values(network), some_rows(network)
    t = network.tensors(values)
    x = rows.inputs

    def by_batch_norm(mean, variance):
        return t["batch_norm_1.scale"] * (x - mean) / np.sqrt(variance + 0.2) + t["batch_norm_1.shift"]

    def rest(x):
        mean, variance = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
        normal = (x - mean) / np.sqrt(variance + 0.1)
        x = x + t["residual_1.layer_norm_1.scale"] * normal + t["residual_1.layer_norm_1.shift"]
        return np.tanh(np.einsum("ni,ij->nj", x, t["dense_1.weights"]) + t["dense_1.biases"])

    served = rest(by_batch_norm(t["batch_norm_1.mean"], t["batch_norm_1.variance"]))
    np.testing.assert_allclose(predict(network, values, x), served, rtol=1e-12)
    trained = rest(by_batch_norm(x.mean(axis=0), x.var(axis=0)))
    scores = backpropagate(network, values.copy(), rows).scores
    np.testing.assert_allclose(np.tanh(scores.T), trained, rtol=1e-12)
