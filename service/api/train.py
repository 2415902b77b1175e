"""`POST /train`: ask for a training."""

from __future__ import annotations

from typing import Any

from flask import url_for

from service.api.context import backend
from service.api.engine_schemas import engine_fields
from service.api.fields import Plain, Strict, Text
from service.api.idempotency import idempotent
from service.api.jobs import JobSchema
from service.api.smorest import Blueprint
from service.api.tables import TABLE
from service.api.waiting import waiting
from service.engine.training_spec import TrainingSpec
from service.jobs.options import JobOptions
from service.operations.training import submit_training

blp = Blueprint("train", __name__, description="Let a network learn.")

SHARE = {
    "type": "object",
    "properties": {
        "fraction": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        "stratified": {"type": "boolean", "default": False},
    },
    "required": ["fraction"],
    "additionalProperties": False,
}
VALIDATION = {
    "anyOf": [SHARE, TABLE, {"type": "null"}],
    "description": "A share of the rows, drawn with the training's seed, or rows of their own.",
}
WEIGHT = {"type": "number", "minimum": 0}
CLASS_WEIGHTS = {
    "anyOf": [
        {"const": "balanced"},
        {"type": "array", "items": WEIGHT},
        {"type": "object", "additionalProperties": WEIGHT},
        {"type": "null"},
    ],
    "description": "`balanced`, a weight for each class in order, or weights by label.",
}
MAX_SECONDS = {
    "anyOf": [{"type": "number", "exclusiveMinimum": 0, "maximum": 1e9}, {"type": "null"}],
    "description": "The job fails with code `timeout` when it has trained for so long.",
}
HEADERS = {"Location": {"schema": {"type": "string", "format": "uri-reference"}}}

OWN = {name: field for name, field in engine_fields(JobOptions).items() if name in ("snapshots", "start_from")}


class TrainBody(Strict.from_dict({**engine_fields(TrainingSpec), **OWN})):  # type: ignore[misc]  # made of the specs' fields
    network = Text(required=True, metadata={"description": "By id or by name."})
    data = Plain(TABLE, required=True)
    validation = Plain(VALIDATION, allow_none=True)
    class_weights = Plain(CLASS_WEIGHTS, allow_none=True)
    max_seconds = Plain(MAX_SECONDS, allow_none=True)


@blp.route("/train", methods=["POST"])
@blp.arguments(TrainBody)
@waiting
@idempotent
@blp.response(202, JobSchema, headers=HEADERS)
@blp.alt_response(200, schema=JobSchema, description="The job has ended within the wait asked for", success=True)
@blp.problems(400, 404, 409, 413, 415, 429)
def train(body: dict[str, Any]) -> Any:
    """Train a network on rows

    Answers at once with a queued job; everything has been checked by then. `Prefer: wait=10` waits for its end.
    """
    progress = submit_training(backend(), body)
    return progress, 202, {"Location": url_for("jobs.show", job=progress.job.id)}
