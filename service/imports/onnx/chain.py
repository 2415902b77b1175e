"""The layers that a chain of nodes stands for, with their weights as the service names and shapes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from service.engine.activations.base import Activation
from service.engine.activations.table import ACTIVATIONS
from service.engine.arrays import Array
from service.imports.onnx.errors import rejected


@dataclass
class Chain:
    """Layers are added from input to output.

    A multiplication and a sum of each number, such as a bias or a scaling, waits until it can become a part of a dense
    layer: the one that it follows or, behind an activation, the next one.
    """

    width: int
    max_numbers: int  #: of all weights together
    layers: list[dict[str, Any]] = field(default_factory=list)
    tensors: list[dict[str, Array]] = field(default_factory=list)  #: of each layer
    #: x factor + term; None stands for 1 and 0.
    factor: Array | None = None
    term: Array | None = None
    numbers: int = 0  #: in all weights up to here

    def scale(self, factor: Any) -> None:
        """Multiply each number (width,)."""
        factor = np.broadcast_to(np.asarray(factor, np.float64), (self.width,))
        self.factor = factor if self.factor is None else self.factor * factor
        self.term = None if self.term is None else self.term * factor

    def shift(self, term: Any) -> None:
        """Add to each number (width,)."""
        # Without a factor it stays the very number that the file has.
        term = np.broadcast_to(np.asarray(term), (self.width,))
        self.term = term if self.term is None else self.term.astype(np.float64) + term

    def dense(self, weights: Array, biases: Array | None) -> None:
        """x weights + biases, weights (inputs, units)."""
        self._count(weights.size)
        if not self._follows_dense:
            weights, biases = self._taken_in(weights, biases)
        self.settle()
        self.layers.append({"type": "dense", "units": weights.shape[1]})
        self.tensors.append({"weights": weights} | ({} if biases is None else {"biases": biases}))
        self.width = weights.shape[1]

    def normalise(self, kind: str, tensors: dict[str, Array], **options: Any) -> None:
        self.settle()
        self.layers.append({"type": kind, **options})
        self.tensors.append(tensors)

    def activate(self, activation: Activation) -> None:
        self.settle()
        if activation.name == "linear":
            return
        written = ACTIVATIONS.write(activation)
        if self._follows_dense:
            self.layers[-1]["activation"] = written
        else:
            self.layers.append({"type": "activation", "activation": written})
            self.tensors.append({})

    def settle(self) -> None:
        """Make what waits a part of the dense layer before it, or a dense layer of its own."""
        if self.factor is None and self.term is None:
            return
        if not self._follows_dense:
            self._count(self.width**2)
            self.layers.append({"type": "dense", "units": self.width})
            self.tensors.append({"weights": np.eye(self.width)})
        own = self.tensors[-1]
        biases = own.get("biases")
        if self.factor is not None:
            own["weights"] = own["weights"] * self.factor
            biases = None if biases is None else biases * self.factor
        if self.term is not None:
            biases = np.array(self.term) if biases is None else biases.astype(np.float64) + self.term
        if biases is not None:
            own["biases"] = biases
        self.factor = self.term = None

    def finish(self) -> None:
        """Say of each dense layer whether it has biases."""
        self.settle()
        for layer, own in zip(self.layers, self.tensors, strict=True):
            if layer["type"] == "dense" and "biases" not in own:
                layer["bias"] = False

    def _count(self, numbers: int) -> None:
        """One tensor of the file may be the weights of many layers."""
        self.numbers += numbers
        if self.numbers > self.max_numbers:
            raise rejected(f"has more than {self.max_numbers:,} weights up to its layer {len(self.layers) + 1}")

    @property
    def _follows_dense(self) -> bool:
        return bool(self.layers) and self.layers[-1]["type"] == "dense" and "activation" not in self.layers[-1]

    def _taken_in(self, weights: Array, biases: Array | None) -> tuple[Array, Array | None]:
        """(x factor + term) weights + biases as one dense layer."""
        if self.term is not None:
            more = self.term.astype(np.float64) @ weights
            biases = more if biases is None else biases + more
        if self.factor is not None:
            weights = self.factor[:, np.newaxis] * weights
        self.factor = self.term = None
        return weights, biases
