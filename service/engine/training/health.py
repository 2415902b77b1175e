"""The health of each layer after an epoch, from its last batch: norms, update sizes, and units that no longer
learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from service.engine.arrays import Array
from service.engine.network import Network
from service.engine.nodes import Node
from service.engine.norms import each_norm, norm

#: A layer whose root-mean-square gradient is below this share of the largest layer's learns almost nothing.
VANISHING = 1e-3
#: A gradient is exploding if its norm is this many times the norm of its weights, and this many times 1.
EXPLODING = 1e2
#: With at least this share of dead units, a layer counts as dead.
DEAD = 0.5


@dataclass(frozen=True)
class LayerHealth:
    """One layer with weights. Norms are Euclidean; `update_ratio` is ‖ΔW‖ / ‖W‖ of the step; `stuck` is the share of
    its units that are dead (never on in the batch) or saturated, measured on the first thread's share of the batch;
    `verdict` is vanishing, exploding, dead or None."""

    layer: str
    weight_norm: float
    gradient_norm: float
    update_ratio: float
    stuck: float | None
    verdict: str | None

    def to_json(self) -> dict[str, Any]:
        return dict(vars(self))  # whose fields are plain


class Examiner:
    """Computes the health of a network's layers from a run's vectors and the activations of its last batch, or of the
    first thread's share of it."""

    def __init__(self, network: Network, activations: Sequence[tuple[str, Array]]) -> None:
        self._nodes = [node for node in network.all_nodes if any(s.tensor.trained for s in node.segments)]
        self._spans = [_span(node) for node in self._nodes]
        shown = dict(activations)
        self._activations = [shown.get(node.name) for node in self._nodes]

    def norms(self, vector: Array) -> list[float]:
        """‖v‖ of each layer's part of a vector."""
        with np.errstate(all="ignore"):
            return [norm(vector[span]) for span in self._spans]

    def norms_of_each(self, vectors: Array) -> Array:
        """`norms` of each of several vectors, (vectors, layers)."""
        found = np.empty((len(vectors), len(self._spans)))
        with np.errstate(all="ignore"):
            for index, span in enumerate(self._spans):
                found[:, index] = each_norm(vectors[:, span])
        return found

    def report(
        self, gradients: Sequence[float], updates: Sequence[float], weights: Sequence[float]
    ) -> tuple[LayerHealth, ...]:
        return self.verdicts(gradients, updates, weights, self.stuck())

    def stuck(self) -> list[Any]:
        """Of each layer the share of stuck units, one number or one for each network of a stack; None where none can
        be."""
        return [_stuck(node, a) for node, a in zip(self._nodes, self._activations, strict=True)]

    def verdicts(
        self,
        gradients: Sequence[float],
        updates: Sequence[float],
        weights: Sequence[float],
        stuck: Sequence[float | None],
    ) -> tuple[LayerHealth, ...]:
        sizes = [span.stop - span.start for span in self._spans]
        root_mean_squares = [gradient / size**0.5 for gradient, size in zip(gradients, sizes, strict=True)]
        largest = max(root_mean_squares, default=0.0)
        return tuple(
            LayerHealth(
                layer=node.name,
                weight_norm=weights[i],
                gradient_norm=gradients[i],
                update_ratio=updates[i] / weights[i] if weights[i] else float("inf") if updates[i] else 0.0,
                stuck=stuck[i],
                verdict=_verdict(node, gradients[i], weights[i], root_mean_squares[i], largest, stuck[i]),
            )
            for i, node in enumerate(self._nodes)
        )


def _stuck(node: Node, a: Array | None) -> Any:
    activation = node.layer.own_activation()
    shares = None if activation is None or a is None else activation.stuck(a)
    return None if shares is None else shares.tolist()


def _span(node: Node) -> slice:
    trained = [segment for segment in node.segments if segment.tensor.trained]
    return slice(trained[0].span.start, trained[-1].span.stop)


def _verdict(
    node: Node, gradient: float, weight: float, root_mean_square: float, largest: float, stuck: float | None
) -> str | None:
    if not np.isfinite(gradient) or gradient > EXPLODING * max(weight, 1.0):
        return "exploding"
    activation = node.layer.own_activation()
    if stuck is not None and stuck >= DEAD and activation is not None and activation.can_die:
        return "dead"
    return "vanishing" if root_mean_square < VANISHING * largest and not node.layer.sparse else None
