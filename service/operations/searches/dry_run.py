"""Try the corners of a space, and the points of one's own, through what creates networks and trainings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.domain.types import Json
from service.errors import FieldError, Invalid, NotFound
from service.operations.backend import Backend
from service.operations.searches.request import PARAMETERS, POINTS, SearchRequest
from service.operations.searches.trial_bodies import POINTERS, TrialPlan, read_trial
from service.operations.validation import invalid
from service.schema.rules import unknown
from service.search.pointers import Path
from service.search.samplers import drawn
from service.search.space import Space

#: More would keep the request waiting.
MAX_CORNERS = 500
MAX_ISSUES = 100


@dataclass(frozen=True)
class Corner:
    """Parameters to try, and where in the request each value stands."""

    parameters: Json
    places: Mapping[str, Path] = field(default_factory=dict)


def check_space(backend: Backend, request: SearchRequest) -> None:
    """Raises Invalid and NotFound with what would keep a trial at a corner of the space from training."""
    corners = list(corners_of(request.space))
    if len(corners) > MAX_CORNERS:
        words = f"must have at most {MAX_CORNERS} values and ends together, got {len(corners)}"
        raise invalid(PARAMETERS, words)
    issues: dict[FieldError, None] = {}
    for corner in corners:
        issues |= dict.fromkeys(_issues(backend, request, corner))
        if len(issues) >= MAX_ISSUES:
            break
    if issues:
        raise Invalid(fields=list(issues))


def corners_of(space: Space) -> Iterator[Corner]:
    """Every end of every parameter, the others at their first; and all of them at their last."""
    first = {pointer: parameter.ends()[0] for pointer, parameter in space.parameters.items()}
    last = {pointer: parameter.ends()[-1] for pointer, parameter in space.parameters.items()}
    yield _corner(space, first)
    yield _corner(space, last)
    for pointer, parameter in space.parameters.items():
        for end in parameter.ends():
            yield _corner(space, {**first, **_required(space, pointer), pointer: end})


def _required(space: Space, pointer: str) -> dict[str, tuple[Path, Any]]:
    """The values of others that a parameter needs to be there at all."""
    needed: dict[str, tuple[Path, Any]] = {}
    for other, value in (space.parameters[pointer].when or {}).items():
        needed |= {**_required(space, other), other: ((), value)}
    return needed


def _corner(space: Space, ends: Mapping[str, tuple[Path, Any]]) -> Corner:
    parameters = space.active({pointer: value for pointer, (_, value) in ends.items()})
    return Corner(parameters, {pointer: ends[pointer][0] for pointer in parameters})


def _issues(backend: Backend, request: SearchRequest, corner: Corner) -> Iterator[FieldError]:
    try:
        made = read_trial(backend, request, corner.parameters)
    except NotFound as error:
        raise NotFound(error.message, fields=[_placed(issue, corner) for issue in error.fields]) from error
    except Invalid as error:
        yield from (_placed(issue, corner) for issue in error.fields)
    else:
        yield from _metric_issues(request, made)


def _metric_issues(request: SearchRequest, made: TrialPlan) -> Iterator[FieldError]:
    known = made.plan.training.numbers(validated=made.plan.training_data.validation is not None)
    metric = request.spec.objective.metric
    if metric not in known:
        hint = "" if made.plan.training_data.validation else " (there are no validation rows: give training validation)"
        yield FieldError(("objective", "metric"), unknown(metric, known, "metric") + hint)


def _placed(issue: FieldError, corner: Corner) -> FieldError:
    """An issue of a parameter at the end of it that was tried."""
    if issue.path[:1] == (POINTERS,):
        return FieldError((PARAMETERS, *issue.path[1:]), issue.message)
    if issue.path[:1] != (PARAMETERS,):
        return issue
    pointer = str(issue.path[1])
    return FieldError((PARAMETERS, pointer, *corner.places.get(pointer, ())), issue.message)


def complete_points(backend: Backend, request: SearchRequest, points: Sequence[Json], *, first: int) -> list[Json]:
    """Points with what they leave open, by the numbers of their trials from `first` on. Raises Invalid."""
    issues: list[FieldError] = []
    completed: list[Json] = []
    for index, point in enumerate(points):
        whole = request.space.active({**drawn(request.space, request.draw_seed, first + index), **point})
        found = list(_point_issues(request.space, point, whole))
        if not found:
            found = [_of_point(issue) for issue in _issues(backend, request, Corner(whole))]
        issues += [FieldError((POINTS, index, *issue.path), issue.message) for issue in found]
        completed.append(whole)
    if issues:
        raise Invalid(fields=issues)
    return completed


def _of_point(issue: FieldError) -> FieldError:
    """At the parameter, or else at the whole point."""
    return FieldError(issue.path[1:2] if issue.path[:1] == (PARAMETERS,) else (), issue.message)


def _point_issues(space: Space, point: Json, whole: Json) -> Iterator[FieldError]:
    for pointer, value in point.items():
        if pointer not in space.parameters:
            yield FieldError((pointer,), unknown(pointer, space.parameters, "parameter"))
        elif (words := space.parameters[pointer].allows(value)) is not None:
            yield FieldError((pointer,), words)
        elif pointer not in whole:
            yield FieldError((pointer,), "is not part of this trial: the values of others exclude it")
