"""The networks, rows and start weights that every engine is timed on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

LEARNING_RATE = 1e-3


@dataclass(frozen=True)
class Setting:
    """One fully connected network with its batch size; the output is one probability, classes, or one value."""

    name: str
    widths: tuple[int, ...]
    batch_size: int
    rows: int
    hidden: Literal["tanh", "relu"]
    task: Literal["binary", "classes", "value"]

    @property
    def title(self) -> str:
        return f"{self.name}: {'-'.join(map(str, self.widths))}, batch {self.batch_size}, {self.rows:,} rows"

    @property
    def steps(self) -> int:
        """Steps in one epoch, a short last one included."""
        return -(-self.rows // self.batch_size)

    @property
    def parameters(self) -> int:
        return sum((inputs + 1) * units for inputs, units in zip(self.widths, self.widths[1:], strict=False))

    def data(self) -> tuple[Floats, Floats]:
        """Inputs (rows, inputs), and targets (rows, outputs): 0 or 1, one-hot, or values."""
        generator = np.random.default_rng(1)
        x = generator.uniform(-1, 1, (self.rows, self.widths[0])).astype(np.float32)
        teacher = generator.normal(size=(self.widths[0], self.widths[-1])) / np.sqrt(self.widths[0])
        score = x @ teacher
        if self.task == "binary":
            return x, (x[:, :1] * x[:, 1:2] > 0).astype(np.float32)
        if self.task == "classes":
            return x, np.eye(self.widths[-1], dtype=np.float32)[score.argmax(axis=1)]
        return x, score.astype(np.float32)

    def start(self) -> list[tuple[Floats, Floats]]:
        """Weights (inputs, units) and biases (units,) of each layer: Glorot and zero."""
        generator = np.random.default_rng(2)
        layers = []
        for inputs, units in zip(self.widths, self.widths[1:], strict=False):
            limit = np.sqrt(6 / (inputs + units))
            weights = generator.uniform(-limit, limit, (inputs, units)).astype(np.float32)
            layers.append((weights, np.zeros(units, np.float32)))
        return layers


def dense_layers(widths: Sequence[int], hidden: str, output: str) -> list[dict[str, Any]]:
    """Fully connected layers as JSON: `widths` begin with the inputs', `hidden` and `output` are activations."""
    activations = [hidden] * (len(widths) - 2) + [output]
    return [
        {"type": "dense", "units": units, "activation": activation}
        for units, activation in zip(widths[1:], activations, strict=True)
    ]


#: A small network that the service is asked for again and again.
DIGITS: dict[str, Any] = {
    "name": "digits",
    "inputs": 64,
    "loss": "cross_entropy",
    "layers": dense_layers((64, 32, 10), "relu", "softmax"),
}

SETTINGS = {
    setting.name: setting
    for setting in (
        Setting("a", (2, 8, 1), 4, 200, "tanh", "binary"),
        Setting("b", (64, 32, 10), 32, 1_797, "relu", "classes"),
        Setting("c", (784, 256, 128, 10), 128, 12_800, "relu", "classes"),
        Setting("d", (784, 1024, 1024, 10), 256, 5_120, "relu", "classes"),
        Setting("e", (100, 512, 512, 1), 1024, 20_480, "relu", "value"),
    )
}
