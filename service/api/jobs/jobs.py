"""Jobs over HTTP: their progress, and requests to pause, resume or cancel them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from service.api.http.context import backend
from service.api.http.creators import creator, creator_key
from service.api.http.fields import Plain, PlainObject, Strict, Text
from service.api.http.links import Link, links
from service.api.http.numbers import NONFINITE, nonfinite
from service.api.http.schema_docs import AnySpec, EngineField
from service.api.http.smorest import Blueprint
from service.api.http.tags import TAGS
from service.api.http.times import Time
from service.api.jobs.fold_docs import AVERAGE, FOLDS
from service.api.jobs.pace_docs import CHANGES, EPOCHS_PER_SECOND, RESUME_OPTIONS, UNTIL_EPOCH
from service.api.jobs.report_docs import ReportSchema
from service.domain.codes import JOB_ERROR_CODES
from service.domain.job_kind import JobKind
from service.domain.jobs import Job
from service.domain.status import Origin, RequestedState, Status
from service.jobs.findings.finding import CODES, SEVERITIES
from service.jobs.options import JobOptions
from service.jobs.prediction_options import PredictionOptions
from service.operations import names
from service.operations.jobs import jobs, resuming, searching
from service.schema.fields import Spec, field, spec_fields

blp = Blueprint("jobs", __name__)

IMPORTANCE = {
    "anyOf": [
        {
            "type": "array",
            "items": {
                "type": "object",
                "title": "ColumnImportance",
                "properties": {
                    "column": {"type": "string"},
                    "mean": {"type": ["number", "null"]},
                    "std": {"type": ["number", "null"]},
                },
                "required": ["column", "mean", "std"],
            },
        },
        {"type": "null"},
    ],
    "description": (
        "Permutation importance of each column, most important first: mean and standard deviation of the rise in loss "
        "when the column's values are permuted across the validation rows (without validation, the training rows). "
        "Null until the job succeeds, if inputs have no names, if it would take too long, for a cross-validation, and "
        "where `options.importance` is `false`."
    ),
}
FINDINGS = {
    "anyOf": [
        {
            "type": "array",
            "items": {
                "type": "object",
                "title": "Finding",
                "properties": {
                    "code": {"type": "string", "enum": list(CODES)},
                    "severity": {"type": "string", "enum": list(SEVERITIES)},
                    "sentence": {"type": "string"},
                    "evidence": {"type": "object", "description": "The numbers and names that led to it."},
                    "try": {"type": "array", "items": {"type": "string"}},
                },
                "required": ["code", "severity", "sentence", "evidence", "try"],
            },
        },
        {"type": "null"},
    ],
    "description": "What the training shows, most severe first, and what to try: for example that nothing was learnt, "
    "or that the network is no better than the naive answer. Null until the rows have been looked at; empty if nothing "
    "stands out.",
}
STATUSES = [status.value for status in Status]
LINKS = (
    Link("self", "jobs.show", "job"),
    Link("history", "history.of_job", "job"),
    Link("events", "events.of_job", "job"),
    Link("network", "networks.show", "network"),
)
PREDICTION_LINKS = (*LINKS, Link("output", "datasets.show", "dataset"))


@dataclass(frozen=True, kw_only=True)
class OptionsOfJob(Spec):
    options: Any = field(
        AnySpec((JobOptions, PredictionOptions)), help="as the job runs with, with every default written out"
    )


[OPTIONS] = spec_fields(OptionsOfJob)
KINDS = [kind.value for kind in JobKind]


class JobErrorSchema(Schema):
    code = fields.String(required=True, validate=validate.OneOf(JOB_ERROR_CODES))
    message = fields.String(required=True)


class JobSummarySchema(Schema):
    id = fields.String(required=True, attribute="job.id")
    network = fields.String(required=True, attribute="job.network_name")
    network_id = fields.String(required=True, attribute="job.network_id")
    kind = fields.String(
        required=True,
        attribute="job.kind",
        validate=validate.OneOf(KINDS),
        metadata={"description": "A prediction has no epochs: its progress is `rows_done` of `rows`."},
    )
    status = fields.String(required=True, attribute="job.status", validate=validate.OneOf(STATUSES))
    epoch = fields.Integer(required=True, attribute="job.epoch", metadata={"description": "Last recorded epoch."})
    epochs = fields.Integer(
        required=True, attribute="job.epochs", metadata={"description": "Number of epochs requested."}
    )
    progress = fields.Float(
        required=True,
        attribute="fraction",
        metadata={"description": "Fraction of epochs, or of a prediction's rows, done, from 0 to 1."},
    )
    eta_seconds = fields.Float(
        required=True,
        allow_none=True,
        metadata={
            "description": "Time left at the current pace, unless the job stops early. Null while other jobs go first."
        },
    )
    queue_position = fields.Integer(required=True, allow_none=True, metadata={"description": "1 is next in line."})
    monitored = fields.String(
        required=True, metadata={"description": "The metric that decides the best epoch; empty for a prediction."}
    )
    best_epoch = fields.Integer(required=True, allow_none=True, attribute="job.best_epoch")
    best_value = fields.Float(required=True, allow_none=True, allow_nan=True, attribute="job.best_value")
    nonfinite = fields.Function(
        lambda progress: nonfinite({"best_value": progress.job.best_value}),
        required=True,
        metadata=NONFINITE,
    )
    positive = fields.Function(
        lambda progress: progress.job.options.get("positive"),
        required=True,
        metadata={
            "type": ["string", "null"],
            "description": "Of two classes predicted by one output: the class that `precision`, `recall`, `f1` and "
            "`roc_auc` are of.",
        },
    )
    rows = fields.Integer(
        required=True, attribute="job.rows", metadata={"description": "Number of rows to train on or to predict."}
    )
    rows_done = fields.Integer(
        required=True, attribute="job.rows_done", metadata={"description": "Rows of its `output` that are stored."}
    )
    output = fields.String(
        required=True,
        allow_none=True,
        attribute="job.output",
        metadata={
            "description": "Id of the data set that a prediction writes, or a cross-validation with `predictions`; it "
            "is there once the job succeeded."
        },
    )
    name = fields.String(required=True, allow_none=True, attribute="job.title")
    note = fields.String(required=True, allow_none=True, attribute="job.note")
    tags = fields.Function(
        lambda progress: dict(progress.job.tags or {}),
        metadata={"type": "object", "additionalProperties": {"type": "string"}},
    )
    is_best = fields.Boolean(
        required=True,
        allow_none=True,
        metadata={
            "description": "Whether no other training of its network has a better `best_value` of the same number on "
            "the same rows. Null unless a list was asked for with `best=true`."
        },
    )
    restart_of = fields.String(
        required=True,
        allow_none=True,
        attribute="job.restart_of",
        metadata={"description": "The first job of which this one is another start."},
    )
    search = fields.String(
        required=True,
        allow_none=True,
        attribute="job.search_id",
        metadata={"description": "Id of the search whose trial it is."},
    )
    trial = fields.Integer(
        required=True, allow_none=True, attribute="job.trial", metadata={"description": "Its number in that search."}
    )
    pause_at = fields.Integer(
        required=True,
        allow_none=True,
        attribute="job.pause_at",
        metadata={"description": "The epoch after which the job pauses itself."},
    )
    epochs_per_second = fields.Float(
        required=True,
        allow_none=True,
        attribute="job.epochs_per_second",
        metadata={"description": "Maximum pace in slow motion; null trains as fast as possible."},
    )
    seconds = fields.Float(required=True, attribute="job.seconds", metadata={"description": "Running time so far."})
    max_seconds = fields.Float(required=True, allow_none=True, attribute="job.max_seconds")
    stopped_early = fields.Boolean(required=True, attribute="job.stopped_early")
    error = fields.Nested(JobErrorSchema, required=True, allow_none=True, attribute="job.error")
    options = EngineField(OPTIONS, attribute="job.options")
    origin = fields.String(
        required=True,
        attribute="job.origin",
        validate=validate.OneOf([origin.value for origin in Origin]),
        metadata={"description": "What made it. Only `train` becomes `live` by itself when it succeeds."},
    )
    created_at = Time(required=True, attribute="job.created_at")
    created_by = creator("job.created_by")
    created_by_key = creator_key("job.created_by_key")
    started_at = Time(required=True, allow_none=True, attribute="job.started_at")
    finished_at = Time(required=True, allow_none=True, attribute="job.finished_at")
    links = fields.Function(
        lambda progress: links_of(progress.job),
        required=True,
        metadata={"type": "object", "additionalProperties": {"type": "string", "format": "uri-reference"}},
    )


class JobSchema(JobSummarySchema):
    importance = Plain(IMPORTANCE, required=True, attribute="job.importance")
    folds = Plain(FOLDS, required=True, attribute="job.folds")
    average = Plain(AVERAGE, required=True, attribute="job.average")
    findings = Plain(FINDINGS, required=True, attribute="job.findings")
    running_jobs = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "While it is queued: the jobs that run meanwhile, of those you may see."},
    )
    report = fields.Nested(
        ReportSchema,
        required=True,
        allow_none=True,
        metadata={"description": "How far the report to an MLflow server is; null if none was asked for."},
    )
    changes = fields.Function(
        lambda progress: list(progress.job.changes or ()),
        required=True,
        metadata=CHANGES,
    )


class ResumeBody(Strict):
    is_optional = True

    until_epoch = Plain(UNTIL_EPOCH, allow_none=True)
    epochs_per_second = Plain(EPOCHS_PER_SECOND, allow_none=True)
    options = Plain(RESUME_OPTIONS, allow_none=True)


class JobChanges(Strict):
    name = Text(allow_none=True, metadata={"maxLength": searching.MAX_NAME})
    note = Text(allow_none=True, metadata={"maxLength": names.MAX_DESCRIPTION})
    tags = PlainObject(TAGS)


def links_of(job: Job) -> dict[str, str]:
    arguments = {"job": job.id, "network": job.network_name}
    if job.output is None:
        return links(LINKS, arguments)
    return links(PREDICTION_LINKS, {**arguments, "dataset": job.output})


@blp.route("/jobs/<job>", operation_id="getJob")
@blp.response(200, JobSchema)
@blp.problems(404)
def show(job: str) -> Any:
    """Get a job: status, progress, best epoch, and the error if it failed"""
    return jobs.get_job(backend(), job)


@blp.route("/jobs/<job>", methods=["PATCH"], operation_id="updateJob")
@blp.arguments(JobChanges)
@blp.response(200, JobSchema)
@blp.problems(400, 404, 413, 415)
def update(changes: dict[str, Any], job: str) -> Any:
    """Change a job's name, note or tags

    `null` takes a name or a note away. `tags` replaces all existing tags.
    """
    return searching.describe_job(backend(), job, changes)


@blp.route("/jobs/<job>/cancel", methods=["POST"], operation_id="cancelJob")
@blp.response(200, JobSchema)
@blp.problems(404, 409)
def cancel(job: str) -> Any:
    """Cancel a job

    A waiting job is cancelled immediately. A running job is `cancelling` until its worker has saved the last weights.
    """
    return jobs.set_requested_state(backend(), job, RequestedState.CANCEL)


@blp.route("/jobs/<job>/pause", methods=["POST"], operation_id="pauseJob")
@blp.response(200, JobSchema)
@blp.problems(404, 409)
def pause(job: str) -> Any:
    """Pause a job

    A resumed job gives bit-identical results to one that was never paused.
    """
    return jobs.set_requested_state(backend(), job, RequestedState.PAUSE)


@blp.route("/jobs/<job>/resume", methods=["POST"], operation_id="resumeJob")
@blp.arguments(ResumeBody, required=False)
@blp.response(200, JobSchema)
@blp.problems(404, 409)
def resume(body: dict[str, Any], job: str) -> Any:
    """Resume a paused job, as far and as fast as you say

    The job goes to the end of the queue, see `queue_position`. A job that a stop or restart of the service has put back
    keeps its position instead. A running job takes a new `until_epoch` or `epochs_per_second` without a stop.
    """
    return resuming.resume_job(backend(), job, body)


@blp.route("/jobs/<job>", methods=["DELETE"], operation_id="deleteJob")
@blp.response(204)
@blp.problems(404, 409)
def delete(job: str) -> Any:
    """Delete an ended job with its history and events; its snapshots stay with the network"""
    jobs.delete_job(backend(), job)
    return Response(status=204)
