"""What a trial's job is worth."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import NamedTuple

from service.domain.epochs import Epoch
from service.domain.jobs import Job
from service.domain.types import Json
from service.operations.backend import Backend
from service.operations.jobs.jobs import monitored
from service.operations.searches.request import SearchRequest, is_natural


class Worth(NamedTuple):
    value: float | None = None  #: None where it has none
    spread: float | None = None  #: the standard deviation (n - 1) over folds and repeats
    diverged: int = 0  #: of its folds and repeats
    fits: int = 0  #: its folds and repeats, 0 where it was trained once


def worth_of(backend: Backend, request: SearchRequest, job: Job) -> Worth:
    """That of its best epoch, whose weights it keeps, or of its last one where it looks at another number.

    Of folds and repeats the mean, and nothing as soon as one of them has diverged: the others would be a better half.
    """
    is_best, fits = looks_at_objective(request, job), has_fits(job)
    if is_best and not fits:
        return Worth(job.best_value)
    last = last_epoch(backend, job)
    if last is None:
        return Worth()
    metric = request.spec.objective.metric
    value = job.best_value if is_best else _number(last._asdict(), metric)
    return _mean_worth(value, last.fits or (), "best_value" if is_best else metric) if fits else Worth(value)


def has_fits(job: Job) -> bool:
    """Whether it trains more than once: folds, or repeats."""
    return job.options.get("folds") is not None or job.options.get("repeats", 1) > 1


def last_epoch(backend: Backend, job: Job) -> Epoch | None:
    found = backend.storage.history([job.id], from_epoch=job.epoch)
    return found[-1] if found else None


def looks_at_objective(request: SearchRequest, job: Job) -> bool:
    """Whether the job's best epoch is the search's, too."""
    return monitored(job) == request.spec.objective.metric and is_natural(request)


def _mean_worth(value: float | None, fits: Sequence[Json | None], name: str) -> Worth:
    lost = sum(fit is None for fit in fits)
    if lost:
        return Worth(diverged=lost, fits=len(fits))
    numbers = [_number(fit, name) for fit in fits if fit is not None]
    known = [number for number in numbers if number is not None and math.isfinite(number)]
    return Worth(value, statistics.stdev(known) if len(known) > 1 else None, fits=len(fits))


def _number(epoch: Json, name: str) -> float | None:
    return {**epoch["metrics"], **epoch}.get(name)
