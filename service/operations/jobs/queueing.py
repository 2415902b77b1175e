"""Put a job into the queue, within the limits of the service and of its caller's key."""

from __future__ import annotations

from dataclasses import replace

from service.domain.job_kind import JobKind
from service.domain.jobs import NewJob
from service.domain.status import Status
from service.errors import TooManyJobs
from service.operations.backend import Backend
from service.operations.creator import creator
from service.operations.jobs.jobs import Progress, in_full
from service.operations.own_limits import own_limits, reserve

#: Seconds after which to try again when too many jobs wait.
RETRY_SECONDS = 10


def enqueue(backend: Backend, job: NewJob) -> Progress:
    """Raises TooManyJobs, QuotaExceeded, NotFound, AlreadyExists, and Conflict when the network is being deleted."""
    if job.output is not None:
        reserve(backend, "datasets", 0)
    if job.kind is JobKind.TRAINING:
        reserve(backend, "job_data", len(job.data))
    storage, wanted = backend.storage, replace(job, running_limit=own_limits(backend).running_jobs or None)
    with storage.transaction():
        waiting = _count_waiting(backend)
        made = storage.create_job(wanted)
        if made.status is Status.QUEUED:  # and not paused before its first epoch
            storage.on_commit(lambda: backend.dispatcher.send(made.id))
        # Without a key all jobs are of one creator, and the new one is the last of them.
        is_last = backend.caller.id is None and made.status is Status.QUEUED
        position = waiting + 1 if is_last else storage.queue_positions([made.id]).get(made.id)
    return in_full(backend, Progress(made, queue_position=position))


def _count_waiting(backend: Backend) -> int:
    waiting, own = backend.storage.count_jobs([Status.QUEUED]), own_limits(backend).queued_jobs
    if waiting >= backend.limits.max_queued_jobs:
        raise _too_many(_counted(backend.limits.max_queued_jobs, ""))
    if own and backend.storage.count_jobs([Status.QUEUED], creator=creator(backend)) >= own:
        raise _too_many(_counted(own, " of your key"))
    return waiting


def _too_many(message: str) -> TooManyJobs:
    return TooManyJobs(f"{message} Try again when some of them have started.", retry_after_seconds=RETRY_SECONDS)


def _counted(jobs: int, whose: str) -> str:
    return f"1 job{whose} is queued already." if jobs == 1 else f"{jobs} jobs{whose} are queued already."
