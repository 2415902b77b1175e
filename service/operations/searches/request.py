"""A requested search: read, completed and checked as a whole, but not stored."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, replace
from typing import Any

from service.domain.types import Json
from service.engine.metrics.table import higher_is_better
from service.engine.spec import NetworkSpec
from service.engine.training.spec import TrainingSpec
from service.errors import FieldError, Invalid
from service.jobs.division import HASH, RANDOM, VALIDATION
from service.jobs.folds import FOLDS, Folds
from service.operations.backend import Backend
from service.operations.networks.column_requests import AUTO
from service.operations.networks.proposal import overridden, propose
from service.operations.request_reader import RequestReader
from service.operations.searches.optional import check_optuna
from service.operations.training.dataset_source import find_dataset
from service.operations.validation import invalid, invalid_fields
from service.schema.fields import Spec, spec_fields, write_value
from service.schema.rules import shown, unknown
from service.schema.types import Body
from service.search.pointers import read_pointer
from service.search.pruning import Ladder, ladder_of
from service.search.sobol import MAX_DIMENSIONS
from service.search.space import NETWORK, TRAINING, Space, read_space
from service.search.spec import (
    DEFAULT_TRIALS,
    MAX_TRIALS,
    MAXIMIZE,
    MINIMIZE,
    Grid,
    NoPruner,
    Objective,
    SearchSpec,
    Sobol,
    Tpe,
)

#: That of `POST /train`.
DEFAULT_EPOCHS = TrainingSpec().epochs
PARAMETERS, POINTS, WARM_START, WARM = "parameters", "points", "warm_start", "warm"
SEED = "/training/seed"
MAX_POINTS = 100
DATASET, FROM_DATASET, TARGET, INPUTS, LAYERS = "dataset", "from_dataset", "target", "inputs", "layers"
SPECS: Mapping[str, type[Spec]] = {NETWORK: NetworkSpec, TRAINING: TrainingSpec}
#: What a parameter may change: what else is in the bodies says which rows are judged, and how.
CHANGEABLE = {name: frozenset(item.name for item in spec_fields(spec)) - {"metrics"} for name, spec in SPECS.items()}
OWN = "must be left out: a search does this itself"
NOT_IN_TRAINING = {
    "data": "must be a dataset: inline rows would be stored with every trial",
    "promote": "must be left out: make the best trial live by POST /searches/{search}/publish",
    "callback": "must be left out: it would be called for every trial",
    "callback_secret": "must be left out: it would be stored",
    **dict.fromkeys(("start_from", "experiment", "pause_at", "snapshots"), OWN),
}


@dataclass(frozen=True)
class SearchRequest:
    """The bodies that every trial begins with, what it changes in them, and how that is chosen."""

    network: Json
    training: Json
    space: Space
    spec: SearchSpec
    points: Sequence[Json]
    warm_start: Sequence[str] = ()  #: searches, by id
    warm: Sequence[Json] = ()  #: their trials that this one learns from: parameters, value, rung and is_whole

    @property
    def goal(self) -> str:
        return goal_of(self.spec.objective)

    @property
    def seed(self) -> int:
        """By which all trials divide their rows in the same way, whatever their own seed is."""
        return int(self.network.get("seed") or 0)

    @property
    def draw_seed(self) -> int:
        """By which the parameters are drawn that a point leaves open."""
        return int(getattr(self.spec.sampler, "seed", 0))

    @property
    def ladder(self) -> Ladder:
        """Up to which epochs trials train, one after another."""
        return ladder_of(self.spec.pruner, int(self.training.get("epochs") or DEFAULT_EPOCHS))

    @property
    def max_trials(self) -> int:
        limit = self.spec.limits.trials
        if isinstance(self.spec.sampler, Grid):
            return min(len(self.points) + self.space.grid_size(MAX_TRIALS), limit or MAX_TRIALS)
        return limit or max(DEFAULT_TRIALS, len(self.points))

    def to_json(self) -> dict[str, Any]:
        written = {NETWORK: self.network, TRAINING: self.training, PARAMETERS: self.space.to_json()}
        warm = {WARM_START: list(self.warm_start), WARM: list(self.warm)}
        return {**written, POINTS: list(self.points), **warm, **self.spec.to_json()}

    @classmethod
    def from_json(cls, stored: Json) -> SearchRequest:
        spec = SearchSpec.from_json(
            {item.name: stored[item.name] for item in spec_fields(SearchSpec) if item.name in stored}
        )
        space, warm = read_space(stored[PARAMETERS]), (stored.get(WARM_START, ()), stored.get(WARM, ()))
        return cls(stored[NETWORK], stored[TRAINING], space, spec, stored[POINTS], *warm)


def goal_of(objective: Objective) -> str:
    """The one that was asked for, or that follows from the metric."""
    return objective.goal or (MAXIMIZE if higher_is_better(objective.metric) else MINIMIZE)


def read_request(backend: Backend, body: Body) -> SearchRequest:
    """Raises Invalid with everything that can be checked without a trial, and NotFound for a data set."""
    parts = RequestReader()
    given = {item.name: body[item.name] for item in spec_fields(SearchSpec) if body.get(item.name) is not None}
    spec = parts.read((), lambda: SearchSpec.from_json(given))
    space = parts.read((PARAMETERS,), lambda: read_space(body.get(PARAMETERS)))
    network, training = dict(body[NETWORK]), dict(body[TRAINING])
    training |= parts.read((), lambda: _folds(body, training)) or {}
    parts.read((), lambda: _check(_training_issues(training)))
    if space is not None:
        parts.read((), lambda: _check(_pointer_issues(space)))
        if spec is not None:
            parts.read((), lambda: _check(_size_issues(space, spec)))
    resolved = parts.read((), lambda: _resolved_network(backend, network))
    completed = parts.read((), lambda: _resolved_training(backend, network, training))
    points = parts.read((), lambda: read_points(body))
    parts.finish()
    if isinstance(spec.sampler, Tpe):
        check_optuna("The sampler tpe needs", "random and sobol need nothing.")
    request = SearchRequest(
        _with_defaults(resolved, NETWORK, space), _with_defaults(completed, TRAINING, space), space, spec, points
    )
    _check(_limit_issues(request))
    _check(_seed_issues(request))
    _check(_pruner_issues(request))
    return replace(request, training=_judged(request))


def _training_issues(training: Mapping[str, Any]) -> Iterator[FieldError]:
    for name, message in NOT_IN_TRAINING.items():
        if training.get(name) is not None:
            yield FieldError((TRAINING, name), message)


def _pointer_issues(space: Space) -> Iterator[FieldError]:
    for pointer in space.parameters:
        body, name = read_pointer(pointer)[:2]
        if name not in CHANGEABLE[body]:
            words = unknown(name, sorted(CHANGEABLE[body]), f"field of {body} to search")
            yield FieldError((PARAMETERS, pointer), words)


def _size_issues(space: Space, spec: SearchSpec) -> Iterator[FieldError]:
    """What keeps a sampler from the space."""
    if isinstance(spec.sampler, Sobol) and len(space.parameters) > MAX_DIMENSIONS:
        words = f"sobol takes at most {MAX_DIMENSIONS} parameters, got {len(space.parameters)}"
        yield FieldError(("sampler",), words)
    if not isinstance(spec.sampler, Grid):
        return
    without = [pointer for pointer, parameter in space.parameters.items() if parameter.grid() is None]
    yield from (FieldError((PARAMETERS, pointer, "steps"), "is required for a grid") for pointer in without)
    if not without and spec.limits.trials is None and space.grid_size(MAX_TRIALS) > MAX_TRIALS:
        words = f"make a grid of more than {MAX_TRIALS:,} trials: give fewer values, or limits/trials"
        yield FieldError((PARAMETERS,), words)


def _folds(body: Body, training: Mapping[str, Any]) -> dict[str, Any]:
    """Those beside the training, as its own. Raises Invalid."""
    if body.get(FOLDS) is None:
        return {}
    if training.get(FOLDS) is not None:
        raise invalid(FOLDS, "must be left out: training has folds")
    with invalid_fields(FOLDS):
        return {FOLDS: Folds.read(body[FOLDS]).to_json()}


def _seed_issues(request: SearchRequest) -> Iterator[FieldError]:
    """What would let trials of other seeds be judged on other rows."""
    training = request.training
    folds, validation = training.get(FOLDS), training.get(VALIDATION)
    if folds is not None:
        with invalid_fields(TRAINING, FOLDS):
            read = Folds.read(folds)
        is_drawn = read.method != HASH and read.time is None
    else:
        is_drawn = isinstance(validation, Mapping) and (
            validation.get("method") == RANDOM or bool(validation.get("stratified"))
        )
    if SEED in request.space.parameters and is_drawn:
        words = "must not be searched where the seed draws the rows that judge a trial; use repeats, or method hash"
        yield FieldError((PARAMETERS, SEED), words)


def _limit_issues(request: SearchRequest) -> Iterator[FieldError]:
    most = request.spec.limits.trials
    if most is not None and most < len(request.points):
        yield FieldError(("limits", "trials"), f"must be at least the {len(request.points)} points, got {most}")


def _pruner_issues(request: SearchRequest) -> Iterator[FieldError]:
    pruner = request.spec.pruner
    if isinstance(pruner, NoPruner):
        return
    if "/training/epochs" in request.space.parameters:
        words = f"must be the same for all trials with the pruner {pruner.name}, which compares them epoch by epoch"
        yield FieldError((PARAMETERS, "/training/epochs"), words)
    epochs = request.training.get("epochs") or DEFAULT_EPOCHS
    if isinstance(epochs, int) and len(request.ladder) == 1:
        words = f"must be less than the {epochs} epochs of the training, or nothing is ever pruned"
        yield FieldError(("pruner", "min_epochs"), words)


def _resolved_network(backend: Backend, body: dict[str, Any]) -> dict[str, Any]:
    """With data sets by id, and with what a data set proposes, so that all trials begin with the same."""
    if body.get(FROM_DATASET) is None:
        if body.get(DATASET) is not None:
            body[DATASET] = find_dataset(backend, body[DATASET], NETWORK, DATASET).id
        return body
    dataset = find_dataset(backend, body[FROM_DATASET], NETWORK, FROM_DATASET)
    if body.get(TARGET) is None:
        raise invalid((NETWORK, TARGET), "is required: the column to predict")
    with invalid_fields(NETWORK):
        proposal = propose(backend, dataset, body[TARGET], body.get(INPUTS, AUTO))
    made = overridden(proposal.network, {name: value for name, value in body.items() if value is not None})
    return {name: value for name, value in made.items() if name != "name"}


def _resolved_training(backend: Backend, network: Mapping[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    if body.get(DATASET) is None:
        body[DATASET] = network.get(FROM_DATASET) or network.get(DATASET)
    if body[DATASET] is None:
        raise invalid((TRAINING, DATASET), "is required")
    body[DATASET] = find_dataset(backend, body[DATASET], TRAINING, DATASET).id
    validation = body.get("validation")
    if isinstance(validation, Mapping) and validation.get(DATASET) is not None:
        other = find_dataset(backend, validation[DATASET], TRAINING, "validation", DATASET)
        body["validation"] = {**validation, DATASET: other.id}
    return body


def _with_defaults(body: Json, name: str, space: Space) -> Json:
    """With the default of each field inside of which a parameter stands, such as the optimizer."""
    inside = {read_pointer(pointer)[1] for pointer in space.parameters if read_pointer(pointer)[0] == name}
    defaults = {
        item.name: write_value(item, item.default)
        for item in spec_fields(SPECS[name])
        if item.name in inside and item.default is not MISSING and body.get(item.name) is None
    }
    return {**body, **defaults}


def read_points(body: Body) -> list[Json]:
    """Raises Invalid."""
    given = body.get(POINTS)
    if given is None:
        return []
    if not isinstance(given, list):
        raise invalid(POINTS, f"must be a list of objects: values by pointer, got {shown(given)}")
    if len(given) > MAX_POINTS:
        raise invalid(POINTS, f"must have at most {MAX_POINTS} points, got {len(given)}")
    _check(
        FieldError((POINTS, index), f"must be an object: values by pointer, got {shown(point)}")
        for index, point in enumerate(given)
        if not isinstance(point, Mapping)
    )
    return list(given)


def _judged(request: SearchRequest) -> Json:
    """The training, whose early stopping looks at what the search looks at, unless it says otherwise."""
    training = copy.deepcopy(dict(request.training))
    stopping, metric = training.get("early_stopping"), request.spec.objective.metric
    if isinstance(stopping, dict) and stopping.get("monitor") is None and is_natural(request):
        stopping["monitor"] = metric
    return training


def is_natural(request: SearchRequest) -> bool:
    """Whether the goal is what a training takes for better, too."""
    return (request.goal == MAXIMIZE) is higher_is_better(request.spec.objective.metric)


def _check(issues: Iterator[FieldError]) -> None:
    if found := list(issues):
        raise Invalid(fields=found)
