"""How much each column of a user's table mattered to a network that has just been trained."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from service.domain.records import Json
from service.engine.inspection.importance import MAX_ROWS, affordable_rows, permutation_importance
from service.engine.network import Network
from service.engine.rows import Rows

Importances = tuple[Json, ...]

REPEATS = 5
#: From fewer rows, where there are more, nothing is reported rather than noise.
MIN_ROWS = 100


def importance_of(
    network: Network,
    values: npt.NDArray[np.generic],
    rows: Rows,
    groups: Mapping[str, Sequence[int]],
    *,
    seed: int,
    interrupt: Callable[[], bool] | None = None,
) -> Importances | None:
    """Each user column's importance, the most important first: `mean` and `std` of how much the loss rises when the
    column's values, in the network's inputs `groups[column]`, are dealt to other rows.

    A number that is not finite is None. None where it would take too long, for so many columns and so large a network
    that too few rows can be afforded, and when `interrupt` says True.
    """
    affordable = affordable_rows(network, len(groups), repeats=REPEATS)
    if len(rows) < 2 or affordable < min(len(rows), MIN_ROWS):
        return None
    found = permutation_importance(
        network,
        values,
        rows,
        list(groups.values()),
        repeats=REPEATS,
        seed=seed,
        max_rows=min(MAX_ROWS, affordable),
        interrupt=interrupt,
    )
    if found is None:
        return None
    of_columns = [
        {"column": name, "mean": _finite(group.mean), "std": _finite(group.std)}
        for name, group in zip(groups, found.groups, strict=True)
    ]
    return tuple(sorted(of_columns, key=lambda told: -math.inf if told["mean"] is None else told["mean"], reverse=True))


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None
