"""Which trial trains on: a function of what trials were worth at the rungs, in the order of the search's steps."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from functools import singledispatch
from typing import NamedTuple

from service.search.spec import Asha, Hyperband, Median, Pruner

Ladder = tuple[int | None, ...]


class Entry(NamedTuple):
    """What a trial was worth at a rung, as something to minimise."""

    trial: int
    rung: int
    loss: float
    may_go_on: bool  #: its job waits there, and nothing was decided of it yet


class Promote(NamedTuple):
    """Let a trial train up to the next rung."""

    trial: int
    rung: int


@singledispatch
def ladder_of(pruner: Pruner, epochs: int) -> Ladder:
    """The epochs of the rungs, the last one without: to the end."""
    return (None,)


@ladder_of.register
def _(pruner: Asha, epochs: int) -> Ladder:
    return (*_powers(pruner, epochs), None)


@ladder_of.register
def _(pruner: Median, epochs: int) -> Ladder:
    return (*range(pruner.min_epochs, epochs, pruner.every or max(1, epochs // 10)), None)


def _powers(pruner: Asha, epochs: int) -> Iterator[int]:
    rung = pruner.min_epochs
    while rung < epochs:
        yield rung
        rung *= pruner.factor


@singledispatch
def first_rung(pruner: Pruner, ladder: Ladder, trial: int) -> int:
    """Where a trial stops first, from its number."""
    return 0


@first_rung.register
def _(pruner: Hyperband, ladder: Ladder, trial: int) -> int:
    """As many trials begin at each rung as Hyperband's brackets have, in turn."""
    top = len(ladder) - 1
    sizes = [math.ceil((top + 1) / (top - rung + 1) * pruner.factor ** (top - rung)) for rung in range(top + 1)]
    place = (trial - 1) % sum(sizes)
    return next(rung for rung in range(top + 1) if place < sum(sizes[: rung + 1]))


@singledispatch
def promotion(pruner: Pruner, ladder: Ladder, entries: Sequence[Entry]) -> Promote | None:
    """The next trial that trains on, of entries in the order of the steps."""
    return None


@promotion.register
def _(pruner: Asha, ladder: Ladder, entries: Sequence[Entry]) -> Promote | None:
    """One of the best `1 / factor` of a rung, of the highest rung where there is one."""
    for rung in reversed(range(len(ladder) - 1)):
        found = _best(_of_rung(entries, rung), lambda count: count // pruner.factor)
        if found is not None:
            return Promote(found.trial, rung + 1)
    return None


@promotion.register
def _(pruner: Hyperband, ladder: Ladder, entries: Sequence[Entry]) -> Promote | None:
    """The same within each bracket: trials are compared with those that began at the same rung."""
    for bracket in range(len(ladder)):
        own = [entry for entry in entries if first_rung(pruner, ladder, entry.trial) == bracket]
        found = promotion.dispatch(Asha)(pruner, ladder, own)
        if found is not None:
            return found
    return None


@promotion.register
def _(pruner: Median, ladder: Ladder, entries: Sequence[Entry]) -> Promote | None:
    """Each trial is judged once, by those that came to its rung before it."""
    before: dict[int, list[float]] = {}
    for entry in entries:
        others = before.setdefault(entry.rung, [])
        is_good = len(others) < pruner.startup or entry.loss <= statistics.median(others)
        if entry.may_go_on and is_good:
            return Promote(entry.trial, entry.rung + 1)
        others.append(entry.loss)
    return None


def best_of_highest_rung(ladder: Ladder, entries: Sequence[Entry]) -> Promote | None:
    """For a search in which no trial has come to the end and nothing else begins: one then does."""
    for rung in reversed(range(len(ladder) - 1)):
        waiting = [entry for entry in _of_rung(entries, rung) if entry.may_go_on]
        if waiting:
            best = min(waiting, key=lambda entry: (entry.loss, entry.trial))
            return Promote(best.trial, rung + 1)
    return None


def _best(entries: Sequence[Entry], share: Callable[[int], int]) -> Entry | None:
    ranked = sorted(entries, key=lambda entry: (entry.loss, entry.trial))[: share(len(entries))]
    return next((entry for entry in ranked if entry.may_go_on and entry.loss < math.inf), None)


def _of_rung(entries: Sequence[Entry], rung: int) -> list[Entry]:
    return [entry for entry in entries if entry.rung == rung]
