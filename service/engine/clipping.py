"""Clipping of gradients, between the backward pass and the optimizer."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from service.engine.arrays import Array
from service.engine.norms import shrink
from service.engine.tape import Tape, maximum, minimum
from service.schema.fields import Registry, Spec, field
from service.schema.rules import Number


class Clipping(Spec):
    @abstractmethod
    def clip(self, tape: Tape, gradients: Array, tensors: Sequence[Array]) -> None:
        """Write the calls that clip the flat vector in place; `tensors` are its parts, one per layer tensor."""


@dataclass(frozen=True, kw_only=True)
class ByValue(Clipping):
    name = "value"
    formula = "g_i = min(max(g_i, -c), c)"
    source = "Mikolov 2012, section 3.2.2"

    limit: float = field(Number(above=0), help="c, the largest absolute value of an entry")

    def clip(self, tape: Tape, gradients: Array, tensors: Sequence[Array]) -> None:
        tape.call(minimum, gradients, tape.constant(self.limit), gradients, help="min(g, c)")
        tape.call(maximum, gradients, tape.constant(-self.limit), gradients, help="g = max(min(g, c), -c)")


@dataclass(frozen=True, kw_only=True)
class ByNorm(Clipping):
    name = "norm"
    formula = "g = g min(1, c / ‖g‖), for each tensor's gradient (a dense layer's weights and biases are one tensor)"
    source = "Pascanu, Mikolov & Bengio 2013, algorithm 1"

    limit: float = field(Number(above=0), help="c, the largest norm of one tensor's gradient")

    def clip(self, tape: Tape, gradients: Array, tensors: Sequence[Array]) -> None:
        for tensor in tensors:
            tape.call(shrink, tensor, self.limit, help="g = g min(1, c / ‖g‖)")


@dataclass(frozen=True, kw_only=True)
class ByGlobalNorm(Clipping):
    name = "global_norm"
    formula = "g = g min(1, c / ‖g‖), over all layers together"
    source = "Pascanu, Mikolov & Bengio 2013, algorithm 1"

    limit: float = field(Number(above=0), help="c, the largest norm of the whole gradient")

    def clip(self, tape: Tape, gradients: Array, tensors: Sequence[Array]) -> None:
        tape.call(shrink, gradients, self.limit, help="g = g min(1, c / ‖g‖)")


CLIPPINGS: Registry[Clipping] = Registry("clipping", ByValue, ByNorm, ByGlobalNorm)
