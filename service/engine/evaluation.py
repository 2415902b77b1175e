"""Loss and metrics of a network's weights on given rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from service.engine.arrays import Array
from service.engine.inference import scores, tempered
from service.engine.metrics.base import Metric
from service.engine.metrics.decisions import ClassThreshold
from service.engine.network import Network
from service.engine.rows import Rows
from service.engine.units import Units


def evaluate(
    network: Network,
    values: Array,
    rows: Rows,
    metrics: Iterable[Metric] = (),
    temperature: float = 1.0,
    threshold: ClassThreshold | None = None,
) -> dict[str, float]:
    """`loss`, with regularisation and sample weights as in training, and each metric by its key, in the user's units if
    the rows have them; both from scores divided by the temperature, predicted classes by the threshold."""
    z = tempered(scores(network, values, rows.inputs), temperature)
    return evaluate_scores(network, values, rows, z, metrics, threshold)


def evaluate_scores(
    network: Network,
    values: Array,
    rows: Rows,
    z: Array,
    metrics: Iterable[Metric] = (),
    threshold: ClassThreshold | None = None,
) -> dict[str, float]:
    """`evaluate`, from the scores (outputs, rows) that these weights give the rows."""
    numbers = {"loss": loss_of(network, values, rows, z)}
    return numbers | measure(network, metrics, z, rows.targets.T, rows.units, threshold)


def loss_of(network: Network, values: Array, rows: Rows, z: Array) -> float:
    """With regularisation and sample weights as in training, from scores (outputs, rows)."""
    with np.errstate(all="ignore"):
        return network.head.batch_loss(z, rows.targets.T, rows.sample_weights) + network.penalty(values)


def measure(
    network: Network,
    metrics: Iterable[Metric],
    z: Array,
    targets: Array,
    units: Units | None = None,
    threshold: ClassThreshold | None = None,
) -> dict[str, float]:
    """Each metric by its key, from scores and targets (outputs, rows). Sample weights have no effect."""
    wanted = list(metrics)
    if not wanted:
        return {}
    if threshold is None:
        return measure_outputs(network, wanted, *outputs_and_truth(network, wanted, z, targets, units))
    with np.errstate(all="ignore"):
        outputs = network.head.apply(z).T
    decided = threshold.decided(outputs)
    return {metric.key: metric.of(decided if metric.by_decision else outputs, targets.T) for metric in wanted}


def measure_outputs(network: Network, metrics: Iterable[Metric], outputs: Array, truth: Array) -> dict[str, float]:
    """Each metric by its key, from outputs and targets (rows, outputs) in the user's units."""
    with np.errstate(all="ignore"):
        return {metric.key: metric.of(outputs, truth, multilabel=is_multilabel(network)) for metric in metrics}


def outputs_and_truth(
    network: Network, metrics: Sequence[Metric], z: Array, targets: Array, units: Units | None
) -> tuple[Array, Array]:
    """Both (rows, outputs), as these metrics need them."""
    loss, head = network.spec.loss, network.head
    multilabel = is_multilabel(network)
    # If only the order of a row's outputs matters, scores suffice: a softmax keeps their order.
    is_one_of_many = head.activation.name == "softmax" and network.outputs > 1 and not multilabel
    by_order = is_one_of_many and units is None and all(metric.by_order for metric in metrics)
    with np.errstate(all="ignore"):
        outputs = loss.as_probabilities(z if by_order else head.apply(z)).T
        truth = loss.as_probabilities(targets).T
        if units is not None:
            outputs, truth = units.restore(outputs), units.restore_targets(truth)
    return outputs, truth


def is_multilabel(network: Network) -> bool:
    """Whether each of several outputs is a separate yes or no, rather than exactly one class being right."""
    return network.outputs > 1 and network.spec.loss.name in ("binary_cross_entropy", "hinge")
