"""What a search does next. A function of its spec and of the results of its steps, whatever their timing.

A search is a row of steps, numbered from 0: each lets one trial train up to one epoch. Step n is decided once steps up
to n - parallel have ended, and sees their results alone, so that it does not matter which of the others ended first.
Where that leaves nothing to do, one more step is waited for, and then the next one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from service.search.past import loss_of
from service.search.pruning import Entry, Ladder, Promote, best_of_highest_rung, first_rung, promotion
from service.search.spec import NoPruner, Pruner, SearchLimits


class Step(NamedTuple):
    """One trial trains up to a rung."""

    trial: int
    rung: int = 0
    ended: bool = False
    value: float | None = None  #: what the trial was worth then; None: it failed, or was cancelled
    is_last: bool = False  #: nothing more comes of this trial
    failed: bool = False  #: neither cancelled nor diverged


class Begin(NamedTuple):
    """Begin the trial of this number, up to a rung; its sampler sees the results of so many steps."""

    trial: int
    rung: int = 0
    seen: int = 0


class End(NamedTuple):
    """Nothing more begins. With a reason, the search has failed."""

    reason: str | None = None


class Wait(NamedTuple):
    """Something must end first."""


Move = Begin | Promote | End | Wait


@dataclass(frozen=True, kw_only=True)
class Rules:
    limits: SearchLimits
    trials: int  #: in all
    goal: str
    pruner: Pruner = NoPruner()
    ladder: Ladder = (None,)
    asked: int = 0  #: so many begin whatever comes of them: the last one is a point of the user's
    spent: float = 0.0  #: seconds of training so far

    def loss(self, value: float | None) -> float:
        return loss_of(value, self.goal)


def next_move(rules: Rules, steps: Sequence[Step]) -> Move:
    for horizon in range(max(0, len(steps) - rules.limits.parallel + 1), len(steps) + 1):
        if not all(step.ended for step in steps[:horizon]):
            return Wait()
        move = _move(rules, steps[:horizon], steps)
        if move is not None:
            return move
    if any(step.is_last and rules.loss(step.value) < math.inf for step in steps):
        return End()
    return best_of_highest_rung(rules.ladder, _entries(rules, steps, steps)) or End()


def _move(rules: Rules, seen: Sequence[Step], steps: Sequence[Step]) -> Move | None:
    failures = sum(step.failed for step in seen)
    begun = len({step.trial for step in steps})
    if begun < rules.asked:
        return _begin(rules, begun + 1, seen)
    if failures >= rules.limits.failures:
        return End(f"{failures} trials have failed.")
    if any(_stops(rules, seen)):
        return None
    promoted = promotion(rules.pruner, rules.ladder, _entries(rules, seen, steps))
    if promoted is not None:
        return promoted
    if begun < rules.trials and not _is_out_of_patience(rules, seen):
        return _begin(rules, begun + 1, seen)
    return None


def _begin(rules: Rules, trial: int, seen: Sequence[Step]) -> Begin:
    return Begin(trial, first_rung(rules.pruner, rules.ladder, trial), len(seen))


def _entries(rules: Rules, seen: Sequence[Step], steps: Sequence[Step]) -> list[Entry]:
    """What a pruner looks at: a trial that has gone on, or ended, takes its place in a rung nevertheless."""
    reached: dict[int, int] = {}
    for step in steps:
        reached[step.trial] = max(step.rung, reached.get(step.trial, 0))
    over = {step.trial for step in seen if step.is_last}
    return [
        Entry(
            step.trial,
            step.rung,
            rules.loss(step.value),
            may_go_on=reached[step.trial] == step.rung and step.trial not in over,
        )
        for step in seen
    ]


def _stops(rules: Rules, seen: Sequence[Step]) -> Iterator[bool]:
    """Whether nothing begins any more, and no trial trains on."""
    limits = rules.limits
    yield limits.seconds is not None and rules.spent >= limits.seconds
    losses = [rules.loss(step.value) for step in seen if step.is_last]
    yield limits.target is not None and min(losses, default=math.inf) <= rules.loss(limits.target)


def _is_out_of_patience(rules: Rules, seen: Sequence[Step]) -> bool:
    """Whether so many trials came after the best one; all of them count where none has a value."""
    if rules.limits.patience is None:
        return False
    best: dict[int, float] = {}
    for step in seen:
        best[step.trial] = min(rules.loss(step.value), best.get(step.trial, math.inf))
    losses = list(best.values())
    least = min(losses, default=math.inf)
    since = len(losses) - (losses.index(least) + 1 if least < math.inf else 0)
    return since >= rules.limits.patience
