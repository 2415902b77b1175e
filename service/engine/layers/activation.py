"""An activation as a separate layer, for use after a normalisation."""

from __future__ import annotations

from dataclasses import dataclass, replace

from service.engine.activations.base import Activation
from service.engine.activations.table import ACTIVATIONS, Linear
from service.engine.arrays import Array
from service.engine.layers.base import Backward, Layer, Place, output
from service.engine.tape import Features, Tape
from service.schema.fields import Choice, field


@dataclass(frozen=True, kw_only=True)
class ActivationLayer(Layer):
    name = "activation"
    formula = "a = f(x)"
    source = "Ioffe & Szegedy 2015, section 3.2: normalise first, then activate"

    activation: Activation = field(Choice(ACTIVATIONS), help="f")

    def own_activation(self) -> Activation:
        return self.activation

    def without_activation(self) -> Layer:
        return replace(self, activation=Linear())

    def forward(self, tape: Tape, at: Place, x: Features, into: Array | None) -> tuple[Features | Array, Backward]:
        out, a = output(tape, x.values.shape[-2], into)
        tape.show("z", x.values)
        self.activation.apply(tape, x.values, a)
        tape.show("a", a)

        def backward(d: Array, wants_dx: bool) -> Array:
            self.activation.derive(tape, x.values, a, d)
            tape.show("delta", d)
            return d

        return out, backward

    def describe(self) -> str:
        return self.activation.formula
