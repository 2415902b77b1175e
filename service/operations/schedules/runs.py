"""Run the schedules that are due: each due time makes one job, whatever the number of workers."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from service.domain.schedules import Outcome, Run, Schedule
from service.domain.status import ACTIVE, Origin, Status
from service.errors import FeedforwardError, Forbidden, Invalid, StorageError, TooManyJobs
from service.jobs.division import TRAINING, VALIDATION
from service.operations.backend import Backend
from service.operations.jobs.jobs import Progress
from service.operations.schedules import cron
from service.operations.schedules.owners import owner_of
from service.operations.schedules.schedules import DATASET, request_of
from service.operations.sentences import sentence
from service.operations.training.submit import submit_training

logger = logging.getLogger(__name__)

#: Due schedules looked at in one go.
BATCH = 100
#: When a schedule that stops is due, until it has stopped.
NEVER = 0.0
#: What a run says after a fault of ours.
INTERNAL = "The run met an internal error; the log of the worker says which."


def run_due(backend: Backend) -> None:
    """Run what is due; `backend` has every right. What was missed while no worker ran is run once."""
    for schedule in backend.storage.due_schedules(limit=BATCH):
        try:
            _run(backend, schedule)
        except StorageError:
            raise
        except Exception:  # The others must go on.
            logger.exception("Schedule %s could not be run.", schedule.id)


def run_now(backend: Backend, ref: str) -> Progress:
    """Submit its training at once, with the rights of the caller. Raises what `submit_training` raises."""
    with backend.storage.transaction():
        schedule = backend.storage.get_schedule(ref)
        progress = submit_training(backend, request_of(schedule), origin=Origin.SCHEDULE)
        backend.storage.end_run(schedule.id, _submitted(progress))
    return progress


def _run(backend: Backend, schedule: Schedule) -> None:
    """The time is taken and the job is made in one transaction: neither happens without the other."""
    storage = backend.storage
    try:
        next_at = cron.next_time(schedule.cron, schedule.timezone, storage.read_clock())
    except Invalid as error:
        _stop(backend, schedule, sentence(error), next_at=NEVER)
        return
    try:
        with storage.transaction():
            if storage.begin_run(schedule, next_at=next_at):
                storage.end_run(schedule.id, _outcome(backend, schedule))
    except TooManyJobs as error:
        if schedule.last_outcome is not Outcome.WAITING:
            storage.end_run(schedule.id, Run(outcome=Outcome.WAITING, error=error.message))
    except StorageError:
        raise
    except Forbidden as error:
        _stop(backend, schedule, error.message, next_at=next_at)
    except FeedforwardError as error:
        _fail(backend, schedule, sentence(error), next_at=next_at)
    except Exception:
        _fail(backend, schedule, INTERNAL, next_at=next_at)
        raise


def _outcome(backend: Backend, schedule: Schedule) -> Run:
    own = backend.for_caller(owner_of(backend.storage, schedule))
    body = request_of(schedule)
    if schedule.last_job_status in ACTIVE:
        return Run(outcome=Outcome.BUSY)
    if schedule.if_changed and _is_unchanged(own, schedule, body):
        return Run(outcome=Outcome.UNCHANGED)
    return _submitted(submit_training(own, body, origin=Origin.SCHEDULE))


def _is_unchanged(backend: Backend, schedule: Schedule, body: Mapping[str, Any]) -> bool:
    """Whether the data sets are those that the last job read. One that did not succeed is worth another try."""
    if schedule.last_datasets is None or schedule.last_job_status in (Status.FAILED, Status.CANCELLED):
        return False
    refs = {TRAINING: body[DATASET]}
    validation = body.get(VALIDATION)
    if isinstance(validation, Mapping) and DATASET in validation:
        refs[VALIDATION] = validation[DATASET]
    return {role: backend.storage.get_dataset(ref).id for role, ref in refs.items()} == schedule.last_datasets


def _submitted(progress: Progress) -> Run:
    options = progress.job.options
    read = {TRAINING: options[DATASET]["id"]}
    if isinstance(options.get(VALIDATION), Mapping) and DATASET in options[VALIDATION]:
        read[VALIDATION] = options[VALIDATION][DATASET]["id"]
    return Run(outcome=Outcome.SUBMITTED, job_id=progress.job.id, datasets=read)


def _fail(backend: Backend, schedule: Schedule, reason: str, *, next_at: float, stops: bool = False) -> None:
    """After the rollback of all that the run has done, the time is taken once more, with the reason."""
    storage = backend.storage
    with storage.transaction():
        if storage.begin_run(schedule, next_at=next_at):
            storage.end_run(schedule.id, Run(outcome=Outcome.FAILED, error=reason))
            if stops:
                storage.update_schedule(schedule.id, {"next_at": None, "stopped": reason})


def _stop(backend: Backend, schedule: Schedule, reason: str, *, next_at: float) -> None:
    _fail(backend, schedule, reason, next_at=next_at, stops=True)
    logger.warning("Schedule %s has stopped: %s", schedule.id, reason)
