"""What one class's scores say beyond a single decision: ROC and precision-recall curves, and calibration."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from service.engine.arrays import Array, Floats
from service.engine.metrics.base import divided
from service.engine.metrics.decisions import Cells

#: Points of a curve that are shown; more would not change the picture.
MAX_POINTS = 200
BINS = 10


class Point(NamedTuple):
    """Of rows that score at least `threshold`; None: of no row."""

    threshold: float | None
    x: float
    y: float


class Bin(NamedTuple):
    """Of rows with a probability above `low` and at most `high`; the first one holds 0 too."""

    low: float
    high: float
    rows: int
    predicted: float  #: mean probability
    observed: float  #: share of rows of the class


class Curves(NamedTuple):
    roc: list[Point]  #: x: false positive rate, y: true positive rate
    precision_recall: list[Point]  #: x: recall, y: precision
    average_precision: float


def curves(scores: Array, positive: Cells) -> Curves | None:
    """Curves of at most `MAX_POINTS`, spread evenly along each; None unless there are rows of both kinds and all scores
    are numbers.

    Fawcett 2006.
    """
    positives = int(np.count_nonzero(positive))
    if positives in (0, len(positive)) or np.isnan(scores).any():
        return None
    thresholds, hits, alarms = counts_above(scores, positive)
    recall, precision = hits / positives, hits / (hits + alarms)
    false_rate = alarms / (len(positive) - positives)
    roc = [Point(None, 0.0, 0.0), *_thinned(thresholds, false_rate, recall, MAX_POINTS - 1)]
    return Curves(roc, _thinned(thresholds, recall, precision, MAX_POINTS), _area(recall, precision))


def average_precision(scores: Array, positive: Cells) -> float:
    """Σ (Rₙ - Rₙ₋₁) Pₙ; NaN unless there are rows of both kinds."""
    positives = int(np.count_nonzero(positive))
    if positives in (0, len(positive)):
        return float("nan")
    _, hits, alarms = counts_above(scores, positive)
    return _area(hits / positives, hits / (hits + alarms))


def _area(recall: Floats, precision: Floats) -> float:
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def calibration(probabilities: Array, positive: Cells) -> list[Bin]:
    """Bins of equal width that hold rows (DeGroot & Fienberg 1983)."""
    edges = np.linspace(0.0, 1.0, BINS + 1)
    places = np.searchsorted(edges[1:-1], probabilities)
    rows = np.bincount(places, minlength=BINS)
    predicted = divided(np.bincount(places, probabilities, BINS), rows)
    observed = divided(np.bincount(places, positive, BINS), rows)
    return [
        Bin(float(edges[one]), float(edges[one + 1]), int(rows[one]), float(predicted[one]), float(observed[one]))
        for one in np.flatnonzero(rows)
    ]


def brier(probabilities: Array, positive: Cells) -> float:
    """Mean squared error of the probability (Brier 1950, for one class)."""
    return float(np.mean(np.square(np.subtract(probabilities, positive, dtype=np.float64))))


def counts_above(scores: Array, positive: Cells) -> tuple[Array, Floats, Floats]:
    """Each different score, from the highest, with the positive and the negative rows that score at least so much."""
    order = np.argsort(-scores, kind="stable")
    ranked, is_hit = scores[order], positive[order]
    last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    hits = np.cumsum(is_hit, dtype=np.float64)[last]
    return ranked[last], hits, last + 1 - hits


def _thinned(thresholds: Array, x: Floats, y: Floats, most: int) -> list[Point]:
    chosen = np.arange(len(x))
    if len(x) > most:
        length = np.cumsum(np.abs(np.diff(x, prepend=x[:1])) + np.abs(np.diff(y, prepend=y[:1])))
        chosen = np.unique(np.searchsorted(length, np.linspace(0.0, length[-1], most - 1)))
        chosen = np.unique(np.append(chosen, len(x) - 1))
    return [Point(*map(float, point)) for point in zip(thresholds[chosen], x[chosen], y[chosen], strict=True)]
