"""How much each parameter decided whether a trial was among the best: PED-ANOVA (Watanabe et al. 2023), by Optuna."""

from __future__ import annotations

import math
from collections.abc import Sequence

import optuna
from optuna.importance import PedAnovaImportanceEvaluator
from optuna.trial import create_trial

from service.search.optuna_space import distributions_of, params_of
from service.search.past import Past
from service.search.space import Space

#: The method compares so many of the best trials, at least, with all of them.
LEAST_BEST, BEST_SHARE = 5, 0.1
#: So many trials must have a parameter, and so many must lack it, unless none does.
LEAST_EACH = 2


def best_share(trials: int) -> float:
    """The share of the trials that counts as the best ones."""
    return max(BEST_SHARE, LEAST_BEST / trials)


def importances(space: Space, past: Sequence[Past]) -> dict[str, float | None]:
    """By pointer, the largest first; they add up to 1. None for a parameter that too few trials have, or lack.

    Every trial has a loss here, infinite for the worst.
    """
    study = optuna.create_study()
    known = [one.loss for one in past if one.loss is not None and math.isfinite(one.loss)]
    worst = max(known, default=0.0) + 1.0
    for one in past:
        assert one.loss is not None
        study.add_trial(
            create_trial(
                value=one.loss if math.isfinite(one.loss) else worst,
                params=params_of(space, one.parameters),
                distributions=distributions_of(space, one.parameters),
            )
        )
    counted = {pointer: sum(pointer in one.parameters for one in past) for pointer in space.parameters}
    enough = [name for name, count in counted.items() if _is_enough(count, len(past))]
    found = PedAnovaImportanceEvaluator(target_quantile=best_share(len(past))).evaluate(study, params=enough)
    total = math.fsum(found.values()) or 1.0
    ranked = sorted(found, key=lambda name: (-found[name], name))
    return {name: found[name] / total for name in ranked} | {name: None for name in counted if name not in found}


def _is_enough(count: int, trials: int) -> bool:
    return count == trials or LEAST_EACH <= count <= trials - LEAST_EACH
