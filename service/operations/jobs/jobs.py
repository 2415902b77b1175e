"""Read jobs, and request a state of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from service.domain.job_kind import JobKind
from service.domain.jobs import Job
from service.domain.paging import Page
from service.domain.reports import Report
from service.domain.status import ENDED, HELD, RequestedState, Status
from service.jobs.progress import fraction_done, seconds_left
from service.operations.backend import Backend

#: Seconds between two looks at a job that is waited for: often at first, for short jobs are the ones waited for.
SHORTEST_PAUSE, LONGEST_PAUSE = 0.02, 0.5
MOST_RUNNING = 20
#: Nothing happens to a job in one of these until somebody asks for it.
STOPPED = ENDED | {Status.PAUSED}


@dataclass(frozen=True)
class Progress:
    """A job, and how far it is."""

    job: Job
    queue_position: int | None  #: 1 for the job that is next; None when it is not queued
    report: Report | None = None  #: to a tracking server, where that was asked for
    running_jobs: Sequence[str] = ()  #: ids of those that hold the slots while it waits, where that was asked for
    is_best: bool | None = None  #: of its network, where that was asked for

    @property
    def fraction(self) -> float:
        return fraction_done(self.job)

    @property
    def eta_seconds(self) -> float | None:
        """Training time still needed at the pace so far; None while other jobs go first."""
        return None if (self.queue_position or 1) > 1 else seconds_left(self.job)

    @property
    def monitored(self) -> str:
        """The number whose best epoch is remembered."""
        return monitored(self.job)


def get_job(backend: Backend, job_id: str) -> Progress:
    """In full. Raises NotFound."""
    return in_full(backend, progress_of(backend, backend.storage.get_job(job_id)))


def in_full(backend: Backend, progress: Progress) -> Progress:
    """With what is shown of one job and not in a list: how far its report is, and the jobs that it waits for, of those
    that the caller may see."""
    if progress.job.options.get("report") is not None:
        progress = replace(progress, report=backend.storage.get_report(progress.job.id))
    if progress.job.status is not Status.QUEUED:
        return progress
    held = backend.storage.list_jobs(Page(limit=MOST_RUNNING), statuses=sorted(HELD))
    return replace(progress, running_jobs=[job.id for job in held])


def set_requested_state(backend: Backend, job_id: str, requested_state: RequestedState) -> Progress:
    """Cancel, pause or resume. Raises NotFound, and Conflict when the job's state does not allow it."""
    with backend.storage.transaction():
        job = backend.storage.set_requested_state(job_id, requested_state)
        if job.status is Status.QUEUED:
            backend.storage.on_commit(lambda: backend.dispatcher.send(job_id))
    return in_full(backend, progress_of(backend, job))


def delete_job(backend: Backend, job_id: str) -> None:
    """Raises NotFound, and Conflict while the job has not ended."""
    backend.storage.delete_job(job_id)


def progress_of(backend: Backend, job: Job) -> Progress:
    [progress] = in_progress(backend, [job])
    return progress


def in_progress(backend: Backend, jobs: Sequence[Job]) -> list[Progress]:
    queued = [job.id for job in jobs if job.status is Status.QUEUED]
    positions = backend.storage.queue_positions(queued) if queued else {}
    return [Progress(job, positions.get(job.id)) for job in jobs]


def monitored(job: Job) -> str:
    if job.kind is JobKind.PREDICTION:
        return ""
    training = job.options["training"]
    wanted = (training.get("early_stopping") or {}).get("monitor")
    return str(wanted or ("val_loss" if job.options.get("validation") else "loss"))


def wait_for_end(backend: Backend, job_id: str, seconds: float, closing: threading.Event) -> Progress:
    """The job as it is when it ends or is paused, when `seconds` are over, or when the service closes; whichever comes
    first."""
    deadline = time.monotonic() + seconds
    pause = SHORTEST_PAUSE
    while True:
        progress = get_job(backend, job_id)
        left = deadline - time.monotonic()
        if progress.job.status in STOPPED or left <= 0 or closing.wait(min(pause, left)):
            return progress
        pause = min(pause * 1.5, LONGEST_PAUSE)
