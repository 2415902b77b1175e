"""The tree-structured Parzen estimator of Optuna: rebuilt for each trial from the trials before it, in memory."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import optuna
from optuna.trial import FrozenTrial, TrialState, create_trial

from service.search.optuna_space import distributions_of, params_of
from service.search.past import Past
from service.search.space import LOG, Int, Parameter, Range, Space, Values


def suggest(space: Space, past: Sequence[Past], *, seed: int, number: int) -> dict[str, Any]:
    """The parameters of a trial, a function of what is given alone: nothing is remembered between two of them."""
    study = optuna.create_study(sampler=_sampler(space, seed, number))
    worst = max((one.loss for one in past if one.loss is not None and math.isfinite(one.loss)), default=0.0) + 1.0
    study.add_trials([_trial(space, one, worst) for one in past])
    trial, chosen = study.ask(), dict[str, Any]()
    for pointer, parameter in space.parameters.items():
        if space.is_active(parameter, chosen):
            chosen[pointer] = _suggested(trial, pointer, parameter)
    return chosen


def _sampler(space: Space, seed: int, number: int) -> optuna.samplers.TPESampler:
    """Parameters are drawn together, but where some trials lack some: those are drawn one by one."""
    own = int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
    is_conditional = any(parameter.when for parameter in space.parameters.values())
    return optuna.samplers.TPESampler(seed=own, n_startup_trials=0, multivariate=not is_conditional, constant_liar=True)


def _trial(space: Space, past: Past, worst: float) -> FrozenTrial:
    params, distributions = params_of(space, past.parameters), distributions_of(space, past.parameters)
    if past.loss is None:
        return create_trial(state=TrialState.RUNNING, params=params, distributions=distributions)
    loss = past.loss if math.isfinite(past.loss) else worst
    if past.is_whole:
        return create_trial(value=loss, params=params, distributions=distributions)
    return create_trial(
        state=TrialState.PRUNED,
        params=params,
        distributions=distributions,
        intermediate_values={past.rung: loss},
    )


def _suggested(trial: optuna.Trial, pointer: str, parameter: Parameter) -> Any:
    if isinstance(parameter, Values):
        return parameter.values[trial.suggest_categorical(pointer, range(len(parameter.values)))]
    assert isinstance(parameter, Range)
    if isinstance(parameter, Int):
        return trial.suggest_int(pointer, parameter.low, parameter.high, log=parameter.scale == LOG)
    return trial.suggest_float(pointer, parameter.low, parameter.high, log=parameter.scale == LOG)
