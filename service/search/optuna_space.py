"""The space of a search as Optuna sees it."""

from __future__ import annotations

from typing import Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from service.schema.types import Json
from service.search.space import LOG, Int, Parameter, Range, Space, Values, same

# It would log every study.
optuna.logging.set_verbosity(optuna.logging.ERROR)


def params_of(space: Space, parameters: Json) -> dict[str, Any]:
    return {pointer: _written(space.parameters[pointer], value) for pointer, value in parameters.items()}


def distributions_of(space: Space, parameters: Json) -> dict[str, BaseDistribution]:
    return {pointer: _distribution(space.parameters[pointer]) for pointer in parameters}


def _written(parameter: Parameter, value: Any) -> Any:
    """Values may be any JSON, so Optuna sees their positions."""
    if isinstance(parameter, Values):
        return next(index for index, one in enumerate(parameter.values) if same(one, value))
    return value


def _distribution(parameter: Parameter) -> BaseDistribution:
    if isinstance(parameter, Values):
        return CategoricalDistribution(range(len(parameter.values)))
    assert isinstance(parameter, Range)
    if isinstance(parameter, Int):
        return IntDistribution(parameter.low, parameter.high, log=parameter.scale == LOG)
    return FloatDistribution(parameter.low, parameter.high, log=parameter.scale == LOG)
