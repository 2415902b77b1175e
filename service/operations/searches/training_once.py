"""Train the network of a trial once, for good: folds and repeats leave no weights."""

from __future__ import annotations

import statistics
from dataclasses import replace

from service.domain.access import Scope
from service.domain.jobs import Job, NewJob
from service.domain.paging import Page
from service.domain.searches import Search, Trial
from service.domain.status import Origin
from service.errors import Forbidden
from service.operations.backend import Backend
from service.operations.creator import creator
from service.operations.models.models import compiled, record_signature
from service.operations.searches.trial_bodies import once_body
from service.operations.searches.turn import request_of
from service.operations.searches.worth import last_epoch
from service.operations.training.submit import new_job, read_plan


def newest_once(backend: Backend, trial: Trial) -> Job | None:
    """The newest job that trained it once: it names the trial, too, so that one of the two newest jobs is it."""
    found = backend.storage.list_jobs(Page(limit=2), network_id=trial.network_id, search_id=trial.search_id)
    return next((job for job in found if job.id != trial.job_id), None)


def once(backend: Backend, search: Search, trial: Trial, job: Job) -> NewJob:
    """On all rows where it had folds, for as many epochs as the best of each fold were on average where they stopped
    early; otherwise as in the trial. Raises Invalid, NotFound and Forbidden."""
    if not backend.caller.may(Scope.TRAIN):
        raise Forbidden(f"Trial {trial.number} has left no weights, and your key may not train its network.")
    request = request_of(backend, search)
    network = backend.storage.get_network(trial.network_id or "")
    body = once_body(request, trial.parameters, _epochs(backend, job))
    plan = replace(read_plan(backend, body, record_signature(network, compiled(backend, network))), origin=Origin.TRAIN)
    start = backend.storage.find_snapshot(network.id, "initial")
    made = new_job(network, plan, start, creator=creator(backend), split_seed=request.seed)
    return replace(made, search_id=search.id, trial=trial.number)


def _epochs(backend: Backend, job: Job) -> int | None:
    """None where the folds did not stop early."""
    last = last_epoch(backend, job)
    if job.options["training"]["early_stopping"] is None or last is None:
        return None
    best = [fit["best_epoch"] for fit in last.fits or () if fit is not None and fit["best_epoch"]]
    return max(1, round(statistics.fmean(best))) if best else None
