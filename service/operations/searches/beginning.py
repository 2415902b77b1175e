"""Create the network and the job of a trial, and record both in the trial, in one transaction."""

from __future__ import annotations

from dataclasses import replace

from service.domain.access import Scope
from service.domain.jobs import NewJob
from service.domain.searches import Search, StoredStep, Trial, TrialStatus
from service.domain.snapshots import NewSnapshot
from service.domain.status import RequestedState
from service.errors import Forbidden
from service.operations.backend import Backend
from service.operations.creator import creator
from service.operations.jobs.queueing import enqueue
from service.operations.networks.networks import initial_snapshot, store_network
from service.operations.owner import owner
from service.operations.searches.request import SearchRequest
from service.operations.searches.stacking import stack_key
from service.operations.searches.trial_bodies import TrialPlan, read_trial
from service.operations.training.submit import new_job

ADVICE = "Somebody who may train can add trials to it, which then have their rights."


def network_name(search_name: str, trial: int) -> str:
    """A name that nobody can choose, because of the colon."""
    return f"{search_name}:{trial}"


def begin_trial(backend: Backend, search: Search, request: SearchRequest, step: StoredStep) -> None:
    """Raises what creating a network and a job raises, and Forbidden where the search's owner may not do that."""
    trial = backend.storage.get_trial(search.id, step.trial)
    if not _is_waiting(trial):
        return
    own = backend.for_caller(owner(backend.storage, search, "search", ADVICE))
    if not own.caller.may(Scope.TRAIN) or not own.caller.sees(network_name(search.name, trial.number)):
        raise Forbidden(f"The key {own.caller.name or own.caller.user} may not train for this search. {ADVICE}")
    made = _named(read_trial(own, request, trial.parameters), search, trial)
    first = initial_snapshot(made.draft)
    wanted = _job(own, made, first, trial=trial, request=request, pause_at=step.epoch)
    with backend.storage.transaction():
        if backend.storage.lock_search(search.id).requested_state is not RequestedState.RUN:
            return
        if not _is_waiting(backend.storage.get_trial(search.id, trial.number)):
            return
        store_network(own, made.draft, first)
        enqueue(own, wanted)
        changes = {"network_id": wanted.network_id, "job_id": wanted.id}
        backend.storage.update_trial(search.id, trial.number, changes)


def _is_waiting(trial: Trial) -> bool:
    return trial.job_id is None and trial.status is TrialStatus.WAITING


def _named(made: TrialPlan, search: Search, trial: Trial) -> TrialPlan:
    record = replace(made.draft.record, name=network_name(search.name, trial.number), search_id=search.id)
    return replace(made, draft=replace(made.draft, record=record))


def _job(
    own: Backend, made: TrialPlan, first: NewSnapshot, *, trial: Trial, request: SearchRequest, pause_at: int | None
) -> NewJob:
    record, network = made.draft.record, made.draft.network
    job = new_job(record, made.plan, first, creator=creator(own), split_seed=request.seed)
    key = stack_key(network, record.spec, job)
    return replace(job, pause_at=pause_at, search_id=trial.search_id, trial=trial.number, stack_key=key)
