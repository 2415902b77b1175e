"""The gradient checker: backpropagation against central differences, in float64."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from service.engine.arrays import Array
from service.engine.inspection.passes import backpropagate
from service.engine.layers.dense import KERNEL, Dense
from service.engine.network import Network
from service.engine.rows import Rows

#: With the four-point formula, the truncation error is about h⁴ and the rounding error 1e-16 / h: the first step is the
#: best where the loss is smooth. A kink within the step (of relu, hinge, clipping …) falsifies the difference, so
#: smaller steps follow on disagreement; a wrong gradient disagrees at every step size.
STEPS = (2e-4, 2e-5, 2e-6)
#: A difference this small needs no smaller step.
AGREEMENT = 1e-8
#: Gradients below this are compared absolutely: they are as small as the loss's rounding error over the step.
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
            f"along {self.along} backpropagation gives {self.backpropagated:.12g}, "
            f"the central difference {self.difference:.12g}: relative difference {self.error:.2e}"
        )


def check_gradient(
    network: Network, values: Array, rows: Rows, *, directions: int | None = None, seed: int = 0
) -> GradientCheck:
    """Compare the gradient with (8 (L(h) - L(-h)) - (L(2h) - L(-2h))) / 12h and return the worst difference.

    Along every parameter, or along this many random `directions`, each of which covers all parameters at little cost.
    Raises ValueError for a float32 network, whose losses are too coarse for differences.
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
    free = _free(network)
    if count is not None:
        for number, direction in enumerate(np.random.default_rng(seed).normal(size=(count, network.parameter_count))):
            direction *= free
            yield f"random direction {number}", direction / max(np.linalg.norm(direction), 1e-300)
        return
    for segment in network.trained:
        for index in range(segment.tensor.size):
            direction = np.zeros(network.parameter_count)
            direction[segment.offset + index] = free[segment.offset + index]
            yield f"{segment.layer}.{segment.tensor.key}[{index}]", direction


def _free(network: Network) -> Array:
    """1 for each parameter, 0 for frozen biases."""
    free = np.ones(network.size)
    for node in network.all_nodes:
        if isinstance(node.layer, Dense) and node.layer.bias and not node.layer.train_bias:
            node.values(free)[KERNEL][:, -1] = 0
    return free[: network.parameter_count]


def _compare(
    network: Network, values: Array, rows: Rows, name: str, direction: Array, backpropagated: float, seed: int
) -> GradientCheck:
    def loss(distance: float) -> float:
        moved = values.copy()
        moved[: network.parameter_count] += distance * direction
        return backpropagate(network, moved, rows, seed=seed).loss

    best = None
    for h in STEPS:
        difference = (8 * (loss(h) - loss(-h)) - (loss(2 * h) - loss(-2 * h))) / (12 * h)
        scale = max(abs(backpropagated), abs(difference), FLOOR)
        check = GradientCheck(abs(backpropagated - difference) / scale, name, backpropagated, difference)
        best = check if best is None or check.error < best.error else best
        if best.error <= AGREEMENT:
            break
    assert best is not None
    return best
