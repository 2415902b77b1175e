"""The metrics of a run: epochs as points of MLflow, which have a step and a time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from service.domain.epochs import Epoch
from service.domain.jobs import Job
from service.operations.backend import Backend
from service.operations.validation import invalid
from service.tracking.runs import began_at, metrics_of, milliseconds

#: An epoch, and the training time up to its end in milliseconds.
TOKEN = re.compile(r"([0-9]{1,9})-([0-9]{1,15})")


class Point(NamedTuple):
    key: str
    value: float
    step: int
    timestamp: int  #: milliseconds since 1970


class Points(NamedTuple):
    points: Sequence[Point]
    next: str | None


def last_points(job: Job, epoch: Epoch) -> Mapping[str, Point]:
    """By name."""
    at = milliseconds(began_at(job) + job.seconds)
    return {name: Point(name, value, epoch.epoch, at) for name, value in metrics_of(epoch).items()}


def metric_history(backend: Backend, job: Job, key: str, *, limit: int, token: str | None) -> Points:
    """In order of the epochs. The times are those of the training: pauses do not count. Raises Invalid."""
    after, spent = _read(token)
    epochs = backend.storage.history([job.id], after=(job.id, after), limit=limit)
    points, began = [], milliseconds(began_at(job))
    for epoch in epochs:
        spent += milliseconds(epoch.seconds)
        value = metrics_of(epoch).get(key)
        if value is not None:
            points.append(Point(key, value, epoch.epoch, began + spent))
    return Points(points, f"{epochs[-1].epoch}-{spent}" if len(epochs) == limit else None)


def _read(token: str | None) -> tuple[int, int]:
    if token is None:
        return 0, 0
    match = TOKEN.fullmatch(token)
    if match is None:
        raise invalid("page_token", "must be one that an answer to the same request gave")
    return int(match[1]), int(match[2])
