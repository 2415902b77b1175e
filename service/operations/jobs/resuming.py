"""Let a job run on: how far, how fast, and with which of its options changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.domain.job_kind import JobKind
from service.domain.jobs import ChangedOptions, Job, Pace
from service.domain.status import Status
from service.errors import Conflict
from service.operations.backend import Backend
from service.operations.jobs.changes import changed_options
from service.operations.jobs.jobs import Progress, in_full, progress_of
from service.operations.request_reader import RequestReader
from service.operations.training.pace import EPOCHS_PER_SECOND, SPEED
from service.schema.rules import Integer
from service.schema.types import Body

UNTIL = "until_epoch"


def resume_job(backend: Backend, job_id: str, body: Body) -> Progress:
    """Resume a paused job, or change the pace of one that runs. Raises NotFound, Invalid, and Conflict when the job's
    state does not allow it."""
    storage = backend.storage
    with storage.transaction():
        job = storage.get_job(job_id)
        if job.kind is JobKind.PREDICTION and any(body.get(name) is not None for name in (UNTIL, SPEED, "options")):
            raise Conflict("This job predicts: it has no epochs, and resumes without any options.")
        changed = _changed(backend, job, body.get("options"))
        pace = _pace(job, body, changed.epochs if changed else job.epochs)
        resumed = storage.resume_job(job_id, pace, changed)
        if resumed.status is Status.QUEUED:
            storage.on_commit(lambda: backend.dispatcher.send(job_id))
    return in_full(backend, progress_of(backend, resumed))


def _changed(backend: Backend, job: Job, options: Any) -> ChangedOptions | None:
    if options is None or (isinstance(options, Mapping) and not options):
        return None
    if job.status is not Status.PAUSED:
        raise Conflict(f"This job is {job.status}. Its options can only change while it is paused: pause it first.")
    return changed_options(backend, job, options)


def _pace(job: Job, body: Body, epochs: int) -> Pace:
    """Without a speed, the job keeps its own; without an epoch, it runs to its end."""
    reader = RequestReader()
    until = reader.read_field(body, UNTIL, Integer().read)
    if until is not None and until <= job.epoch:
        reader.reject(UNTIL, f"must be more than {job.epoch}, the epoch that the job has reached, got {until}")
    elif until is not None and until > epochs:
        reader.reject(UNTIL, f"must be at most {epochs}, the job's last epoch, got {until}; options may change epochs")
    speed = reader.read_field(body, SPEED, EPOCHS_PER_SECOND.read)
    reader.finish()
    return Pace(pause_at=until, epochs_per_second=speed if SPEED in body else job.epochs_per_second)
