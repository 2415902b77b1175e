"""`POST /train`: ask for a training."""

from __future__ import annotations

from typing import Any

from flask import url_for

from service.api.http.context import backend
from service.api.http.fields import Plain, Strict, Text
from service.api.http.idempotency import idempotent
from service.api.http.row_schemas import ROWS, TABLE
from service.api.http.schema_docs import engine_fields
from service.api.http.smorest import LOCATION, Blueprint
from service.api.jobs.callback_docs import CALLBACKS
from service.api.jobs.jobs import JobSchema
from service.api.jobs.waiting import waiting
from service.callbacks.target import MAX_LENGTH
from service.data.number_columns import MAX_NAME
from service.engine.training.spec import TrainingSpec
from service.jobs.options import JobOptions
from service.operations.training.submit import submit_training

blp = Blueprint("train", __name__, tag="jobs")

COLUMN = {"type": "string", "minLength": 1, "maxLength": MAX_NAME}
COLUMN_OR_NULL = {"anyOf": [COLUMN, {"type": "null"}]}
COLUMNS = {"type": "array", "items": COLUMN, "minItems": 1}
INPUT_COLUMNS = {
    "anyOf": [COLUMNS, {"type": "null"}],
    "description": "Of a network of plain numbers: the columns of the data set that are its inputs, in order, where "
    "they are not called like its features.",
}
TARGET_COLUMNS = {
    "anyOf": [COLUMN, COLUMNS, {"type": "null"}],
    "description": "Of a network of plain numbers: the column of the data set that it is to tell, or one for each "
    "output.",
}
SAMPLE_WEIGHT = {**COLUMN_OR_NULL, "description": "The column of the data set that says how much each row counts."}
OTHER_DATASET = {
    "type": "object",
    "properties": {"dataset": {**COLUMN, "description": "By id or by name."}},
    "required": ["dataset"],
    "additionalProperties": False,
}
SHARE = {
    "type": "object",
    "properties": {
        "fraction": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        "stratified": {"type": "boolean", "default": False},
        "group": {**COLUMN_OR_NULL, "description": "Rows with one value of this column stay together."},
        "time": {**COLUMN_OR_NULL, "description": "The rows that are latest by this column validate."},
    },
    "required": ["fraction"],
    "additionalProperties": False,
}
VALIDATION = {
    "anyOf": [SHARE, TABLE, ROWS, OTHER_DATASET, {"type": "null"}],
    "description": "A share of the rows, drawn with the training's seed, or rows of their own: inline beside `data`, "
    "another data set beside `dataset`. `group` and `time` are columns of a data set.",
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
CALLBACK = {
    "anyOf": [{"type": "string", "format": "uri", "maxLength": MAX_LENGTH}, {"type": "null"}],
    "description": "An http or https URL that is told once the job has ended, see the callbacks of this operation.",
}
CALLBACK_SECRET = {
    "anyOf": [{"type": "string", "pattern": "^whsec_[A-Za-z0-9+/]+=*$"}, {"type": "null"}],
    "description": "Signs the callback; it is never shown again. Needed unless the service has a secret of its own.",
    "writeOnly": True,
}

OWN = {name: field for name, field in engine_fields(JobOptions).items() if name in ("snapshots", "start_from")}


class TrainBody(Strict.from_dict({**engine_fields(TrainingSpec), **OWN})):  # type: ignore[misc]  # made of the specs' fields
    network = Text(required=True, metadata={"description": "By id or by name."})
    data = Plain(
        {
            "anyOf": [TABLE, ROWS, {"type": "null"}],
            "description": "Rows given inline: numbers, or for a network that speaks names objects by column, with "
            "their target. Either these or `dataset`.",
        },
        allow_none=True,
    )
    dataset = Text(allow_none=True, metadata={"description": "A data set, by id or by name, that has the rows."})
    inputs = Plain(INPUT_COLUMNS, allow_none=True)
    target = Plain(TARGET_COLUMNS, allow_none=True)
    sample_weight = Plain(SAMPLE_WEIGHT, allow_none=True)
    validation = Plain(VALIDATION, allow_none=True)
    class_weights = Plain(CLASS_WEIGHTS, allow_none=True)
    max_seconds = Plain(MAX_SECONDS, allow_none=True)
    callback = Plain(CALLBACK, allow_none=True)
    callback_secret = Plain(CALLBACK_SECRET, allow_none=True)


@blp.route("/train", methods=["POST"], operation_id="trainNetwork")
@blp.arguments(TrainBody)
@waiting
@idempotent
@blp.response(202, JobSchema, headers=LOCATION)
@blp.alt_response(
    200,
    schema=JobSchema,
    description="The job has ended within the wait asked for",
    headers=LOCATION,
    success=True,
)
@blp.problems(400, 404, 409, 413, 415, 429)
@blp.doc(callbacks=CALLBACKS)
def train(body: dict[str, Any]) -> Any:
    """Train a network on rows

    Answers at once with a queued job; everything has been checked by then. `Prefer: wait=10` waits for its end.
    """
    progress = submit_training(backend(), body)
    return progress, 202, {"Location": url_for("jobs.show", job=progress.job.id)}
