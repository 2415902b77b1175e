"""Batch normalisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from service.engine.arrays import Array
from service.engine.layers.base import Backward, Layer, Place, Tensor, output
from service.engine.tape import Features, Tape
from service.schema.fields import field
from service.schema.rules import Number


@dataclass(frozen=True, kw_only=True)
class BatchNorm(Layer):
    """In training, normalises each feature over the batch and updates its running mean and variance; otherwise uses
    those.

    Running statistics: s = momentum s + (1 - momentum) s_batch; the variance divides by n, as in the paper.
    """

    name = "batch_norm"
    formula = "a = γ (x - mean) / √(var + ε) + β"
    source = "Ioffe & Szegedy 2015, algorithm 1 and section 3"

    momentum: float = field(
        Number(minimum=0, below=1), default=0.9, help="share of the running statistics that is kept"
    )
    epsilon: float = field(Number(above=0), default=1e-5, help="ε, keeps the division finite")

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
        tape.call(np.multiply, normal, at.values["scale"], a, help="γ x̂")
        tape.call(np.add, a, at.values["shift"], a, help="a = γ x̂ + β")
        tape.show("a", a)

        def backward(d: Array, wants_dx: bool) -> Array | None:
            tape.show("delta", d)
            if tape.training:
                return normalized_backward(tape, at, d, normal, inverse, axis="rows", wants_dx=wants_dx)
            tape.call(np.multiply, d, at.values["scale"], d, help="γ δ")
            tape.call(np.multiply, d, inverse, d, help="dx = γ δ / √(var + ε), with constant running statistics")
            return d

        return out, backward

    def _normalize_by_batch(self, tape: Tape, at: Place, x: Array, normal: Array, inverse: Array) -> None:
        # Of the input's own shape, for the networks of a stack share the rows that the first layer reads.
        mean, count = tape.scratch(x[..., :1], 4), tape.constant(1 / tape.rows)
        tape.sum_rows(x, mean, help="Σ x")
        tape.call(np.multiply, mean, count, mean, help="mean = Σ x / n")
        tape.call(np.subtract, x, mean, normal, help="x - mean")
        square = tape.scratch(normal)
        tape.call(np.multiply, normal, normal, square, help="(x - mean)²")
        tape.sum_rows(square, inverse, help="Σ (x - mean)²")
        tape.call(np.multiply, inverse, count, inverse, help="var = Σ (x - mean)² / n")
        self._follow(tape, at.values["mean"], mean)
        self._follow(tape, at.values["variance"], inverse)
        invert_root(tape, inverse, self.epsilon)
        tape.call(np.multiply, normal, inverse, normal, help="x̂ = (x - mean) / √(var + ε)")

    def _follow(self, tape: Tape, running: Array, batch: Array) -> None:
        share = tape.scratch(batch, 1)
        tape.call(np.multiply, batch, tape.constant(1 - self.momentum), share, help="(1 - momentum) s_batch")
        tape.call(np.multiply, running, tape.constant(self.momentum), running, help="momentum s")
        tape.call(np.add, running, share, running, help="s = momentum s + (1 - momentum) s_batch")

    def _normalize_by_running(self, tape: Tape, at: Place, x: Array, normal: Array, inverse: Array) -> None:
        tape.call(np.copyto, inverse, at.values["variance"], help="var, running")
        invert_root(tape, inverse, self.epsilon)
        tape.call(np.subtract, x, at.values["mean"], normal, help="x - running mean")
        tape.call(np.multiply, normal, inverse, normal, help="x̂ = (x - mean) / √(var + ε)")

    def public(self, inputs: int, values: Mapping[str, Array]) -> dict[str, Array]:
        return {key: value[:, 0].copy() for key, value in values.items()}

    def adopt(self, inputs: int, given: Mapping[str, Array], values: Mapping[str, Array]) -> None:
        for key, value in values.items():
            value[:, 0] = given[key]


def invert_root(tape: Tape, variance: Array, epsilon: float) -> None:
    tape.call(np.add, variance, tape.constant(epsilon), variance, help="var + ε")
    tape.call(np.sqrt, variance, variance, help="√(var + ε)")
    tape.call(np.divide, tape.constant(1), variance, variance, help="1 / √(var + ε)")


def normalized_backward(
    tape: Tape, at: Place, d: Array, normal: Array, inverse: Array, *, axis: str, wants_dx: bool
) -> Array | None:
    """Write the backward pass of a = γ x̂ + β, x̂ normalised along `axis` ("rows" or "features").

    dγ = Σ_rows δ x̂, dβ = Σ_rows δ, dx = (d̂ - mean(d̂) - x̂ mean(d̂ x̂)) / √(var + ε) with d̂ = γ δ (Ioffe & Szegedy
    2015, section 3).
    """
    product = tape.scratch(d)
    if at.gradients:
        tape.call(np.multiply, d, normal, product, help="δ x̂")
        tape.sum_rows(product, at.gradients["scale"], help="dγ = Σ δ x̂")
        tape.sum_rows(d, at.gradients["shift"], help="dβ = Σ δ")
    if not wants_dx:
        return None
    add_up = tape.sum_rows if axis == "rows" else tape.sum_features
    share = tape.constant(1 / (d.shape[-1] if axis == "rows" else d.shape[-2]))
    first, second = tape.scratch(inverse, 2), tape.scratch(inverse, 3)
    tape.call(np.multiply, d, at.values["scale"], d, help="d̂ = γ δ")
    add_up(d, first, help="Σ d̂")
    tape.call(np.multiply, first, share, first, help="mean(d̂)")
    tape.call(np.multiply, d, normal, product, help="d̂ x̂")
    add_up(product, second, help="Σ d̂ x̂")
    tape.call(np.multiply, second, share, second, help="mean(d̂ x̂)")
    tape.call(np.multiply, normal, second, product, help="x̂ mean(d̂ x̂)")
    tape.call(np.subtract, d, first, d, help="d̂ - mean(d̂)")
    tape.call(np.subtract, d, product, d, help="d̂ - mean(d̂) - x̂ mean(d̂ x̂)")
    tape.call(np.multiply, d, inverse, d, help="dx = (…) / √(var + ε)")
    return d
