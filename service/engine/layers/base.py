"""Base of all layers: tensors, and a pair of functions over buffers from the tape.

`forward` writes the calls of the forward pass and returns the output with a second function that writes the backward
pass. The backward pass uses the local variables of the forward pass; nothing is kept on the layer.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from service.engine.activations.base import Activation
from service.engine.arrays import Array
from service.engine.tape import Features, Tape
from service.schema.fields import Registry, Spec
from service.schema.validation import ValidationIssue

#: Takes the loss's derivative with respect to the layer's output, which it may overwrite, and whether to return the
#: derivative with respect to the input; writes the layer's gradients.
Backward = Callable[[Array, bool], Array | None]


@dataclass(frozen=True)
class Tensor:
    """One array of a layer inside a flat vector: among the parameters if `trained`, else among the statistics."""

    key: str
    shape: tuple[int, ...]
    trained: bool = True

    @property
    def size(self) -> int:
        return math.prod(self.shape)  # NumPy's product would overflow silently


@dataclass(frozen=True)
class Place:
    """The views through which a layer reads its weights and writes its gradients in this step, by tensor key."""

    values: Mapping[str, Array]
    gradients: Mapping[str, Array]  #: empty if only the derivative with respect to the input is needed
    #: Where the regularisers of a step add their penalty, 0-d or one per network; None if another thread does it.
    penalties: Array | None = None
    children: tuple[tuple[str, Layer, Place], ...] = ()


class Layer(Spec):
    """A kind of layer. A frozen spec: sizes follow from the width of the input."""

    #: Whether the layer reads a network's raw inputs, and so must be the first one.
    first_only: ClassVar[bool] = False
    #: Whether a batch touches few of the layer's weights, so that a small gradient is no sign of trouble.
    sparse: ClassVar[bool] = False

    def outputs(self, inputs: int) -> int:
        """The width of the output; by default that of the input."""
        return inputs

    def check(self, inputs: int) -> Iterable[ValidationIssue]:
        """Errors that need the width of the input to be found."""
        return ()

    def tensors(self, inputs: int) -> tuple[Tensor, ...]:
        return ()

    def codes(self) -> Mapping[int, int]:
        """The input columns that hold codes rather than quantities, each with its highest code."""
        return {}

    def children(self) -> tuple[Layer, ...]:
        return ()

    def own_activation(self) -> Activation | None:
        """The activation of this layer, which the head takes over if the layer is the last."""
        return None

    def without_activation(self) -> Layer:
        return self

    def initialize(self, inputs: int, values: Mapping[str, Array], generator: np.random.Generator) -> None:
        """Fill the layer's tensors with their initial values."""

    @abstractmethod
    def forward(self, tape: Tape, at: Place, x: Features, into: Array | None) -> tuple[Array | Features, Backward]:
        """Write the forward pass. Only the last layer gets `into`: its output goes there, (units, rows)."""

    def public(self, inputs: int, values: Mapping[str, Array]) -> dict[str, Array]:
        """The layer's tensors as users see them, weights as (inputs, units)."""
        return {key: np.array(value) for key, value in values.items()}

    def adopt(self, inputs: int, given: Mapping[str, Array], values: Mapping[str, Array]) -> None:
        """Set the layer's tensors from `public` ones of the right shapes."""
        for key, value in values.items():
            value[...] = given[key]

    def describe(self) -> str:
        """The formula with the layer's own activation, for dry runs and explanations."""
        return self.formula


LAYERS: Registry[Layer] = Registry("layer")


def output(tape: Tape, units: int, into: Array | None) -> tuple[Features | Array, Array]:
    """Where a layer's output goes: the next layer's input, and the (units, rows) values in it."""
    if into is not None:
        return into, into
    features = tape.features(units)
    return features, features.values
