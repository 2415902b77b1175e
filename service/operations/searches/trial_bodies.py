"""The network and the training of one trial: what `POST /networks` and `POST /train` would take, compiled."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from service.domain.status import Origin
from service.domain.types import Json
from service.errors import FieldError, Invalid, NotFound
from service.jobs.folds import FOLDS
from service.operations.backend import Backend
from service.operations.models.models import record_signature
from service.operations.networks.drafts import Draft, read_draft
from service.operations.searches.request import PARAMETERS, SearchRequest
from service.operations.training.folds import NO_SNAPSHOTS
from service.operations.training.submit import Plan, read_plan
from service.operations.validation import invalid
from service.schema.validation import SpecError
from service.search.pointers import Path, put, read_pointer
from service.search.space import NETWORK, TRAINING

#: Until its search gives it one: `POST /networks` reads no network without a name.
UNNAMED = "trial"
#: Where errors of a pointer stand, and not of the value that it sets.
POINTERS = "pointers"
REPEATS = "repeats"


@dataclass(frozen=True)
class TrialPlan:
    draft: Draft
    plan: Plan


def read_trial(backend: Backend, request: SearchRequest, parameters: Json) -> TrialPlan:
    """Raises Invalid and NotFound with paths in the request of the search, or below one of its parameters."""
    bodies = _bodies(request, parameters)
    with _below(NETWORK, parameters):
        draft = read_draft(backend, {**bodies[NETWORK], "name": UNNAMED})
    signature = record_signature(draft.record, draft.network)
    with _below(TRAINING, parameters):
        plan = read_plan(backend, bodies[TRAINING], signature)
    # Measuring it takes a large part of a short trial's time, and nobody looks at that of all trials.
    plan = replace(plan, origin=Origin.SEARCH, importance=bool(plan.importance))
    return TrialPlan(draft, plan if request.spec.repeats == 1 else _repeated(plan, draft, request.spec.repeats))


def _repeated(plan: Plan, draft: Draft, repeats: int) -> Plan:
    if draft.network.members:
        raise invalid(REPEATS, "must be left out: the network is an ensemble, whose members have other seeds each")
    if plan.folds is None and plan.training_data.validation is None:
        raise invalid(REPEATS, "needs rows that judge a trial: give training validation, or folds")
    return replace(plan, repeats=repeats, snapshots=NO_SNAPSHOTS)


def once_body(request: SearchRequest, parameters: Json, epochs: int | None) -> dict[str, Any]:
    """What trains a trial's network once, for good: on all rows where it had folds, up to an epoch that these chose."""
    body: dict[str, Any] = _bodies(request, parameters)[TRAINING]
    if body.pop(FOLDS, None) is not None and epochs is not None:
        body.pop("early_stopping", None)
        body["epochs"] = epochs
    return {name: value for name, value in body.items() if value is not None}


def _bodies(request: SearchRequest, parameters: Json) -> dict[str, Any]:
    bodies = copy.deepcopy({NETWORK: dict(request.network), TRAINING: dict(request.training)})
    # A whole layer goes before what is inside of it.
    for pointer in sorted(parameters, key=lambda one: one.count("/")):
        try:
            put(bodies, pointer, parameters[pointer])
        except SpecError as error:
            words = [FieldError((POINTERS, pointer), issue.message) for issue in error.issues]
            raise Invalid(fields=words) from None
    return bodies


@contextmanager
def _below(body: str, parameters: Json) -> Iterator[None]:
    """Let errors inside name the parameter that set the field, or otherwise the field of the request."""
    try:
        yield
    except (Invalid, NotFound) as error:
        fields = [FieldError(_path((body, *issue.path), parameters), issue.message) for issue in error.fields]
        raise (Invalid if isinstance(error, Invalid) else NotFound)(error.message, fields=fields) from error


def _path(path: Path, parameters: Json) -> Path:
    parts = tuple(map(str, path))
    owners = [one for one in parameters if parts[: len(read_pointer(one))] == read_pointer(one)]
    if not owners:
        return path
    owner = max(owners, key=len)
    return (PARAMETERS, owner, *path[len(read_pointer(owner)) :])
