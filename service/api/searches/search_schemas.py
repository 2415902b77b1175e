"""How searches and their trials are answered over HTTP."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from service.api.http.creators import creator, creator_key
from service.api.http.fields import Plain
from service.api.http.schema_docs import EngineField, engine_fields
from service.api.http.times import Time
from service.api.jobs.jobs import STATUSES
from service.domain.codes import SEARCH_ERROR_CODES
from service.domain.searches import Source, TrialStatus
from service.operations.searches.importances import LEAST_TRIALS
from service.operations.searches.searches import SearchView, TrialView
from service.search.spec import SearchSpec

RUNGS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "rung": {"type": "integer"},
            "epoch": {"type": ["integer", "null"], "description": "Up to which it trains there; null: to the end."},
            "value": {"type": ["number", "null"], "description": "Null before it is there, and where it has none."},
        },
        "required": ["rung", "epoch", "value"],
    },
    "description": "How far the search has let it train, and what it was worth there.",
}


IMPORTANCES = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "parameter": {"type": "string", "description": "Its pointer."},
            "importance": {
                "type": ["number", "null"],
                "description": "A share of 1; null where too few trials have the parameter, or lack it.",
            },
        },
        "required": ["parameter", "importance"],
    },
    "description": "The most important one first.",
}


class SearchErrorSchema(Schema):
    code = fields.String(required=True, validate=validate.OneOf(SEARCH_ERROR_CODES))
    message = fields.String(required=True)


TRIAL_STATUSES = [status.value for status in TrialStatus]
COUNTS = {
    "type": "object",
    "properties": {status: {"type": "integer"} for status in TRIAL_STATUSES},
    "required": TRIAL_STATUSES,
    "description": "Trials by status.",
}
BEST = {
    "type": ["object", "null"],
    "properties": {
        "trial": {"type": "integer"},
        "job": {"type": ["string", "null"]},
        "network": {"type": ["string", "null"]},
        "value": {"type": "number"},
        "parameters": {"type": "object"},
    },
    "required": ["trial", "job", "network", "value", "parameters"],
    "description": "The best trial so far, of those that have succeeded; of equal ones the first.",
}
SPENT = {
    "type": "object",
    "properties": {"seconds": {"type": "number"}, "epochs": {"type": "integer"}},
    "required": ["seconds", "epochs"],
    "description": "What all trials together have trained.",
}
OBJECT = {"type": "object"}


def of_spec(name: str) -> Plain:
    """A part of the request, with what it left out."""
    return Plain(OBJECT, required=True, attribute=f"search.spec.{name}")


def of_rules(name: str, attribute: str | None = "search.spec", **kwargs: Any) -> EngineField:
    """The same, documented by the rule that reads it; without an attribute, one of the view's own."""
    field: EngineField = engine_fields(SearchSpec, attribute=attribute, **kwargs)[name]
    field.required = True
    return field


class SearchSchema(Schema):
    id = fields.String(required=True, attribute="search.id")
    name = fields.String(required=True, attribute="search.name")
    status = fields.String(
        required=True,
        attribute="search.status",
        validate=validate.OneOf(STATUSES),
        metadata={"description": "`queued` until a worker has looked, which takes a second."},
    )
    counts = fields.Function(lambda view: counts_of(view), required=True, metadata=COUNTS)
    trials = fields.Integer(
        required=True, attribute="search.max_trials", metadata={"description": "How many there will be at most."}
    )
    best = fields.Function(lambda view: best_of(view), required=True, metadata=BEST)
    spent = fields.Function(
        lambda view: {"seconds": view.figures.seconds, "epochs": view.figures.epochs}, required=True, metadata=SPENT
    )
    eta_seconds = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "By what ended trials have taken; null before the first one, and at the end."},
    )
    error = fields.Nested(SearchErrorSchema, required=True, allow_none=True, attribute="search.error")
    network = of_spec("network")
    training = of_spec("training")
    parameters = of_spec("parameters")
    objective = of_rules("objective", attribute=None)
    sampler = of_rules("sampler")
    pruner = of_rules("pruner", dump_default="none")  # A search of before pruners has none.
    repeats = fields.Function(
        lambda view: view.search.spec.get("repeats", 1), required=True, metadata={"type": "integer"}
    )
    warm_start = fields.Function(
        lambda view: view.search.spec.get("warm_start", []),
        required=True,
        metadata={
            "type": "array",
            "items": {"type": "string"},
            "description": "Ids of the searches whose trials its sampler knows.",
        },
    )
    limits = of_rules("limits")
    created_at = Time(required=True, attribute="search.created_at")
    started_at = Time(required=True, allow_none=True, attribute="search.started_at")
    finished_at = Time(required=True, allow_none=True, attribute="search.finished_at")
    created_by = creator("search.created_by")
    created_by_key = creator_key("search.created_by_key")


