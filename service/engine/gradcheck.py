"""The gradient checker: backpropagation against central differences, in float64."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from service.engine.network import Network
from service.engine.passes import backpropagate
from service.engine.rows import Rows
from service.engine.tape import Array

#: With the four-point formula the cut-off Taylor series errs by about h⁴ and rounding by 1e-16 / h.
STEP = 2e-4
#: Gradients below this are compared absolutely: they are as small as the rounding of the loss over the step.
FLOOR = 1e-3


@dataclass(frozen=True)
class GradientCheck:
    """The largest relative difference, along which parameter or random direction, and both numbers there."""

    error: float
    along: str
    backpropagated: float
    difference: float

    def __str__(self) -> str:
        return (
            f"along {self.along} backpropagation says {self.backpropagated:.12g}, "
            f"the central difference {self.difference:.12g}: relative difference {self.error:.2e}"
        )


def check_gradient(
    network: Network, values: Array, rows: Rows, *, directions: int | None = None, seed: int = 0
) -> GradientCheck:
    """Compare the gradient with (8 (L(h) - L(-h)) - (L(2h) - L(-2h))) / 12h and return the worst difference.

    Along every parameter, or along so many random `directions`, which sees every parameter at once at little cost.
    Raises ValueError for a float32 network, whose losses are too coarse to be differenced.
    """
    if network.dtype != np.float64:
        raise ValueError("a gradient check needs a network of dtype float64")
    gradient = backpropagate(network, values.copy(), rows, seed=seed).gradient
    return max(
        (
            _compare(network, values, rows, name, direction, float(gradient @ direction), seed)
            for name, direction in _directions(network, directions, seed)
        ),
        key=lambda check: check.error,
    )


def _directions(network: Network, count: int | None, seed: int) -> Iterator[tuple[str, Array]]:
    if count is not None:
        for number, direction in enumerate(np.random.default_rng(seed).normal(size=(count, network.parameter_count))):
            yield f"random direction {number}", direction / np.linalg.norm(direction)
        return
    for segment in network.trained:
        for index in range(segment.tensor.size):
            direction = np.zeros(network.parameter_count)
            direction[segment.offset + index] = 1
            yield f"{segment.layer}.{segment.tensor.key}[{index}]", direction


def _compare(
    network: Network, values: Array, rows: Rows, name: str, direction: Array, backpropagated: float, seed: int
) -> GradientCheck:
    def loss(steps: int) -> float:
        moved = values.copy()
        moved[: network.parameter_count] += steps * STEP * direction
        return backpropagate(network, moved, rows, seed=seed).loss

    difference = (8 * (loss(1) - loss(-1)) - (loss(2) - loss(-2))) / (12 * STEP)
    scale = max(abs(backpropagated), abs(difference), FLOOR)
    return GradientCheck(abs(backpropagated - difference) / scale, name, backpropagated, difference)
