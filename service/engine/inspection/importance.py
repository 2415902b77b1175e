"""Permutation importance: how much worse a network does when the values of some columns are permuted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from service.engine.arrays import Array
from service.engine.evaluation import evaluate
from service.engine.metrics.base import Metric
from service.engine.network import Network
from service.engine.rows import Rows

#: More rows than this say little more.
MAX_ROWS = 5_000
#: Multiplications to spend on the result: one or two seconds of one core.
BUDGET = 2e10


@dataclass(frozen=True)
class GroupImportance:
    """Mean and standard deviation, over the repeats, of how much worse the measure became; above 0, the group
    matters."""

    mean: float
    std: float


@dataclass(frozen=True)
class Importance:
    """`measure` is "loss" or a metric's key, `baseline` its value on unpermuted rows."""

    measure: str
    baseline: float
    rows: int
    repeats: int
    groups: tuple[GroupImportance, ...]


def affordable_rows(network: Network, groups: int, *, repeats: int, budget: float = BUDGET) -> int:
    """The number of rows for which the importance of this many groups stays within the budget."""
    return int(budget / (max(1, groups) * repeats * max(1, network.parameter_count)))


def permutation_importance(
    network: Network,
    values: Array,
    rows: Rows,
    groups: Sequence[Sequence[int]],
    *,
    metric: Metric | None = None,
    repeats: int = 5,
    seed: int = 0,
    max_rows: int = MAX_ROWS,
    interrupt: Callable[[], bool] | None = None,
) -> Importance | None:
    """The permutation importance (Breiman 2001, section 10) of each group of input columns, which are permuted
    together: how far the loss rises, or a metric gets worse, compared with the same rows unpermuted.

    Uses at most `max_rows` rows, chosen by the seed. A pure function: the same seed gives the same numbers.
    `interrupt` is called before each group; returns None if it returns True.
    """
    generator = np.random.default_rng(seed)
    if len(rows) > max_rows:
        rows = rows.take(np.sort(generator.choice(len(rows), max_rows, replace=False)))
    measure = "loss" if metric is None else metric.key
    sign = -1.0 if metric is not None and metric.higher_is_better else 1.0

    def measured(given: Rows) -> float:
        return evaluate(network, values, given, () if metric is None else (metric,))[measure]

    baseline = measured(rows)
    permuted = replace(rows, inputs=rows.inputs.copy())
    found = []
    for group in groups:
        if interrupt is not None and interrupt():
            return None
        columns = np.asarray(group, np.intp)
        rises = np.empty(repeats)
        for repeat in range(repeats):
            permuted.inputs[:, columns] = rows.inputs[np.ix_(generator.permutation(len(rows)), columns)]
            rises[repeat] = sign * (measured(permuted) - baseline)
        permuted.inputs[:, columns] = rows.inputs[:, columns]
        found.append(GroupImportance(float(rises.mean()), float(rises.std())))
    return Importance(measure, baseline, len(rows), repeats, tuple(found))
