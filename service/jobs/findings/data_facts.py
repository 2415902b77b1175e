"""Measures the rows of a run before its first epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from service.data.signatures.classes import Classifier
from service.engine.layers.batch_norm import BatchNorm
from service.engine.network import Network
from service.engine.rows import Rows
from service.engine.training.spec import TrainingSpec
from service.jobs.findings.facts import DataFacts, Outlier, Width
from service.jobs.findings.naive import naive_answer, naive_row_losses

Numbers = npt.NDArray[np.float64]

#: Rows looked at for sizes and outliers: more would not change the verdict.
MAX_ROWS = 20_000
#: What the activation of the last layer can give, from low to high, and in words.
REACH: Mapping[str, tuple[float, float, str]] = {
    "relu": (0, np.inf, "from 0 up"),
    "softplus": (0, np.inf, "above 0"),
    "sigmoid": (0, 1, "from 0 to 1"),
    "hard_sigmoid": (0, 1, "from 0 to 1"),
    "softmax": (0, 1, "from 0 to 1"),
    "tanh": (-1, 1, "from -1 to 1"),
    "softsign": (-1, 1, "from -1 to 1"),
}


def measure_data(
    network: Network,
    spec: TrainingSpec,
    training: Rows,
    validation: Rows | None,
    classifier: Classifier | None,
    groups: Mapping[str, Sequence[int]] | None,
) -> DataFacts:
    rows = len(training)
    counts = class_counts(classifier, training)
    sample = training.take(spread(rows, MAX_ROWS)) if rows > MAX_ROWS else training
    is_numeric = classifier is None
    reach, beyond = _reach(network, sample)
    return DataFacts(
        rows=rows,
        validation_rows=len(validation) if validation else None,
        batch_rows=spec.batch_rows(rows),
        epochs=spec.epochs,
        has_batch_norm=any(isinstance(node.layer, BatchNorm) for node in network.all_nodes),
        has_softmax_of_one=network.outputs == 1 and network.head.activation.name == "softmax",
        normalizes_inputs=network.nodes[0].layer.name in ("batch_norm", "layer_norm"),
        class_counts=counts,
        naive_loss=naive_loss(network, training),
        targets_vary=bool((np.ptp(training.targets, axis=0) > 0).any()),
        widest_input=_widest_input(network, sample, groups),
        widest_target=_widest_target(network, sample) if is_numeric else None,
        reach=reach,
        beyond_reach=beyond,
        outlier=_outlier(network, training) if is_numeric else None,
    )


def class_counts(classifier: Classifier | None, rows: Rows) -> dict[str, int] | None:
    """Rows of each class; None where a row does not have exactly one."""
    if classifier is None or classifier.multilabel:
        return None
    classes = classifier.form.classes_of(rows.targets)
    if classes is None:
        return None
    names = classifier.form.names
    return dict(zip(names, np.bincount(classes, minlength=len(names)).tolist(), strict=True))


def spread(rows: int, most: int) -> npt.NDArray[np.intp]:
    """Indexes of at most so many rows, evenly over all of them."""
    return np.linspace(0, rows - 1, min(rows, most)).astype(np.intp)


def naive_loss(network: Network, rows: Rows) -> float:
    """Of the best constant answer, counted as the loss of an epoch is: with weights, mean or sum."""
    losses = naive_row_losses(network, naive_answer(network, rows), rows)
    total = float(np.sum(losses if rows.sample_weights is None else losses * rows.sample_weights))
    return total / (len(rows) if network.spec.loss.reduction == "mean" else 1)


def _widest_input(network: Network, rows: Rows, groups: Mapping[str, Sequence[int]] | None) -> Width | None:
    """Of the columns that are numbers, not codes of categories."""
    sizes = _root_mean_squares(rows.inputs)
    sizes[list(network.codes)] = 0
    widest = int(sizes.argmax())
    names = {index: name for name, group in (groups or {}).items() for index in group}
    return Width(names.get(widest, f"input {widest}"), float(sizes[widest]))


def _widest_target(network: Network, rows: Rows) -> Width | None:
    if network.spec.loss.targets != "number":
        return None
    sizes = _root_mean_squares(rows.targets)
    return Width(f"output {int(sizes.argmax())}", float(sizes.max()))


def _root_mean_squares(matrix: npt.NDArray[np.generic]) -> Numbers:
    with np.errstate(over="ignore"):
        sizes: Numbers = np.sqrt(np.mean(np.square(matrix, dtype=np.float64), axis=0))
    return sizes


def _reach(network: Network, rows: Rows) -> tuple[str | None, float]:
    known = REACH.get(network.head.activation.name)
    if known is None or network.spec.loss.targets not in ("number", "count"):
        return None, 0.0
    low, high, words = known
    return words, float(np.mean((rows.targets < low) | (rows.targets > high)))


def _outlier(network: Network, rows: Rows) -> Outlier | None:
    """The row that makes the largest part of the naive answer's loss."""
    losses = naive_row_losses(network, naive_answer(network, rows), rows)
    total = float(losses.sum())
    if not np.isfinite(total) or total <= 0:
        return None
    row = int(losses.argmax())
    targets = rows.targets if rows.units is None else rows.units.unbounded(rows.targets)
    output = int(np.abs(targets[row] - np.median(targets, axis=0)).argmax())
    return Outlier(float(targets[row, output]), float(np.median(targets[:, output])), float(losses[row]) / total)
