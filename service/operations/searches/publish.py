"""Make a trial of a search live: a network of its own name, a version of it, and an alias that points there."""

from __future__ import annotations

from dataclasses import dataclass

from service.domain.jobs import Job
from service.domain.networks import Network
from service.domain.paging import Page
from service.domain.searches import Search, Trial, TrialStatus
from service.domain.snapshots import Snapshot
from service.domain.status import Status
from service.domain.versions import PRODUCTION, Alias, Version
from service.errors import Conflict, Invalid
from service.operations import names
from service.operations.backend import Backend
from service.operations.jobs.queueing import enqueue
from service.operations.models import named_models
from service.operations.models.promotion import move_alias, publish_version
from service.operations.searches.training_once import newest_once, once
from service.operations.searches.turn import request_of
from service.operations.searches.worth import has_fits, looks_at_objective
from service.operations.validation import naming
from service.schema.types import Body

BEST, LAST = "best", "last"
UNSUCCESSFUL = frozenset({Status.FAILED, Status.CANCELLED})


@dataclass(frozen=True)
class Published:
    trial: Trial
    network: Network
    version: Version | None = None  #: None where the network must be trained once first
    alias: Alias | None = None
    job: str | None = None  #: which trains it once: neither folds nor repeats leave weights


def publish(backend: Backend, ref: str, body: Body) -> Published:
    """Raises NotFound, Invalid, AlreadyExists, and Conflict for a trial without weights to publish.

    One of folds or repeats has none: the first call trains its network once, and one after that job's end publishes.
    """
    if issues := list(names.name_issues(body["network"], "network")):
        raise Invalid(fields=issues)
    search = backend.storage.get_search(ref)
    trial = _chosen(backend, search, body.get("trial"))
    job = backend.storage.get_job(trial.job_id or "")
    trained = newest_once(backend, trial) if has_fits(job) else None
    if has_fits(job) and (trained is None or trained.status in UNSUCCESSFUL):
        return _trained_once(backend, search, trial, job, body["network"])
    if trained is not None and trained.status is not Status.SUCCEEDED:
        raise Conflict(
            f"The job {trained.id} trains the network of trial {trial.number} once: publish it when it ends."
        )
    alias = body.get("alias") or PRODUCTION
    with backend.storage.transaction():
        network = backend.storage.get_network(trial.network_id or "")
        network = _named(backend, trial, network, body["network"])
        snapshot = _snapshot(backend, search, trial, trained or job)
        note = body.get("note") or f"Trial {trial.number} of the search {search.name}."
        version = publish_version(backend, network, snapshot.id, note)
        moved = move_alias(backend, network, alias, version.number)
        if body.get("model") is not None:
            moved = named_models.move_alias(
                backend, body["model"], alias, {"network": network.id, "version": version.number}, None
            )
    return Published(trial, network, version, moved)


def _named(backend: Backend, trial: Trial, network: Network, name: str) -> Network:
    """The network under a name of its own, which takes it out of its search. Raises Conflict, AlreadyExists."""
    if network.search_id is None and network.name != name:
        raise Conflict(f"Trial {trial.number} has left its search: it is the network {network.name}.")
    return network if network.search_id is None else backend.storage.update_network(network.id, name=name)


def _trained_once(backend: Backend, search: Search, trial: Trial, job: Job, name: str) -> Published:
    wanted = once(backend, search, trial, job)
    with backend.storage.transaction():
        network = _named(backend, trial, backend.storage.get_network(trial.network_id or ""), name)
        enqueue(backend, wanted)
    return Published(trial, network, job=wanted.id)


def _chosen(backend: Backend, search: Search, number: int | None) -> Trial:
    if number is None and search.best_trial is None:
        raise Conflict("No trial of this search has succeeded yet.")
    with naming("trial", "trial"):
        trial = backend.storage.get_trial(search.id, number or search.best_trial or 0)
    if trial.status is not TrialStatus.SUCCEEDED:
        raise Conflict(f"Trial {trial.number} is {trial.status}: only one that has succeeded can be published.")
    return trial


def _snapshot(backend: Backend, search: Search, trial: Trial, job: Job) -> Snapshot:
    """The weights that the trial's value is of, or those of the job that trained its network once."""
    keeps_best = looks_at_objective(request_of(backend, search), job)
    kinds = (BEST, LAST) if keeps_best else (LAST, BEST)
    found = backend.storage.list_snapshots(trial.network_id or "", Page(limit=100), job_id=job.id)
    by_kind = {snapshot.kind: snapshot for snapshot in reversed(found)}
    for kind in kinds:
        if kind in by_kind:
            return by_kind[kind]
    raise Conflict(f"Trial {trial.number} has left no weights.")
