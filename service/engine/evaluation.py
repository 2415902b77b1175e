"""Loss and metrics of a network's weights on given rows."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from service.engine.inference import scores
from service.engine.metric import Metric
from service.engine.network import Network
from service.engine.rows import Rows
from service.engine.tape import Array


def evaluate(network: Network, values: Array, rows: Rows, metrics: Iterable[Metric] = ()) -> dict[str, float]:
    """`loss`, with the regularisers' penalty and the rows' weights as in training, and each metric by its key."""
    z = scores(network, values, rows.inputs)
    with np.errstate(all="ignore"):
        losses = network.head.row_losses(z, rows.targets.T)
        if rows.sample_weights is not None:
            losses = losses * rows.sample_weights
        total = float(losses.sum(dtype=np.float64))
        mean = network.spec.loss.reduction == "mean"
        numbers = {"loss": total / (len(rows) if mean else 1) + network.penalty(values)}
    return numbers | measure(network, metrics, z, rows.targets.T)


def measure(network: Network, metrics: Iterable[Metric], z: Array, targets: Array) -> dict[str, float]:
    """Each metric by its key, from scores and targets (outputs, rows). Sample weights do not enter."""
    wanted = list(metrics)
    if not wanted:
        return {}
    loss, head = network.spec.loss, network.head
    by_order = head.activation.name == "softmax" and all(metric.by_order for metric in wanted)
    with np.errstate(all="ignore"):
        outputs = loss.as_probabilities(z if by_order else head.apply(z)).T
        truth = loss.as_probabilities(targets).T
        return {metric.key: metric.of(outputs, truth, multilabel=is_multilabel(network)) for metric in wanted}


def is_multilabel(network: Network) -> bool:
    """Whether each of several outputs is a yes or no of its own, rather than one class among them right."""
    return network.outputs > 1 and network.spec.loss.name in ("binary_cross_entropy", "hinge")
