"""Make, read, steer and delete searches; `service.operations.searches.driver` moves them on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from service.domain.ids import new_id
from service.domain.paging import Page
from service.domain.searches import (
    ENDED_TRIALS,
    NewSearch,
    NewTrial,
    Search,
    SearchFigures,
    Source,
    StoredStep,
    Trial,
    TrialStatus,
)
from service.domain.status import ACTIVE, ENDED, RequestedState, Status
from service.domain.types import Json
from service.errors import Conflict, Forbidden, Invalid
from service.jobs.folds import FOLDS
from service.operations import names
from service.operations.backend import Backend
from service.operations.searches.auto_space import completed
from service.operations.searches.beginning import network_name
from service.operations.searches.dry_run import check_space, complete_points
from service.operations.searches.request import WARM_START, goal_of, read_points, read_request
from service.operations.searches.turn import request_of
from service.operations.searches.warm_start import warmed
from service.operations.validation import invalid
from service.schema.types import Body
from service.search.space import TRAINING
from service.search.spec import MAX_TRIALS, Grid, Objective

ID_PREFIX = "srch"
#: By requested state: what a search may be, and what it is until a worker has looked.
MOVES: Mapping[RequestedState, tuple[frozenset[Status], Status]] = {
    RequestedState.PAUSE: (frozenset({Status.QUEUED, Status.RUNNING, Status.PAUSING, Status.PAUSED}), Status.PAUSING),
    RequestedState.RUN: (frozenset({Status.QUEUED, Status.RUNNING, Status.PAUSING, Status.PAUSED}), Status.QUEUED),
    RequestedState.CANCEL: (ACTIVE | {Status.CANCELLED}, Status.CANCELLING),
}


@dataclass(frozen=True)
class SearchView:
    """A search, what its trials come to, and the best of them."""

    search: Search
    figures: SearchFigures
    best: Trial | None

    @property
    def objective(self) -> Json:
        """With the goal that follows from the metric, if none was asked for."""
        objective = Objective.from_json(self.search.spec["objective"])
        return {"metric": objective.metric, "goal": goal_of(objective)}

    @property
    def eta_seconds(self) -> float | None:
        """By what the trials that have ended have taken; None before the first one, and once it has ended."""
        counts = self.figures.counts
        ended = sum(counts.get(status, 0) for status in (*ENDED_TRIALS, TrialStatus.PAUSED))
        if not ended or self.search.status in ENDED:
            return None
        left = self.search.max_trials - ended
        parallel: int = self.search.spec["limits"]["parallel"]
        return left * self.figures.seconds / ended / parallel


@dataclass(frozen=True)
class TrialView:
    """A trial, and how far it was let."""

    trial: Trial
    steps: Sequence[StoredStep]


def create_search(backend: Backend, body: Body) -> SearchView:
    """Raises Invalid for all that a trial would meet, NotFound, AlreadyExists, Forbidden."""
    search_id = new_id(ID_PREFIX)
    name = body.get("name") or search_id
    if body.get("name") is not None and (issues := list(names.name_issues(name))):
        raise Invalid(fields=issues)
    _check_sees(backend, name)
    request = warmed(backend, read_request(backend, completed(backend, body)), body.get(WARM_START) or ())
    with _folds_beside(body):
        check_space(backend, request)
        points = complete_points(backend, request, request.points, first=0)
    made = NewSearch(
        id=search_id,
        name=name,
        spec=request.to_json(),
        max_trials=request.max_trials,
        points=_numbered(points, first=1),
        created_by=backend.caller.label,
        created_by_key=backend.caller.key_id,
        networks=backend.caller.networks,
    )
    return _view(backend, backend.storage.add_search(made))


def get_search(backend: Backend, ref: str) -> SearchView:
    """By id or by name. Raises NotFound."""
    return _view(backend, backend.storage.get_search(ref))


def list_searches(backend: Backend, page: Page) -> Sequence[SearchView]:
    """Newest first."""
    return _views(backend, backend.storage.list_searches(page))


def list_trials(backend: Backend, ref: str, page: Page) -> Sequence[TrialView]:
    """In order of their numbers. Raises NotFound."""
    after = int(page.after) if page.after is not None and page.after.isdecimal() else 0
    search_id = backend.storage.get_search(ref).id
    found = backend.storage.list_trials(search_id, after=after, limit=page.limit)
    steps: dict[int, list[StoredStep]] = {}
    for step in backend.storage.list_steps(search_id):
        steps.setdefault(step.trial, []).append(step)
    return [TrialView(trial, steps.get(trial.number, [])) for trial in found]


def request_state(backend: Backend, ref: str, requested_state: RequestedState) -> SearchView:
    """Cancel, pause or resume. Raises NotFound, and Conflict where the search's state does not allow it."""
    storage = backend.storage
    with storage.transaction():
        search = storage.lock_search(storage.get_search(ref).id)
        allowed, status = MOVES[requested_state]
        if search.status not in allowed:
            raise Conflict(f"This search is {search.status}: it can no longer {requested_state}.")
        if search.requested_state is not requested_state:
            changes = {"requested_state": requested_state, "status": status}
            storage.update_search(search.id, changes, due=True)
    return get_search(backend, search.id)


