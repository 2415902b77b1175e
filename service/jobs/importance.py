"""How much each column of a user's table mattered to a network that has just been trained."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from service.domain.types import Json
from service.engine.inspection.importance import BUDGET, MAX_ROWS, affordable_rows, permutation_importance
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
    budget: float = BUDGET,
    interrupt: Callable[[], bool] | None = None,
) -> Importances | None:
    """Each user column's importance, the most important first: `mean` and `std` of how much the loss rises when the
    column's values, in the network's inputs `groups[column]`, are permuted among the rows.

    A number that is not finite is None. None where it would take too long, for so many columns and so large a network
    that too few rows can be afforded, and when `interrupt` says True.
    """
    affordable = affordable_rows(network, len(groups), repeats=REPEATS, budget=budget)
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
    return _sorted(of_columns)


def mean_importance(of_members: Sequence[Importances], weights: Sequence[float]) -> Importances:
    """That of an ensemble, by the shares of its members in the mean; `std` holds how much members differ, too."""
    shares = np.array(weights)
    by_column = [{told["column"]: told for told in told_of} for told_of in of_members]
    found = []
    for column in by_column[0]:
        means, deviations = (_known([told[column][key] for told in by_column]) for key in ("mean", "std"))
        mean = float(shares @ means)
        variance = float(shares @ (deviations**2 + (means - mean) ** 2))
        found.append({"column": column, "mean": _finite(mean), "std": _finite(variance**0.5)})
    return _sorted(found)


def _known(numbers: Sequence[float | None]) -> npt.NDArray[np.float64]:
    return np.array([math.nan if number is None else number for number in numbers])


def _sorted(of_columns: Sequence[Json]) -> Importances:
    return tuple(sorted(of_columns, key=lambda told: -math.inf if told["mean"] is None else told["mean"], reverse=True))


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None
