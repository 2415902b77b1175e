"""Calibration on held-out rows: a temperature for probabilities, and the quantiles of split conformal prediction."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from service.engine.arrays import Array, Floats
from service.engine.losses.table import BinaryCrossEntropy, CrossEntropy

#: The prior of log T is normal around 0 with this deviation, so that few rows change little.
PRIOR = 0.5
LOWEST, HIGHEST = 0.05, 20.0
STARTS, STEPS = 25, 40
GOLDEN = (math.sqrt(5) - 1) / 2
#: Of more scores, so many evenly spread ones are kept.
KEPT = 201


def log_losses(z: Array, y: Array, *, softmax: bool, temperature: float = 1.0) -> Floats:
    """Σ over the outputs of -log p(y) for each row, (rows,), from scores and targets (outputs, rows)."""
    loss = CrossEntropy() if softmax else BinaryCrossEntropy()
    losses = loss.rows_from_logits(z.astype(np.float64) / temperature, y)
    return losses * len(z) if loss.mean_over_outputs else losses


def fit_temperature(z: Array, y: Array, *, softmax: bool) -> float:
    """The T by which scores are divided so that held-out rows are most probable, shrunk towards 1.

    It minimises Σ log_losses(T) + log²T / (2 PRIOR²): temperature scaling (Guo et al. 2017, section 4.2) with a prior.
    Its log loss is never above that of T = 1, where the second term is 0. 1 where scores are not finite.
    """
    if not (np.isfinite(z).all() and z.shape[-1]):
        return 1.0

    def cost(log_t: float) -> float:
        losses = log_losses(z, y, softmax=softmax, temperature=math.exp(log_t))
        return float(losses.sum()) + log_t * log_t / (2 * PRIOR * PRIOR)

    places = np.linspace(math.log(LOWEST), math.log(HIGHEST), STARTS)
    costs = [cost(place) for place in places]
    middle, step = places[int(np.argmin(costs))], places[1] - places[0]
    best = _least(cost, middle - step, middle + step)
    return math.exp(best) if cost(best) < cost(0.0) else 1.0


def _least(cost: Callable[[float], float], low: float, high: float) -> float:
    """Golden-section search (Kiefer 1953) of a function with one valley between two places."""
    for _ in range(STEPS):
        first, second = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        if cost(first) <= cost(second):
            high = second
        else:
            low = first
    return (low + high) / 2


def kept_scores(scores: Array) -> tuple[float, ...]:
    """Ascending, at most KEPT of them: of n more, those at the ranks ⌈j (n - 1) / (KEPT - 1)⌉ from 0."""
    ascending = np.sort(scores.astype(np.float64))
    return tuple(ascending[kept_ranks(len(ascending))].tolist())


def kept_ranks(count: int) -> Array:
    if count <= KEPT:
        return np.arange(count)
    ranks: Array = -(-np.arange(KEPT) * (count - 1) // (KEPT - 1))
    return ranks


def conformal_quantile(kept: Sequence[float], count: int, level: float) -> float | None:
    """The score that a new row stays at or below with at least this probability, if it and the `count` rows behind the
    kept scores are exchangeable: the ⌈(count + 1) level⌉-th smallest, or the next that is kept (Lei et al. 2018,
    section 2.2). None where there are too few rows for the level."""
    rank = math.ceil(round((count + 1) * level, 9))
    if rank > count:
        return None
    return kept[int(np.searchsorted(kept_ranks(count), max(rank, 1) - 1))]


def rows_needed(level: float) -> int:
    """The fewest rows that a level can be promised from."""
    return math.ceil(round(level / (1 - level), 9))