def add_trials(backend: Backend, ref: str, body: Body) -> SearchView:
    """Add points, and raise the number of trials, also after the end; the search then has the rights of the caller.

    Raises NotFound, Invalid, Forbidden, and Conflict while it is being cancelled.
    """
    storage, search = backend.storage, backend.storage.get_search(ref)
    _check_sees(backend, search.name)
    request = request_of(backend, search)
    given, count = read_points(body), body.get("count") or 0
    if not given and not count:
        raise invalid("points", "is required, or count")
    if count and isinstance(request.spec.sampler, Grid):
        raise invalid("count", "must be left out: a grid has no more trials; give points")
    points = complete_points(backend, request, given, first=storage.last_point(search.id))
    with storage.transaction():
        search = storage.lock_search(search.id)
        if search.status is Status.CANCELLING:
            raise Conflict("This search is being cancelled. Add trials when it has ended.")
        number = sum(storage.count_trials(search.id).values())
        for point in _numbered(points, first=number + 1):
            storage.add_trial(search.id, point)
        most = max(search.max_trials if search.status not in ENDED else number, number) + len(points) + count
        changes: dict[str, Any] = {"max_trials": min(most, MAX_TRIALS)}
        if search.status in ENDED:
            changes |= {"status": Status.QUEUED, "requested_state": RequestedState.RUN, "error": None}
            changes |= _owned_by(backend)
        storage.update_search(search.id, changes, due=True)
    return get_search(backend, search.id)


@contextmanager
def _folds_beside(body: Body) -> Iterator[None]:
    """Let errors of folds stand where the request has them."""
    try:
        yield
    except Invalid as error:
        beside, inside = body.get(FOLDS) is not None, (TRAINING, FOLDS)
        fields = [
            replace(issue, path=issue.path[1:]) if beside and issue.path[:2] == inside else issue
            for issue in error.fields
        ]
        raise Invalid(error.message, fields=fields) from error


def _owned_by(backend: Backend) -> dict[str, Any]:
    caller = backend.caller
    return {"created_by": caller.label, "created_by_key": caller.key_id, "networks": caller.networks}


def delete_search(backend: Backend, ref: str, *, keep_jobs: bool) -> None:
    """With the networks of its trials, unless they are kept. Raises NotFound, and Conflict while it has not ended."""
    backend.storage.delete_search(backend.storage.get_search(ref).id, keep_jobs=keep_jobs)


def _view(backend: Backend, search: Search) -> SearchView:
    [view] = _views(backend, [search])
    return view


def _views(backend: Backend, searches: Sequence[Search]) -> Sequence[SearchView]:
    """With two reads of all of them together, as a page may have many."""
    ids = [search.id for search in searches]
    figures, best = backend.storage.search_figures(ids), backend.storage.best_trials(ids)
    return [SearchView(search, figures[search.id], best.get(search.id)) for search in searches]


def _numbered(points: Sequence[Json], *, first: int) -> list[NewTrial]:
    return [
        NewTrial(number=number, parameters=point, source=Source.POINT) for number, point in enumerate(points, first)
    ]


def _check_sees(backend: Backend, name: str) -> None:
    network = network_name(name, 1)
    if not backend.caller.sees(name) or not backend.caller.sees(network):
        patterns = ", ".join(backend.caller.networks or ())
        raise Forbidden(f"Your key may only use names that match {patterns}: {network} is the first network's name.")
