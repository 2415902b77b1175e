"""Optimizers, weight decay and clipping, each through the very steps that training runs."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from service.engine.activations.table import Linear
from service.engine.inspection.passes import backpropagate
from service.engine.losses.base import Loss
from service.engine.losses.head import Head
from service.engine.optimizers import OPTIMIZERS
from service.engine.rows import Rows
from tests.unit.engine.factories import a_network, a_trainer, dense, some_rows, some_values, train

REFERENCE = json.loads((Path(__file__).parent / "reference" / "optimizers.json").read_text())


@dataclass(frozen=True, kw_only=True)
class Landscape(Loss):
    """A function of a network's outputs, to be gone down from anywhere."""

    mean_over_outputs = False
    slope: ClassVar[Callable[..., None]]

    def gradient(self, tape, a, y, d):
        tape.call(self.slope, a, d)


@dataclass(frozen=True, kw_only=True)
class Parabola(Landscape):
    def rows(self, a, y):
        return (a[..., 0, :] - 1) ** 2 + 10 * (a[..., 1, :] - 1) ** 2

    def slope(self, a, d):
        d[0], d[1] = 2 * (a[0] - 1), 20 * (a[1] - 1)


@dataclass(frozen=True, kw_only=True)
class Rosenbrock(Landscape):
    def rows(self, a, y):
        return (1 - a[..., 0, :]) ** 2 + 100 * (a[..., 1, :] - a[..., 0, :] ** 2) ** 2

    def slope(self, a, d):
        x, y = a
        d[0], d[1] = 2 * (x - 1) - 400 * x * (y - x * x), 200 * (y - x * x)


@dataclass(frozen=True, kw_only=True)
class Recorded(Landscape):
    """The function whose slope the reference was recorded with."""

    def rows(self, a, y):
        neighbours = a[..., 1:, :] * a[..., :-1, :]
        return (np.cosh(a) + np.sin(2 * a) / 2).sum(axis=-2) + (neighbours**2).sum(axis=-2) / 2

    def slope(self, a, d):
        left, right = np.zeros_like(a), np.zeros_like(a)
        left[1:], right[:-1] = a[:-1], a[1:]
        d[...] = np.sinh(a) + a * (left**2 + right**2) + np.cos(2 * a)


def descend(landscape, start, optimizer, *, steps, **settings):
    """Train a network whose outputs are its weights: one bias-free layer whose only input is always 1."""
    network = a_network(dense(len(start), bias=False, weights=[list(start)]), inputs=1)
    network.head = Head(Linear(), landscape, len(start))
    rows = Rows.of(network, np.ones((steps, 1)), np.zeros((steps, len(start))))
    return a_trainer(network, rows, optimizer=optimizer, **settings)


@pytest.mark.parametrize("run", REFERENCE["runs"], ids=lambda run: run["torch"])
def test_twenty_steps_agree_with_torch(run):
    trainer = descend(Recorded(), REFERENCE["start"], run["optimizer"], steps=1, epochs=len(run["parameters"]))
    taken = [trainer.values.copy() for _ in trainer.epochs()]
    np.testing.assert_allclose(taken, run["parameters"], rtol=1e-10, atol=1e-10)


def test_the_reference_has_every_optimizer():
    assert {run["optimizer"]["type"] for run in REFERENCE["runs"]} == set(OPTIMIZERS)


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_the_steps_of_one_epoch_are_those_of_as_many_epochs(name):
    schedule = {"type": "exponential", "factor": 0.99}
    many = descend(Parabola(), [-1.2, 1.0], name, steps=1, epochs=150, schedule=schedule)
    schedule = {"type": "exponential", "factor": 0.99**150}
    one = descend(Parabola(), [-1.2, 1.0], name, steps=150, epochs=1, batch_size=1, schedule=schedule)
    list(many.epochs()), list(one.epochs())
    np.testing.assert_allclose(one.values, many.values, rtol=1e-10)


#: Learning rates for the parabola and for Rosenbrock's valley, each under a cosine schedule.
RATES = {
    "sgd": (0.03, 0.002),
    "momentum": (0.01, 0.001),
    "nesterov": (0.01, 0.001),
    "adagrad": (0.5, 1.0),
    "rmsprop": (0.02, 0.02),
    "adadelta": (1.0, 1.0),
    "adam": (0.05, 0.03),
    "adamw": (0.05, 0.03),
    "nadam": (0.05, 0.03),
}


