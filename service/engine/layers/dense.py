"""The fully connected layer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from service.engine.activations.base import Activation
from service.engine.activations.table import ACTIVATIONS, Linear
from service.engine.arrays import Array
from service.engine.initializers import INITIALIZERS, GlorotUniform, Initializer
from service.engine.layers.base import Backward, Layer, Place, Tensor, output
from service.engine.tape import Features, Tape
from service.schema.fields import Choice, field
from service.schema.rules import Flag, Grid, Integer, Number
from service.schema.validation import ValidationIssue

KERNEL = "kernel"


@dataclass(frozen=True, kw_only=True)
class Dense(Layer):
    """Weights and biases are one matrix [W | b] of shape (units, inputs + 1): the row of ones below the input makes
    the last column the bias, in both directions, without an extra call."""

    name = "dense"
    formula = "z = W x + b, a = f(z)"
    source = "Rumelhart, Hinton & Williams 1986, eq. 1"

    units: int = field(Integer(minimum=1), help="number of units")
    activation: Activation = field(Choice(ACTIVATIONS), default=Linear(), help="f")
    bias: bool = field(Flag(), default=True, help="whether the layer has a bias b")
    train_bias: bool = field(Flag(), default=True, help="false freezes b at its initial values")
    weight_init: Initializer = field(Choice(INITIALIZERS), default=GlorotUniform(), help="initial values of W")
    bias_init: float = field(Number(), default=0.0, help="initial value of b")
    l1: float = field(Number(minimum=0), default=0.0, help="adds l1 Σ |w| to the loss; biases are exempt")
    l2: float = field(Number(minimum=0), default=0.0, help="adds ½ l2 Σ w² to the loss; biases are exempt")
    max_norm: float | None = field(
        Number(above=0), default=None, help="largest norm of the weights into one unit, enforced after each step"
    )
    weights: tuple[Any, ...] | None = field(Grid(2), default=None, help="explicit initial weights, (inputs, units)")
    biases: tuple[Any, ...] | None = field(Grid(1), default=None, help="explicit initial biases, (units)")

    def cross_check(self) -> Iterable[ValidationIssue]:
        if self.biases is not None and not self.bias:
            yield ValidationIssue(("biases",), "must be left out if bias is false")
        if self.biases is not None and len(self.biases) != self.units:
            yield ValidationIssue(("biases",), f"must have one number per unit ({self.units}), got {len(self.biases)}")

    def check(self, inputs: int) -> Iterable[ValidationIssue]:
        if self.weights is None:
            return
        shape = (len(self.weights), len(self.weights[0]) if self.weights else 0)
        if shape != (inputs, self.units):
            yield ValidationIssue(
                ("weights",), f"must have shape ({inputs}, {self.units}), got ({shape[0]}, {shape[1]})"
            )

    def own_activation(self) -> Activation:
        return self.activation

    def without_activation(self) -> Layer:
        return replace(self, activation=Linear())

    def outputs(self, inputs: int) -> int:
        return self.units

    def tensors(self, inputs: int) -> tuple[Tensor, ...]:
        return (Tensor(KERNEL, (self.units, inputs + self.bias)),)

    def initialize(self, inputs: int, values: Mapping[str, Array], generator: np.random.Generator) -> None:
        kernel = values[KERNEL]
        # Drawn even if weights are given, so that giving one layer's weights does not change the others' draws.
        drawn = self.weight_init.draw(generator, inputs, self.units, kernel.dtype)
        kernel[:, :inputs] = (drawn if self.weights is None else np.array(self.weights)).T
        if self.bias:
            kernel[:, inputs] = self.bias_init if self.biases is None else self.biases

    def forward(self, tape: Tape, at: Place, x: Features, into: Array | None) -> tuple[Features | Array, Backward]:
        kernel, source = at.values[KERNEL], x.full if self.bias else x.values
        out, a = output(tape, self.units, into)
        z = tape.new(self.units, tape.rows) if self.activation.needs_z or tape.keeps_all else a
        tape.dot(kernel, source, z, help="z = W x + b")
        tape.show("z", z)
        self.activation.apply(tape, z, a)
        tape.show("a", a)

        def backward(d: Array, wants_dx: bool) -> Array | None:
            self.activation.derive(tape, z, a, d)
            tape.show("delta", d)
            if at.gradients:
                tape.dot(d, source.mT, at.gradients[KERNEL], help="dW = δ xᵀ")
                self._regularize(tape, at, x.values.shape[-2])
                if self.bias and not self.train_bias:
                    tape.call(at.gradients[KERNEL][..., -1].fill, 0, help="db = 0")
            if not wants_dx:
                return None
            # Wᵀ δ with W's bias column gives one row too many, but a contiguous array.
            dx = tape.new(kernel.shape[-1], tape.rows)
            tape.dot(kernel.mT, d, dx, help="dx = Wᵀ δ")
            return dx[..., : x.values.shape[-2], :]

        return out, backward

    def _regularize(self, tape: Tape, at: Place, inputs: int) -> None:
        if at.penalties is None or not (self.l1 or self.l2):
            return
        weights, gradient = at.values[KERNEL][..., :inputs], at.gradients[KERNEL][..., :inputs]
        scratch = tape.scratch(weights, 6)
        if self.l2:
            tape.call(np.multiply, weights, tape.constant(self.l2), scratch, help="l2 W")
            tape.call(np.add, gradient, scratch, gradient, help="dW = dW + l2 W")
            squares, total = tape.scratch(weights[..., 0], 7), tape.scratch(at.penalties, 8)
            tape.call(np.vecdot, weights, weights, squares, help="Σ w² of each unit")
            tape.call(np.vecdot, squares, self._halves(weights), total, help="½ l2 Σ w²")
            tape.call(np.add, at.penalties, total, at.penalties, help="loss = loss + ½ l2 Σ w²")
        if self.l1:
            tape.call(np.sign, weights, scratch, help="sign(W)")
            tape.call(np.multiply, scratch, tape.constant(self.l1), scratch, help="l1 sign(W)")
            tape.call(np.add, gradient, scratch, gradient, help="dW = dW + l1 sign(W)")
            tape.call(self._add_sizes, weights, at.penalties, help="loss = loss + l1 Σ |w|")

    def _add_sizes(self, weights: Array, penalties: Array) -> None:
        penalties += self._sizes(weights)

    def _sizes(self, weights: Array) -> Array:
        sizes: Array = self.l1 * np.abs(weights).sum(axis=(-2, -1))
        return sizes

    def _halves(self, weights: Array) -> Array:
        """½ l2 for each unit."""
        with np.errstate(over="ignore"):
            return np.full(weights.shape[-2], 0.5 * self.l2, weights.dtype)

    def penalty(self, weights: Array) -> Array:
        """The regularisers' penalty on the loss; weights (…, units, inputs)."""
        total: Array = np.zeros(weights.shape[:-2])
        if self.l2:  # a large weight's square times 0 need not be 0
            total = total + np.vecdot(np.vecdot(weights, weights), self._halves(weights))
        if self.l1:
            total = total + self._sizes(weights)
        return total

    def public(self, inputs: int, values: Mapping[str, Array]) -> dict[str, Array]:
        kernel = values[KERNEL]
        tensors = {"weights": np.ascontiguousarray(kernel[:, :inputs].T)}
        return tensors | ({"biases": kernel[:, inputs].copy()} if self.bias else {})

    def adopt(self, inputs: int, given: Mapping[str, Array], values: Mapping[str, Array]) -> None:
        values[KERNEL][:, :inputs] = given["weights"].T
        if self.bias:
            values[KERNEL][:, inputs] = given["biases"]

    def describe(self) -> str:
        return f"z = W x{' + b' if self.bias else ''}, {self.activation.formula}"