class TrialSchema(Schema):
    trial = fields.Integer(
        required=True, attribute="trial.number", metadata={"description": "1, 2, 3 … of its search."}
    )
    status = fields.String(
        required=True,
        attribute="trial.status",
        validate=validate.OneOf(TRIAL_STATUSES),
        metadata={"description": "That of its job. One that `diverged` is the worst, and no failure."},
    )
    parameters = Plain(OBJECT, required=True, attribute="trial.parameters")
    source = fields.String(
        required=True,
        attribute="trial.source",
        validate=validate.OneOf([source.value for source in Source]),
        metadata={"description": "Who has chosen the parameters."},
    )
    value = fields.Float(
        required=True,
        allow_none=True,
        attribute="trial.value",
        metadata={"description": "Of one that was pruned, that of its last rung; null until the trial has ended."},
    )
    spread = fields.Float(
        required=True,
        allow_none=True,
        attribute="trial.spread",
        metadata={"description": "Standard deviation (n - 1) over folds and repeats, which the value is the mean of."},
    )
    job = fields.String(required=True, allow_none=True, attribute="trial.job_id")
    network = fields.String(required=True, allow_none=True, attribute="trial.network_id")
    epoch = fields.Integer(required=True, attribute="trial.epoch")
    rungs = fields.Function(lambda view: rungs_of(view), required=True, metadata=RUNGS)
    seconds = fields.Float(required=True, attribute="trial.seconds", metadata={"description": "Training time so far."})
    message = fields.String(
        required=True, attribute="trial.message", allow_none=True, metadata={"description": "Why it failed."}
    )
    created_at = Time(required=True, attribute="trial.created_at")
    finished_at = Time(required=True, allow_none=True, attribute="trial.finished_at")


class ImportancesSchema(Schema):
    trials = fields.Integer(
        required=True,
        metadata={"description": f"How many were compared; with fewer than {LEAST_TRIALS}, every importance is null."},
    )
    best_share = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "The share of them that counts as the best, which are compared with all."},
    )
    parameters = fields.Function(
        lambda found: [{"parameter": name, "importance": share} for name, share in found.parameters.items()],
        required=True,
        metadata=IMPORTANCES,
    )


class PublishedSchema(Schema):
    trial = fields.Integer(required=True, attribute="trial.number")
    network = fields.String(required=True, attribute="network.name")
    network_id = fields.String(required=True, attribute="network.id")
    version = fields.Function(
        lambda made: made.version and made.version.number, required=True, metadata={"type": ["integer", "null"]}
    )
    alias = fields.Function(
        lambda made: made.alias and made.alias.name, required=True, metadata={"type": ["string", "null"]}
    )
    job = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "Trains the network once, where folds or repeats have left no weights: publish again when "
            "it has succeeded. Version and alias are null until then."
        },
    )
    value = fields.Float(required=True, attribute="trial.value", allow_none=True)


def counts_of(view: SearchView) -> dict[str, int]:
    return {status.value: view.figures.counts.get(status, 0) for status in TrialStatus}


def best_of(view: SearchView) -> dict[str, Any] | None:
    trial = view.best
    if trial is None:
        return None
    found = {"job": trial.job_id, "network": trial.network_id, "value": trial.value}
    return {"trial": trial.number, **found, "parameters": trial.parameters}


def rungs_of(view: TrialView) -> list[dict[str, Any]]:
    return [{"rung": step.rung, "epoch": step.epoch, "value": step.value} for step in view.steps]
