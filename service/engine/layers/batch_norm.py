"""Batch normalisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from service.engine.arrays import Array
from service.engine.fields import field
from service.engine.layers.base import Backward, Layer, Place, Tensor, output
from service.engine.rules import Number
from service.engine.tape import Features, Tape


@dataclass(frozen=True, kw_only=True)
class BatchNorm(Layer):
    """In training each feature is normalised over the batch, and its running mean and variance follow; else those are
    used.

    Running statistics: s = momentum s + (1 - momentum) s_batch, the variance with n in the denominator as in the paper.
    """

    name = "batch_norm"
    formula = "a = γ (x - mean) / √(var + ε) + β"
    source = "Ioffe & Szegedy 2015, algorithm 1 and section 3"

    momentum: float = field(Number(minimum=0, below=1), default=0.9, says="how much of the running statistics is kept")
    epsilon: float = field(Number(above=0), default=1e-5, says="ε, keeps the division finite")

    def tensors(self, inputs: int) -> tuple[Tensor, ...]:
        trained = (Tensor("scale", (inputs, 1)), Tensor("shift", (inputs, 1)))
        followed = (Tensor("mean", (inputs, 1), trained=False), Tensor("variance", (inputs, 1), trained=False))
        return trained + followed

    def initialize(self, inputs: int, values: Mapping[str, Array], generator: np.random.Generator) -> None:
        values["scale"].fill(1)
        values["shift"].fill(0)
        values["mean"].fill(0)
        values["variance"].fill(1)

    def forward(self, tape: Tape, at: Place, x: Features, into: Array | None) -> tuple[Features | Array, Backward]:
        units = x.values.shape[-2]
        out, a = output(tape, units, into)
        normal, inverse = tape.new(units, tape.rows), tape.new(units, 1)
        if tape.training:
            self._normalize_by_batch(tape, at, x.values, normal, inverse)
        else:
            self._normalize_by_running(tape, at, x.values, normal, inverse)
        tape.call(np.multiply, normal, at.values["scale"], a, says="γ x̂")
        tape.call(np.add, a, at.values["shift"], a, says="a = γ x̂ + β")
        tape.show("a", a)

        def backward(d: Array, wants_dx: bool) -> Array | None:
            tape.show("delta", d)
            if tape.training:
                return normalized_backward(tape, at, d, normal, inverse, axis="rows", wants_dx=wants_dx)
            tape.call(np.multiply, d, at.values["scale"], d, says="γ δ")
            tape.call(np.multiply, d, inverse, d, says="dx = γ δ / √(var + ε), the running statistics being constant")
            return d

        return out, backward

    def _normalize_by_batch(self, tape: Tape, at: Place, x: Array, normal: Array, inverse: Array) -> None:
        mean, count = tape.new(*inverse.shape[-2:]), tape.constant(1 / tape.rows)
        tape.sum_rows(x, mean, says="Σ x")
        tape.call(np.multiply, mean, count, mean, says="mean = Σ x / n")
        tape.call(np.subtract, x, mean, normal, says="x - mean")
        square = tape.scratch(normal)
        tape.call(np.multiply, normal, normal, square, says="(x - mean)²")
        tape.sum_rows(square, inverse, says="Σ (x - mean)²")
        tape.call(np.multiply, inverse, count, inverse, says="var = Σ (x - mean)² / n")
        self._follow(tape, at.values["mean"], mean)
        self._follow(tape, at.values["variance"], inverse)
        invert_root(tape, inverse, self.epsilon)
        tape.call(np.multiply, normal, inverse, normal, says="x̂ = (x - mean) / √(var + ε)")

    def _follow(self, tape: Tape, running: Array, batch: Array) -> None:
        share = tape.scratch(batch, 1)
        tape.call(np.multiply, batch, tape.constant(1 - self.momentum), share, says="(1 - momentum) s_batch")
        tape.call(np.multiply, running, tape.constant(self.momentum), running, says="momentum s")
        tape.call(np.add, running, share, running, says="s = momentum s + (1 - momentum) s_batch")

    def _normalize_by_running(self, tape: Tape, at: Place, x: Array, normal: Array, inverse: Array) -> None:
        tape.call(np.copyto, inverse, at.values["variance"], says="var, running")
        invert_root(tape, inverse, self.epsilon)
        tape.call(np.subtract, x, at.values["mean"], normal, says="x - running mean")
        tape.call(np.multiply, normal, inverse, normal, says="x̂ = (x - mean) / √(var + ε)")

    def public(self, inputs: int, values: Mapping[str, Array]) -> dict[str, Array]:
        return {key: value[:, 0].copy() for key, value in values.items()}

    def adopt(self, inputs: int, given: Mapping[str, Array], values: Mapping[str, Array]) -> None:
        for key, value in values.items():
            value[:, 0] = given[key]


def invert_root(tape: Tape, variance: Array, epsilon: float) -> None:
    tape.call(np.add, variance, tape.constant(epsilon), variance, says="var + ε")
    tape.call(np.sqrt, variance, variance, says="√(var + ε)")
    tape.call(np.divide, tape.constant(1), variance, variance, says="1 / √(var + ε)")


def normalized_backward(
    tape: Tape, at: Place, d: Array, normal: Array, inverse: Array, *, axis: str, wants_dx: bool
) -> Array | None:
    """Write the backward pass of a = γ x̂ + β, x̂ normalised along `axis` ("rows" or "features").

    dγ = Σ_rows δ x̂, dβ = Σ_rows δ, dx = (d̂ - mean(d̂) - x̂ mean(d̂ x̂)) / √(var + ε) with d̂ = γ δ (Ioffe & Szegedy
    2015, section 3).
    """
    product = tape.scratch(d)
    if at.gradients:
        tape.call(np.multiply, d, normal, product, says="δ x̂")
        tape.sum_rows(product, at.gradients["scale"], says="dγ = Σ δ x̂")
        tape.sum_rows(d, at.gradients["shift"], says="dβ = Σ δ")
    if not wants_dx:
        return None
    add_up = tape.sum_rows if axis == "rows" else tape.sum_features
    share = tape.constant(1 / (d.shape[-1] if axis == "rows" else d.shape[-2]))
    first, second = tape.scratch(inverse, 2), tape.scratch(inverse, 3)
    tape.call(np.multiply, d, at.values["scale"], d, says="d̂ = γ δ")
    add_up(d, first, says="Σ d̂")
    tape.call(np.multiply, first, share, first, says="mean(d̂)")
    tape.call(np.multiply, d, normal, product, says="d̂ x̂")
    add_up(product, second, says="Σ d̂ x̂")
    tape.call(np.multiply, second, share, second, says="mean(d̂ x̂)")
    tape.call(np.multiply, normal, second, product, says="x̂ mean(d̂ x̂)")
    tape.call(np.subtract, d, first, d, says="d̂ - mean(d̂)")
    tape.call(np.subtract, d, product, d, says="d̂ - mean(d̂) - x̂ mean(d̂ x̂)")
    tape.call(np.multiply, d, inverse, d, says="dx = (…) / √(var + ε)")
    return d
