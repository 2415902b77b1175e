"""What a sampler may know of a trial that has begun before."""

from __future__ import annotations

import math
from typing import NamedTuple

from service.schema.types import Json
from service.search.spec import MAXIMIZE


class Past(NamedTuple):
    parameters: Json
    loss: float | None  #: the lower the better, infinite for the worst; None: not known yet
    rung: int = 0  #: at which it was worth that
    is_whole: bool = True  #: it has come to its end
    is_own: bool = True  #: of this search, and not of one that it starts warm from


def loss_of(value: float | None, goal: str) -> float:
    """A value as something to minimise; the worst for a trial without one."""
    if value is None or math.isnan(value):
        return math.inf
    return -value if goal == MAXIMIZE else value
