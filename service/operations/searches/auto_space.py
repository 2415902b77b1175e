"""A search from nothing but a data set and the column to predict: the proposal, and what is worth changing in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.domain.types import Json
from service.errors import FieldError, Invalid
from service.jobs.folds import FOLDS
from service.operations.backend import Backend
from service.operations.networks.proposal import propose
from service.operations.searches.optional import has_optuna
from service.operations.searches.request import DATASET, TARGET
from service.operations.training.dataset_source import find_dataset
from service.operations.training.folds import UNFIT
from service.operations.validation import invalid_fields
from service.schema.types import Body

SPACE, AUTO = "space", "auto"
#: What a request must say by itself, where no space is proposed.
OWN = ("network", "training", "parameters")
RATE, BATCH_SIZE, LAYERS = "/training/optimizer/learning_rate", "/training/batch_size", "/network/layers"
#: Hidden layers from small to large, each with these drop rates; those of the proposal go first.
WIDTHS = ((32,), (128,), (64, 32), (256, 128), (256, 256, 128))
DROP_RATES = (0.0, 0.2, 0.4)
LARGEST_BATCH = 1024
VALIDATION = {"fraction": 0.2}
TRIALS, PATIENCE, FACTOR, LEAST_EPOCHS = 40, 20, 3, 4


def completed(backend: Backend, body: Body) -> dict[str, Any]:
    """The request with what it leaves to the service. Raises Invalid and NotFound."""
    given = {name: value for name, value in body.items() if value is not None}
    wanted = given.pop(SPACE, AUTO if DATASET in given else None)
    issues = list(_auto_issues(given) if wanted == AUTO else _own_issues(given))
    if issues:
        raise Invalid(fields=issues)
    if wanted != AUTO:
        return given
    proposed = _proposed(backend, given.pop(DATASET), given.pop(TARGET))
    if not has_optuna():
        proposed["sampler"] = "random"
    if given.get(FOLDS) is not None:
        training = proposed["training"]
        proposed["training"] = {name: value for name, value in training.items() if name not in UNFIT}
    return {**proposed, **given}


def _auto_issues(given: Mapping[str, Any]) -> Iterator[FieldError]:
    yield from (
        FieldError((name,), "is required for a proposed space") for name in (DATASET, TARGET) if name not in given
    )
    for name in (*OWN, "points"):
        if name in given:
            yield FieldError((name,), "must be left out: dataset and target ask for a proposed space")


def _own_issues(given: Mapping[str, Any]) -> Iterator[FieldError]:
    for name in OWN:
        if name not in given:
            yield FieldError((name,), "is required, or dataset and target alone")
    if TARGET in given:
        yield FieldError((TARGET,), "needs a dataset beside it; or give it in network")


def _proposed(backend: Backend, ref: Any, target: Any) -> dict[str, Any]:
    dataset = find_dataset(backend, ref, DATASET)
    with invalid_fields():
        proposal = propose(backend, dataset, target)
    training = {name: value for name, value in proposal.train.items() if name != "network"}
    training = {"validation": VALIDATION, **training, DATASET: dataset.id}
    parameters, point = _space(proposal.network["layers"], training)
    return {
        "network": {"from_dataset": dataset.id, TARGET: target},
        "training": training,
        "parameters": parameters,
        "points": [point],
        "sampler": "tpe",
        **_pruner(training["epochs"]),
        "limits": {"trials": TRIALS, "patience": PATIENCE},
    }


def _space(layers: Sequence[Json], training: Json) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters, and the proposal itself as their first point: the search is never worse."""
    rate, batch = training["optimizer"]["learning_rate"], training["batch_size"]
    batches = sorted({max(1, batch // 2), batch, *(min(batch * times, LARGEST_BATCH) for times in (2, 4))})
    stacks = [list(layers)]
    for widths in WIDTHS:
        stacks += [stack for drop in DROP_RATES if (stack := _stack(widths, drop, layers)) not in stacks]
    parameters = {
        RATE: {"type": "float", "low": rate / 10, "high": rate * 30, "scale": "log"},
        BATCH_SIZE: {"values": batches},
        LAYERS: {"values": stacks},
    }
    return parameters, {RATE: rate, BATCH_SIZE: batch, LAYERS: stacks[0]}


def _stack(widths: Sequence[int], drop_rate: float, layers: Sequence[Json]) -> list[Json]:
    """Hidden layers like the proposal's first one, and its output."""
    stack: list[Json] = []
    for units in widths:
        stack.append({**layers[0], "units": units})
        if drop_rate:
            stack.append({"type": "dropout", "drop_rate": drop_rate})
    return [*stack, layers[-1]]


def _pruner(epochs: int) -> dict[str, Any]:
    least = max(LEAST_EPOCHS, epochs // FACTOR**2)
    return {"pruner": {"type": "asha", "min_epochs": least, "factor": FACTOR}} if least < epochs else {}
