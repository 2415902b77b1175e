"""A block of layers with a skip around it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from service.engine.arrays import Array
from service.engine.layers.base import LAYERS, Backward, Layer, Place, output
from service.engine.tape import Features, Tape
from service.schema.fields import Choice, field
from service.schema.rules import Items
from service.schema.validation import ValidationIssue


@dataclass(frozen=True, kw_only=True)
class Residual(Layer):
    name = "residual"
    formula = "a = x + F(x)"
    source = "He et al. 2016, eq. 1"

    layers: tuple[Layer, ...] = field(Items(Choice(LAYERS), at_least=1, at_most=100), help="F")

    def children(self) -> tuple[Layer, ...]:
        return self.layers

    def check(self, inputs: int) -> Iterable[ValidationIssue]:
        width, issues = check_layers(self.layers, inputs, first=False)
        if not issues and width != inputs:
            issues.append(
                ValidationIssue(
                    (),
                    f"must return as many values as it receives, so that they can be added: {inputs} in, {width} out",
                )
            )
        return [issue.under("layers") for issue in issues]

    def forward(self, tape: Tape, at: Place, x: Features, into: Array | None) -> tuple[Features | Array, Backward]:
        out, a = output(tape, x.values.shape[-2], into)
        inner, inner_backward = forward_layers(tape, at.children, x, None)
        tape.call(np.add, x.values, inner.values, a, help="a = x + F(x)")
        tape.show("a", a)

        def backward(d: Array, wants_dx: bool) -> Array | None:
            tape.show("delta", d)
            skip = tape.new(*d.shape[-2:]) if wants_dx else None
            if skip is not None:
                tape.call(np.copyto, skip, d, help="δ of the skip")
            dx = inner_backward(d, wants_dx)
            if skip is None or dx is None:
                return None
            tape.call(np.add, skip, dx, skip, help="dx = δ + ∂F/∂x δ")
            return skip

        return out, backward


def check_layers(layers: Iterable[Layer], inputs: int, *, first: bool) -> tuple[int, list[ValidationIssue]]:
    """Follow the widths through a list of layers; return the last width and every error, with the layer's index in its
    path. `first`: whether the list starts the network."""
    issues: list[ValidationIssue] = []
    for index, layer in enumerate(layers):
        if layer.first_only and not (first and index == 0):
            issues.append(
                ValidationIssue((index,), f"must be the first layer of the network: {layer.name} reads its inputs")
            )
            continue
        issues += [issue.under(index) for issue in layer.check(inputs)]
        inputs = layer.outputs(inputs)
    return inputs, issues


def forward_layers(
    tape: Tape, places: tuple[tuple[str, Layer, Place], ...], x: Features, into: Array | None
) -> tuple[Features, Backward]:
    """Write the forward pass of a list of layers; the backward function walks them in reverse."""
    backwards: list[tuple[str, Backward]] = []
    flow: Features | Array = x
    for index, (name, layer, place) in enumerate(places):
        outer, tape.layer = tape.layer, name
        assert isinstance(flow, Features)
        flow, backward = layer.forward(tape, place, flow, into if index == len(places) - 1 else None)
        backwards.append((name, backward))
        tape.layer = outer

    def walk_back(d: Array, wants_dx: bool) -> Array | None:
        flowing: Array | None = d
        for index, (name, backward) in reversed(list(enumerate(backwards))):
            outer, tape.layer = tape.layer, name
            assert flowing is not None
            flowing = backward(flowing, wants_dx or index > 0)
            tape.layer = outer
        return flowing

    return flow, walk_back  # type: ignore[return-value]  # with `into` the last flow is that array, which is not read
