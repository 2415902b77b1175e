"""Which weights the members of an ensemble get, and why: chosen on the rows that they have held out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from service.domain.types import Json
from service.engine.arrays import Floats
from service.engine.averaging import PARTS, ROUNDS, Choice, choose
from service.engine.network import Network
from service.engine.pooled import scores_of_groups
from service.jobs.pool import Holds, Pool

#: With fewer rows that all groups have held out, members count equally.
LEAST_ROWS = 30
#: Of more rows so many are drawn at random, fewer if each takes much work in a member or in the choice.
MAX_ROWS, MIN_ROWS, WORK, CHOICE_WORK = 2000, 200, 400_000_000, 40_000_000

Values = npt.NDArray[Any]
#: From the weights of a run, and the members that have diverged: `weights` by member, and why.
Weigh = Callable[[Values, Collection[int]], Json]


def weigh_with(network: Network, pool: Pool | None) -> Weigh:
    """Members that hold out the same rows are compared one by one; if each has rows of its own, the recipes are, and
    the members of one count equally."""

    def weigh(values: Values, lost: Collection[int]) -> Json:
        groups = [[index for index in group if index not in lost] for group in _groups(network, pool)]
        sound = [group for group in groups if group]
        count = sum(map(len, sound))
        equal = _by_member(network, sound, np.array([len(group) / count for group in sound]))
        if pool is None:
            return _told(equal, "there are no validation rows, so members count equally")
        if len(sound) < 2:
            return _told(equal, "each member has held out other rows, so members of one recipe count equally")
        holds = _holds(network, pool)
        common = np.flatnonzero(np.logical_and.reduce([holds[group].any(axis=0) for group in sound]))
        if len(common) < LEAST_ROWS:
            words = f"only {len(common)} rows were held out by all of them, too few to compare; members count equally"
            return _told(equal, words)
        drawn = _drawn(network, len(sound), common)
        rows = pool.rows.take(drawn)
        shares = [_shares(holds[:, drawn], group) for group in sound]
        z = scores_of_groups(network, values, rows.inputs, shares)
        found = choose(network.head, z, rows.targets.T, rows.sample_weights)
        chosen = equal if not found.is_sure else _by_member(network, sound, found.weights)
        return _told(chosen, _reason(found), found, len(drawn))

    return weigh


def _groups(network: Network, pool: Pool | None) -> Sequence[Sequence[int]]:
    if pool is not None and pool.holds is None:
        return [[index] for index in range(len(network.members))]
    return network.recipes


def _holds(network: Network, pool: Pool) -> Holds:
    return np.ones((len(network.members), len(pool)), np.bool_) if pool.holds is None else pool.holds


def _drawn(network: Network, groups: int, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    of_choice = CHOICE_WORK // (groups * ROUNDS * (PARTS + 1) * network.outputs)
    most = min(MAX_ROWS, max(min(WORK // network.cost, of_choice), MIN_ROWS))
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng(0).choice(rows, most, replace=False))


def _shares(holds: Holds, group: Sequence[int]) -> Floats:
    """Of each member in the mean of those of the group that hold a row out."""
    shares = np.zeros(holds.shape)
    shares[group] = holds[group]
    mean: Floats = shares / shares.sum(axis=0)
    return mean


def _by_member(network: Network, groups: Sequence[Sequence[int]], weights: Floats) -> list[float]:
    shares = np.zeros(len(network.members))
    for group, weight in zip(groups, weights, strict=True):
        shares[group] = weight / len(group)
    return [float(share) for share in shares]


def _reason(found: Choice) -> str:
    gain = f"{found.gain:.3g} ± {found.gain_error:.3g}"
    if found.is_sure:
        return f"weights chosen on some of these rows lower the loss of the others by {gain} against equal weights"
    return (
        f"weights chosen on some of these rows lower the loss of the others by {gain}, which may be chance: members "
        "count equally"
    )


def _told(weights: Sequence[float], reason: str, found: Choice | None = None, rows: int = 0) -> Json:
    return {
        "weights": list(weights),
        "rows": rows,
        "loss": _finite(found and (found.loss if found.is_sure else found.equal_loss)),
        "equal_loss": _finite(found and found.equal_loss),
        "reason": reason,
    }


def _finite(number: float | None) -> float | None:
    return number if number is not None and np.isfinite(number) else None
