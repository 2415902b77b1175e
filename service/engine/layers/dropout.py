"""Inverted dropout."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from service.engine.arrays import Array
from service.engine.layers.base import Backward, Layer, Place, output
from service.engine.tape import Features, Tape, uniform
from service.schema.fields import field
from service.schema.rules import Number


@dataclass(frozen=True, kw_only=True)
class Dropout(Layer):
    """In training, drops each value with probability `drop_rate` and scales the others by 1 / (1 - drop_rate);
    otherwise does nothing."""

    name = "dropout"
    formula = "a = x m / (1 - r), m = 0 with probability r, else 1"
    source = "Srivastava et al. 2014, section 4, in the inverted form of its section 10"

    drop_rate: float = field(Number(minimum=0, below=1), help="r, the probability of dropping a value")

    def forward(self, tape: Tape, at: Place, x: Features, into: Array | None) -> tuple[Features | Array, Backward]:
        if not tape.training or not self.drop_rate:
            if into is None:
                return x, lambda d, wants_dx: d
            tape.call(np.copyto, into, x.values, help="a = x")
            return into, lambda d, wants_dx: d
        units = x.values.shape[-2]
        out, a = output(tape, units, into)
        mask = self._mask(tape, units)
        tape.call(np.multiply, x.values, mask, a, help="a = x m / (1 - r)")
        tape.show("a", a)

        def backward(d: Array, wants_dx: bool) -> Array:
            tape.call(np.multiply, d, mask, d, help="δ = δ m / (1 - r)")
            tape.show("delta", d)
            return d

        return out, backward

    def _mask(self, tape: Tape, units: int) -> Array:
        """Each network of a stack draws its own, as alone with its generator."""
        mask = tape.new(units, tape.rows)
        networks = mask.reshape(-1, units, tape.rows)
        for generator, draw in zip(tape.generators, networks, strict=True):
            tape.call(uniform, generator, draw, help="u = uniform(0, 1)")
        tape.call(np.greater_equal, mask, tape.constant(self.drop_rate), mask, help="m = [u ≥ r]")
        tape.call(np.multiply, mask, tape.constant(1 / (1 - self.drop_rate)), mask, help="m / (1 - r)")
        return mask
