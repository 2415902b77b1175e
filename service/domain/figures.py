"""What a monitor asks of the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from service.domain.status import Status

#: Upper bounds of the ranges in which training times are counted, in seconds.
TRAINING_TIME_BOUNDS = (1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400)


class EndedJobs(NamedTuple):
    """How many jobs ended in one way, after a training time within one range."""

    status: Status
    code: str  #: the error code of failed jobs, otherwise empty
    up_to_seconds: int | None  #: of `TRAINING_TIME_BOUNDS`; None: longer than all of them
    jobs: int
    seconds: float  #: their training times together


@dataclass(frozen=True)
class Figures:
    """What a monitor asks of the database."""

    queue_age_seconds: float  #: how long the oldest queued job has waited; 0 when none waits
    callbacks_due: int
    ended: Sequence[EndedJobs]
    callbacks: Mapping[str, int]  #: attempts by outcome: delivered, failed (comes again), given_up
    drift_warnings: int  #: of all networks, deleted ones, too
