"""`POST /train`: submit a training job."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from service.api.http.access_log import traceparent
from service.api.http.context import backend
from service.api.http.fields import Plain, Strict, Text
from service.api.http.row_schemas import ROWS, TABLE
from service.api.http.schema_docs import engine_fields, spec_schema
from service.api.http.smorest import Blueprint, tell_ignored
from service.api.jobs.pace_docs import EPOCHS_PER_SECOND, PAUSE_AT
from service.api.jobs.report_docs import REPORT
from service.api.jobs.submission import submits_job
from service.callbacks.target import MAX_LENGTH
from service.data.number_columns import NumberColumns
from service.data.thresholds import ThresholdRule
from service.engine.training.spec import TrainingSpec
from service.jobs.division import HeldOutShare
from service.jobs.folds import MAX_FOLDS, Folds
from service.jobs.options import JobOptions
from service.jobs.promotion_rule import PromotionCondition
from service.operations.training.options import DERIVED
from service.operations.training.submit import submit_training
from service.operations.training.validation_split import OtherDataset

blp = Blueprint("train", __name__, tag="training")

COLUMNS = spec_schema(NumberColumns)["properties"]["inputs"]
COLUMN = COLUMNS["items"]
INPUT_COLUMNS = {
    "anyOf": [COLUMNS, {"type": "null"}],
    "description": "For a network of plain numbers: the data set's input columns, in order. Default: the columns named "
    "like the network's features.",
}
TARGET_COLUMNS = {
    "anyOf": [COLUMN, COLUMNS, {"type": "null"}],
    "description": "For a network of plain numbers: the data set's column to predict, or one column per output.",
}
SAMPLE_WEIGHT = {
    "anyOf": [COLUMN, {"type": "null"}],
    "description": "The column of sample weights, in a data set or in inline rows of a table.",
}
VALIDATION = {
    "anyOf": [spec_schema(HeldOutShare), TABLE, ROWS, spec_schema(OtherDataset), {"type": "null"}],
    "description": "The held-out rows. Either a fraction of the rows, or separate rows: inline with `data`, another "
    "data set with `dataset`. Of a data set, rows fall by a hash of their content and the network's seed, so that "
    "every training of the network holds out the same ones. `group` and `time` name columns of a data set.",
}
FOLDS = {
    "anyOf": [{"type": "integer", "minimum": 2, "maximum": MAX_FOLDS}, spec_schema(Folds), {"type": "null"}],
    "description": "Cross-validation instead of a training to use: trains once per fold, in one job, each time without "
    "the rows of that fold, from the initial weights. The job's `folds` has mean and standard deviation of every "
    "validation number. It makes no snapshots and never becomes `live`.",
}
TEST = {
    "anyOf": [spec_schema(HeldOutShare), {"type": "null"}],
    "description": "A fraction of the rows that no training sees, for `POST /evaluate`. Drawn as the validation rows "
    "are, if those are a fraction too.",
}
CONDITION = spec_schema(PromotionCondition)
PROMOTE = {
    "anyOf": [
        {
            "type": "object",
            "title": "Promotion",
            "properties": {"alias": {"type": "string", "maxLength": 1000}, "if": CONDITION},
            "required": ["alias"],
            "additionalProperties": False,
        },
        {"type": "null"},
    ],
    "description": "Moves an alias to the weights that the training ends with, if they are better than what it points "
    "at then, on at least 100 held-out rows, 20 of each class, that neither was trained on. The job's `promotion` "
    "event says both numbers, the count, and why nothing moved. Needs the scope `manage`.",
}
WEIGHT = {"type": "number", "minimum": 0}
CLASS_WEIGHTS = {
    "anyOf": [
        {"const": "balanced"},
        {"type": "array", "items": WEIGHT},
        {"type": "object", "additionalProperties": WEIGHT},
        {"type": "null"},
    ],
    "description": "`balanced`, one weight per class in order, or weights by label.",
}
MAX_SECONDS = {
    "anyOf": [{"type": "number", "exclusiveMinimum": 0, "maximum": 1e9}, {"type": "null"}],
    "description": "Training time limit; beyond it the job fails with code `timeout`.",
}
EXPERIMENT = {
    "type": ["boolean", "null"],
    "description": "`true`: even if the job succeeds, its weights do not become `live` by themselves.",
}
CALIBRATE = {
    "type": ["boolean", "null"],
    "description": "`true`: fit a temperature to the validation rows at the end, for a network that predicts classes. "
    "Predictions and evaluations divide the scores behind probabilities by it; the loss and the history do not. See "
    "`GET /networks/{network}/calibration`.",
}
MEASURE_IMPORTANCE = {
    "type": ["boolean", "null"],
    "description": "Whether to measure the permutation importance of each column at the end. Default: `true`, but "
    "`false` in the trials of a search.",
}
THRESHOLD = {
    "anyOf": [spec_schema(ThresholdRule), {"type": "null"}],
    "description": "For a network that predicts one of several classes: at the end, choose the threshold of one class "
    "that is best on the validation rows. Predictions and evaluations answer this class where its probability is "
    "above it; probabilities, loss and history stay as they are. See `GET /networks/{network}/calibration`.",
}
CALLBACK = {
    "anyOf": [{"type": "string", "format": "uri", "maxLength": MAX_LENGTH}, {"type": "null"}],
    "description": "An http or https URL to notify when the job ends, see the callbacks of this operation.",
}
CALLBACK_SECRET = {
    "anyOf": [{"type": "string", "pattern": "^whsec_[A-Za-z0-9+/]+=*$"}, {"type": "null"}],
    "description": "Signs the callback and is never shown again. Required unless the service has a default secret.",
    "writeOnly": True,
}

OPTIONS = {
    "type": ["object", "null"],
    "description": "The `options` of another job, as `GET /jobs/{job}` answers them: trains in the same way, on the "
    "same data set. Fields of the request itself come first. What a job works out by itself is ignored.",
}

OWN = {name: field for name, field in engine_fields(JobOptions).items() if name in ("snapshots", "start_from")}


class TrainingOptions(Strict.from_dict({**engine_fields(TrainingSpec), **OWN})):  # type: ignore[misc]  # made of the specs' fields
    data = Plain(
        {
            "anyOf": [TABLE, ROWS, {"type": "null"}],
            "description": "Inline rows: numbers, or for a table network objects by column that include the target. "
            "Send either `data` or `dataset`.",
        },
        allow_none=True,
    )
    dataset = Text(allow_none=True, metadata={"description": "The data set to train on, by id or name."})
    inputs = Plain(INPUT_COLUMNS, allow_none=True)
    target = Plain(TARGET_COLUMNS, allow_none=True)
    sample_weight = Plain(SAMPLE_WEIGHT, allow_none=True)
    validation = Plain(VALIDATION, allow_none=True)
    folds = Plain(FOLDS, allow_none=True)
    test = Plain(TEST, allow_none=True)
    promote = Plain(PROMOTE, allow_none=True)
    class_weights = Plain(CLASS_WEIGHTS, allow_none=True)
    experiment = Plain(EXPERIMENT, allow_none=True)
    calibrate = Plain(CALIBRATE, allow_none=True)
    threshold = Plain(THRESHOLD, allow_none=True)
    importance = Plain(MEASURE_IMPORTANCE, allow_none=True)
    max_seconds = Plain(MAX_SECONDS, allow_none=True)
    pause_at = Plain(PAUSE_AT, allow_none=True)
    epochs_per_second = Plain(EPOCHS_PER_SECOND, allow_none=True)
    report = Plain(REPORT, allow_none=True)
    callback = Plain(CALLBACK, allow_none=True)
    callback_secret = Plain(CALLBACK_SECRET, allow_none=True)


class TrainBody(TrainingOptions):
    options = Plain(OPTIONS, allow_none=True)
    network = Text(required=True, metadata={"description": "By id or name."})


@blp.route("/train", methods=["POST"], operation_id="trainNetwork")
@blp.arguments(TrainBody)
@submits_job(blp)
def train(body: dict[str, Any]) -> Any:
    """Train a network

    Validates the whole request, then answers with a queued job. `Prefer: wait=10` waits for the job to end.
    """
    options = body.get("options")
    tell_ignored([f"options.{name}" for name in DERIVED if isinstance(options, dict) and name in options])
    progress = submit_training(backend(), body, traceparent=traceparent(request.environ))
    return progress, 202, {"Location": url_for("jobs.show", job=progress.job.id)}
