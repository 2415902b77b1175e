"""How far a job is, and how long it still takes."""

from __future__ import annotations

from service.domain.job_kind import JobKind
from service.domain.jobs import Job
from service.domain.status import ENDED


def fraction_done(job: Job) -> float:
    """From 0 to 1, by epochs, or by the rows of a prediction."""
    done, of = steps(job)
    return min(done / of, 1.0)


def steps(job: Job) -> tuple[int, int]:
    """How many epochs, or rows, are done, and how many there are."""
    return (job.rows_done, job.rows) if job.kind is JobKind.PREDICTION else (job.epoch, job.epochs)


def seconds_left(job: Job) -> float | None:
    """Time still needed at the pace so far, or at the one that the job is held to, if no early stop cuts it short.

    None while there is no epoch or row to judge by, and for a job that has ended.
    """
    done, of = steps(job)
    if job.status in ENDED or not done:
        return None
    left = max(of - done, 0)
    held_back = left / job.epochs_per_second if job.epochs_per_second else 0.0
    return max(job.seconds / done * left, held_back)
