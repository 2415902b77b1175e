"""Create the networks and the jobs of trials, and record both in each trial, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from service.domain.access import Scope
from service.domain.jobs import NewJob
from service.domain.searches import Search, StoredStep, Trial, TrialStatus
from service.domain.snapshots import NewSnapshot
from service.domain.status import RequestedState
from service.errors import FeedforwardError, Forbidden, StorageError
from service.operations.backend import Backend
from service.operations.creator import creator
from service.operations.jobs.queueing import enqueue
from service.operations.networks.drafts import Draft
from service.operations.networks.networks import initial_snapshot, store_network
from service.operations.owner import owner
from service.operations.searches.request import SearchRequest
from service.operations.searches.stacking import stack_key
from service.operations.searches.trial_bodies import TrialPlan, read_trial
from service.operations.training.submit import new_job

#: Of one transaction, which keeps others from writing to SQLite: so many trials, with weights of about so many bytes.
MOST_TOGETHER, BYTES_TOGETHER = 16, 16 * 2**20
ADVICE = "Somebody who may train can add trials to it, which then have their rights."


def network_name(search_name: str, trial: int) -> str:
    """A name that nobody can choose, because of the colon."""
    return f"{search_name}:{trial}"


@dataclass(frozen=True)
class _Made:
    """All that a trial begins with, computed before the transaction that stores it."""

    trial: Trial
    own: Backend
    draft: Draft
    first: NewSnapshot
    job: NewJob


def begin_trial(backend: Backend, search: Search, request: SearchRequest, step: StoredStep) -> None:
    """Raises what creating a network and a job raises, and Forbidden where the search's owner may not do that."""
    trial = backend.storage.get_trial(search.id, step.trial)
    if _is_waiting(trial):
        _store(backend, search, [_made(backend, search, request, step, trial)])


def begin_together(backend: Backend, search: Search, request: SearchRequest, steps: Sequence[StoredStep]) -> bool:
    """Begin several trials with few transactions; False where one of them cannot begin, and others may have begun.

    Each trial's parameters were stored before. Raises StorageError.
    """
    found = backend.storage.get_trials(search.id, [step.trial for step in steps])
    made: list[_Made] = []
    try:
        for step in steps:
            if _is_waiting(found[step.trial]):
                made.append(_made(backend, search, request, step, found[step.trial]))
            if len(made) == MOST_TOGETHER or sum(len(one.first.values) for one in made) > BYTES_TOGETHER:
                _store(backend, search, made)
                made = []
        _store(backend, search, made)
    except StorageError:
        raise
    except FeedforwardError:
        return False
    return True


def _made(backend: Backend, search: Search, request: SearchRequest, step: StoredStep, trial: Trial) -> _Made:
    own = backend.for_caller(owner(backend.storage, search, "search", ADVICE))
    if not own.caller.may(Scope.TRAIN) or not own.caller.sees(network_name(search.name, trial.number)):
        raise Forbidden(f"The key {own.caller.name or own.caller.user} may not train for this search. {ADVICE}")
    plan = _named(read_trial(own, request, trial.parameters), search, trial)
    first = initial_snapshot(plan.draft)
    return _Made(trial, own, plan.draft, first, _job(own, plan, first, trial=trial, request=request, step=step))


def _store(backend: Backend, search: Search, made: Sequence[_Made]) -> None:
    """All of them, or none."""
    if not made:
        return
    with backend.storage.transaction():
        if backend.storage.lock_search(search.id).requested_state is not RequestedState.RUN:
            return
        found = backend.storage.get_trials(search.id, [one.trial.number for one in made])
        for one in made:
            if not _is_waiting(found[one.trial.number]):
                continue
            store_network(one.own, one.draft, one.first)
            enqueue(one.own, one.job)
            changes = {"network_id": one.job.network_id, "job_id": one.job.id}
            backend.storage.update_trial(search.id, one.trial.number, changes)


def _is_waiting(trial: Trial) -> bool:
    return trial.job_id is None and trial.status is TrialStatus.WAITING


def _named(made: TrialPlan, search: Search, trial: Trial) -> TrialPlan:
    record = replace(made.draft.record, name=network_name(search.name, trial.number), search_id=search.id)
    return replace(made, draft=replace(made.draft, record=record))


def _job(
    own: Backend, made: TrialPlan, first: NewSnapshot, *, trial: Trial, request: SearchRequest, step: StoredStep
) -> NewJob:
    record, network = made.draft.record, made.draft.network
    job = new_job(record, made.plan, first, creator=creator(own), split_seed=request.seed)
    key = stack_key(network, record.spec, job)
    return replace(job, pause_at=step.epoch, search_id=trial.search_id, trial=trial.number, stack_key=key)
