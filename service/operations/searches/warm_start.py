"""What a search takes from the trials of others, before it begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from service.domain.searches import Search, TrialStatus
from service.domain.types import Json
from service.errors import FieldError, Invalid
from service.operations.backend import Backend
from service.operations.searches.request import WARM_START, SearchRequest
from service.operations.searches.turn import request_of
from service.operations.validation import naming
from service.search.space import Space
from service.search.spec import Tpe

MAX_SEARCHES = 10
#: They are stored with the search: what becomes of the others later changes nothing in it.
MAX_TRIALS = 200
#: What says how good parameters are.
JUDGED = frozenset({TrialStatus.SUCCEEDED, TrialStatus.PRUNED, TrialStatus.DIVERGED})


def warmed(backend: Backend, request: SearchRequest, refs: Sequence[str]) -> SearchRequest:
    """With the newest trials of other searches. Raises NotFound, and Invalid where they teach nothing."""
    if not refs:
        return request
    if not isinstance(request.spec.sampler, Tpe):
        words = f"needs the sampler tpe, which learns from trials; {request.spec.sampler.name} does not"
        raise Invalid(fields=[FieldError((WARM_START,), words)])
    found: list[Json] = []
    issues: list[FieldError] = []
    searches: list[Search] = []
    for index, ref in enumerate(refs):
        with naming("search", WARM_START, index):
            searches.append(backend.storage.get_search(ref))
        own = list(_trials(backend, searches[-1], request.space))
        if (reason := _unfit(request, request_of(backend, searches[-1]), own)) is not None:
            issues.append(FieldError((WARM_START, index), reason))
        found += own
    if issues:
        raise Invalid(fields=issues)
    ids = list(dict.fromkeys(search.id for search in searches))
    if len(ids) < len(searches):
        raise Invalid(fields=[FieldError((WARM_START,), "names a search twice")])
    return replace(request, warm_start=ids, warm=found[-MAX_TRIALS:])


def _unfit(request: SearchRequest, other: SearchRequest, trials: Sequence[Json]) -> str | None:
    if (other.spec.objective.metric, other.goal) != (request.spec.objective.metric, request.goal):
        return f"has another objective: {other.goal} {other.spec.objective.metric}"
    return (
        None if trials else "has no ended trial with exactly the parameters of this search, and values that it allows"
    )


def _trials(backend: Backend, search: Search, space: Space) -> Iterator[dict[str, Any]]:
    rungs = {step.trial: step.rung for step in backend.storage.list_steps(search.id)}
    for trial in backend.storage.list_trials(search.id):
        if trial.status in JUDGED and _fits(space, trial.parameters):
            is_whole = trial.status is not TrialStatus.PRUNED
            known = {"value": trial.value, "rung": rungs.get(trial.number, 0), "is_whole": is_whole}
            yield {"parameters": dict(trial.parameters), **known}


def _fits(space: Space, parameters: Json) -> bool:
    if space.active(parameters) != dict(parameters):
        return False
    wanted = {name for name, one in space.parameters.items() if space.is_active(one, parameters)}
    return wanted == set(parameters) and all(space.parameters[name].allows(parameters[name]) is None for name in wanted)
