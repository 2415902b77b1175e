"""How far a job is, and how long it still takes."""

from __future__ import annotations

from service.domain.records import Job
from service.domain.status import ENDED


def fraction_done(job: Job) -> float:
    """From 0 to 1, by epochs."""
    return min(job.epoch / job.epochs, 1.0)


def seconds_left(job: Job) -> float | None:
    """Training time still needed at the pace so far, if no early stop cuts it short.

    None while there is no epoch to judge by, and for a job that has ended.
    """
    if job.status in ENDED or not job.epoch:
        return None
    return seconds_per_epoch(job) * max(job.epochs - job.epoch, 0)


def seconds_per_epoch(job: Job) -> float:
    return job.seconds / job.epoch if job.epoch else 0.0