@pytest.mark.parametrize("name", list(OPTIMIZERS))
@pytest.mark.parametrize(("landscape", "which", "steps"), [(Parabola(), 0, 2000), (Rosenbrock(), 1, 10_000)])
def test_every_optimizer_finds_the_bottom(name, landscape, which, steps):
    optimizer = {"type": name, "learning_rate": RATES[name][which], "weight_decay": 0}
    trainer = descend(landscape, [-1.2, 1.0], optimizer, steps=steps, epochs=1, batch_size=1, schedule="cosine")
    list(trainer.epochs())
    np.testing.assert_allclose(trainer.values, [1, 1], atol=0.02)


# -- weight decay ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_decoupled_decay_takes_the_rates_share_off_the_weights_and_nothing_else(name):
    network = a_network(dense(4, "tanh"), {"type": "batch_norm"}, dense(2))
    rows, start = some_rows(network), some_values(network)
    optimizer = {"type": name, "learning_rate": 0.1}
    decay = {"weight_decay": 0.5}
    settings = {
        "values": start,
        "epochs": 1,
        "schedule": {"type": "polynomial", "warmup_epochs": 2, "warmup_start": 0.3},
    }
    plain, (report,) = train(network, rows, optimizer=optimizer | {"weight_decay": 0}, **settings)
    decayed, _ = train(network, rows, optimizer=optimizer | decay, **settings)
    before, without = network.tensors(start), network.tensors(plain.values)
    assert report.learning_rate == pytest.approx(0.03)
    for tensor, value in network.tensors(decayed.values).items():
        shrunk = report.learning_rate * 0.5 * before[tensor] if tensor.endswith("weights") else 0
        np.testing.assert_allclose(value, without[tensor] - shrunk, rtol=0, atol=1e-14)


def test_adamw_decays_by_default_and_is_adam_without():
    network = a_network(dense(2))
    rows = some_rows(network)
    adam, _ = train(network, rows, epochs=3, optimizer="adam")
    same, _ = train(network, rows, epochs=3, optimizer={"type": "adamw", "weight_decay": 0})
    adamw, _ = train(network, rows, epochs=3, optimizer="adamw")
    assert np.array_equal(adam.values, same.values) and not np.array_equal(adam.values, adamw.values)


# -- clipping --------------------------------------------------------------------------------------------------------


@pytest.fixture
def network():
    return a_network(dense(4, "tanh"), dense(2))


def update(network, clipping):
    """What one step of rate 1 takes off the weights, with the report of its epoch."""
    start = some_values(network)
    trainer, (report,) = train(
        network,
        some_rows(network),
        values=start,
        epochs=1,
        optimizer={"type": "sgd", "learning_rate": 1},
        clipping=clipping,
    )
    return start - trainer.values, report


def gradient(network):
    return backpropagate(network, some_values(network), some_rows(network)).gradient


def test_clipping_by_value_bounds_each_entry(network):
    full = gradient(network)
    limit = float(np.median(np.abs(full)))
    clipped, _ = update(network, {"type": "value", "limit": limit})
    np.testing.assert_allclose(clipped, np.clip(full, -limit, limit), atol=1e-15)


def test_clipping_by_norm_bounds_each_layer_by_itself(network):
    full = gradient(network)
    parts = [segment.span for segment in network.trained]
    small, large = sorted(np.linalg.norm(full[part]) for part in parts)
    limit = float(small + large) / 2
    clipped, _ = update(network, {"type": "norm", "limit": limit})
    for part in parts:
        expected = full[part] * min(1, limit / np.linalg.norm(full[part]))
        np.testing.assert_allclose(clipped[part], expected, atol=1e-15)


def test_clipping_by_global_norm_keeps_the_direction(network):
    full = gradient(network)
    clipped, report = update(network, {"type": "global_norm", "limit": 0.01})
    assert np.linalg.norm(clipped) == pytest.approx(0.01)
    np.testing.assert_allclose(clipped / 0.01, full / np.linalg.norm(full), atol=1e-12)
    assert report.gradient_norm == pytest.approx(np.linalg.norm(full)), "the report has the norm before clipping"


@pytest.mark.parametrize("kind", ["value", "norm", "global_norm"])
def test_a_gradient_within_the_limit_is_left_as_it_is(network, kind):
    clipped, _ = update(network, {"type": kind, "limit": 1e6})
    free, _ = update(network, None)
    assert np.array_equal(clipped, free)
