"""Layer normalisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from service.engine.arrays import Array
from service.engine.layers.base import Backward, Layer, Place, Tensor, output
from service.engine.layers.batch_norm import invert_root, normalized_backward
from service.engine.tape import Features, Tape
from service.schema.fields import field
from service.schema.rules import Number


@dataclass(frozen=True, kw_only=True)
class LayerNorm(Layer):
    """Normalises each row over its features, in training and in prediction alike."""

    name = "layer_norm"
    formula = "a = γ (x - mean) / √(var + ε) + β, mean and var over the features of a row"
    source = "Ba, Kiros & Hinton 2016, eq. 3 and 4"

    epsilon: float = field(Number(above=0), default=1e-5, help="ε, keeps the division finite")

    def tensors(self, inputs: int) -> tuple[Tensor, ...]:
        return (Tensor("scale", (inputs, 1)), Tensor("shift", (inputs, 1)))

    def initialize(self, inputs: int, values: Mapping[str, Array], generator: np.random.Generator) -> None:
        values["scale"].fill(1)
        values["shift"].fill(0)

    def forward(self, tape: Tape, at: Place, x: Features, into: Array | None) -> tuple[Features | Array, Backward]:
        units = x.values.shape[-2]
        out, a = output(tape, units, into)
        normal, inverse, mean = (
            tape.new(units, tape.rows),
            tape.new(1, tape.rows),
            tape.scratch(x.values[..., :1, :], 4),
        )
        share, square = tape.constant(1 / units), tape.scratch(normal)
        tape.sum_features(x.values, mean, help="Σ x")
        tape.call(np.multiply, mean, share, mean, help="mean = Σ x / n")
        tape.call(np.subtract, x.values, mean, normal, help="x - mean")
        tape.call(np.multiply, normal, normal, square, help="(x - mean)²")
        tape.sum_features(square, inverse, help="Σ (x - mean)²")
        tape.call(np.multiply, inverse, share, inverse, help="var = Σ (x - mean)² / n")
        invert_root(tape, inverse, self.epsilon)
        tape.call(np.multiply, normal, inverse, normal, help="x̂ = (x - mean) / √(var + ε)")
        tape.call(np.multiply, normal, at.values["scale"], a, help="γ x̂")
        tape.call(np.add, a, at.values["shift"], a, help="a = γ x̂ + β")
        tape.show("a", a)

        def backward(d: Array, wants_dx: bool) -> Array | None:
            tape.show("delta", d)
            return normalized_backward(tape, at, d, normal, inverse, axis="features", wants_dx=wants_dx)

        return out, backward

    def public(self, inputs: int, values: Mapping[str, Array]) -> dict[str, Array]:
        return {key: value[:, 0].copy() for key, value in values.items()}

    def adopt(self, inputs: int, given: Mapping[str, Array], values: Mapping[str, Array]) -> None:
        for key, value in values.items():
            value[:, 0] = given[key]
