"""Parameters of the next trial: a function of the sampler, the space, the trial's number and the trials before it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from typing import Any

import numpy as np

from service.search.past import Past
from service.search.sobol import sobol
from service.search.space import Space
from service.search.spec import Grid, Random, Sampler, Sobol, Tpe


@singledispatch
def sample(sampler: Sampler, space: Space, number: int, past: Sequence[Past] = ()) -> dict[str, Any] | None:
    """The parameters of the sampler's trial of this number, from 0; None where it has no more."""
    raise TypeError(f"nothing is known of the sampler {sampler.name}")


@sample.register
def _(sampler: Grid, space: Space, number: int, past: Sequence[Past] = ()) -> dict[str, Any] | None:
    return space.grid_at(number)


@sample.register
def _(sampler: Random, space: Space, number: int, past: Sequence[Past] = ()) -> dict[str, Any] | None:
    return drawn(space, sampler.seed, number)


@sample.register
def _(sampler: Sobol, space: Space, number: int, past: Sequence[Past] = ()) -> dict[str, Any] | None:
    return space.at(sobol(number, len(space.parameters), sampler.seed))


@sample.register
def _(sampler: Tpe, space: Space, number: int, past: Sequence[Past] = ()) -> dict[str, Any] | None:
    if number + sum(not one.is_own for one in past) < sampler.startup:
        return drawn(space, sampler.seed, number)
    from service.search.tpe import suggest  # Optuna is optional.

    return suggest(space, past, seed=sampler.seed, number=number)


def drawn(space: Space, seed: int, number: int) -> dict[str, Any]:
    """At random; each number has a stream of its own, and every parameter draws, whether the trial has it or not."""
    return space.at(np.random.default_rng([seed, number]).random(len(space.parameters)).tolist())
