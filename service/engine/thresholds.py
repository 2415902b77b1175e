"""The threshold of one class that a metric is best at, on held-out rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from service.engine.arrays import Array, Floats
from service.engine.metrics.base import divided
from service.engine.metrics.curves import counts_above
from service.engine.metrics.decisions import Cells

#: Of one class against all others, from the rows that are of it and predicted to be, are not and are, are and are not,
#: and neither; 0/0 counts as 0.
FORMULAS: Mapping[str, Callable[[Array, Array, Array, Array], Floats]] = {
    "accuracy": lambda tp, fp, fn, tn: _ratio(tp + tn, tp + fp + fn + tn),
    "balanced_accuracy": lambda tp, fp, fn, tn: (_ratio(tp, tp + fn) + _ratio(tn, tn + fp)) / 2,
    "f1": lambda tp, fp, fn, tn: _ratio(2 * tp, 2 * tp + fp + fn),
    "precision": lambda tp, fp, fn, tn: _ratio(tp, tp + fp),
    "recall": lambda tp, fp, fn, tn: _ratio(tp, tp + fn),
}


class Best(NamedTuple):
    """A class is predicted where its probability is above `value`."""

    value: float
    score: float


def figures(predicted: Cells, positive: Cells) -> dict[str, float]:
    """Each metric of `FORMULAS`, of predictions and truth (rows,)."""
    counts = [np.array(np.count_nonzero(cells)) for cells in _crossed(predicted, positive)]
    return {name: float(formula(*counts)) for name, formula in FORMULAS.items()}


def best_threshold(scores: Array, positive: Cells, metric: str, least: tuple[str, float] | None = None) -> Best | None:
    """From the probabilities of a class and whether rows are of it, (rows,), both kinds of which there are.

    Of the thresholds halfway between two different scores, the one with the highest metric, among those with at least
    so much of the metric `least`; of equals, the closest to one half. None if none reaches it, or all scores are equal.
    """
    found, hits, alarms = counts_above(scores, positive)
    positives = np.count_nonzero(positive)
    lower = np.append(found[1:], np.zeros(1, found.dtype))
    parts = hits, alarms, positives - hits, len(positive) - positives - alarms
    allowed = lower < found
    if least is not None:
        allowed &= FORMULAS[least[0]](*parts) >= least[1]
    if not allowed.any():
        return None
    values, reached = _between(lower, found), FORMULAS[metric](*parts)
    order = np.lexsort((np.abs(values.astype(np.float64) - 0.5), -reached))
    place = next(index for index in order if allowed[index])
    return Best(float(str(values[place])), float(reached[place]))


def _between(lower: Array, upper: Array) -> Array:
    """Numbers of the same dtype that `upper` is above, and `lower` is not."""
    middle = lower + (upper - lower) / 2
    return np.where(middle < upper, middle, lower).astype(upper.dtype)


def _crossed(predicted: Cells, positive: Cells) -> tuple[Cells, Cells, Cells, Cells]:
    return predicted & positive, predicted & ~positive, ~predicted & positive, ~predicted & ~positive


def _ratio(numerator: Array, denominator: Array) -> Floats:
    quotient: Floats = np.nan_to_num(divided(numerator, denominator))
    return quotient
