"""Jobs over HTTP: their progress, and requests to pause, resume or cancel them."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, ValidationError, fields, validate

from service.api.http.context import backend
from service.api.http.creators import CreatedByQuery, creator, creator_key
from service.api.http.fields import Flag, Plain, Strict, Text
from service.api.http.json_provider import json_response
from service.api.http.links import Link, links
from service.api.http.numbers import NONFINITE, nonfinite
from service.api.http.pages import envelope, list_of, page
from service.api.http.smorest import Blueprint
from service.api.http.times import Time
from service.api.http.writers import writer
from service.api.jobs.pace_docs import CHANGES, EPOCHS_PER_SECOND, RESUME_OPTIONS, UNTIL_EPOCH
from service.domain.job_kind import JobKind
from service.domain.records import Job
from service.domain.status import Origin, RequestedState, Status
from service.jobs.findings.finding import CODES, SEVERITIES
from service.operations.jobs import jobs, resuming

blp = Blueprint("jobs", __name__)

IMPORTANCE = {
    "anyOf": [
        {
            "type": "array",
            "items": {
                "type": "object",
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
        "Null until the job succeeds, if inputs have no names, or if it would take too long."
    ),
}
FINDINGS = {
    "anyOf": [
        {
            "type": "array",
            "items": {
                "type": "object",
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
KINDS = [kind.value for kind in JobKind]


class JobErrorSchema(Schema):
    code = fields.String(required=True, metadata={"description": "For example `diverged`, `crashed` or `timeout`."})
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
        metadata=NONFINITE,
    )
    positive = fields.Function(
        lambda progress: progress.job.options.get("positive"),
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
        required=True, attribute="job.rows_done", metadata={"description": "Rows that a prediction has stored."}
    )
    output = fields.String(
        required=True,
        allow_none=True,
        attribute="job.output",
        metadata={"description": "Id of the data set that a prediction writes; it is there once the job succeeded."},
    )
    restart_of = fields.String(
        required=True,
        allow_none=True,
        attribute="job.restart_of",
        metadata={"description": "The first job of which this one is another start."},
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
    options = Plain({"type": "object"}, required=True, attribute="job.options")
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
        metadata={"type": "object", "additionalProperties": {"type": "string", "format": "uri-reference"}},
    )


WRITE_SUMMARY = writer(JobSummarySchema())


class JobSchema(JobSummarySchema):
    importance = Plain(IMPORTANCE, required=True, attribute="job.importance")
    findings = Plain(FINDINGS, required=True, attribute="job.findings")
    running_jobs = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "While it is queued: the jobs that run meanwhile, of those you may see."},
    )
    changes = fields.Function(
        lambda progress: list(progress.job.changes or ()),
        metadata=CHANGES,
    )


class ResumeBody(Strict):
    is_optional = True

    until_epoch = Plain(UNTIL_EPOCH, allow_none=True)
    epochs_per_second = Plain(EPOCHS_PER_SECOND, allow_none=True)
    options = Plain(RESUME_OPTIONS, allow_none=True)


def links_of(job: Job) -> dict[str, str]:
    arguments = {"job": job.id, "network": job.network_name}
    if job.output is None:
        return links(LINKS, arguments)
    return links(PREDICTION_LINKS, {**arguments, "dataset": job.output})


class StatusField(Text):
    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        word = super()._deserialize(value, *args, **kwargs)
        if word not in STATUSES:
            raise ValidationError(f"must be one of {', '.join(STATUSES)}")
        return Status(word)


class ListQuery(CreatedByQuery):
    network = Text(load_default=None, metadata={"description": "Only jobs of this network, by id or name."})
    status = fields.List(
        StatusField(metadata={"enum": STATUSES}),
        load_default=None,
        metadata={"description": "Only jobs with this status; repeat for several."},
    )
    kind = fields.String(
        load_default=None,
        validate=validate.OneOf(KINDS),
        metadata={"description": "Only jobs that train, or only those that predict."},
    )
    restart_of = Text(
        load_default=None, metadata={"description": "Only restarts of this job, or of the one it is a restart of."}
    )
    restarts = Flag(
        load_default=True, metadata={"description": "`false` leaves out jobs that are restarts of another one."}
    )


@blp.route("/jobs", operation_id="listJobs")
@blp.arguments(ListQuery, location="query")
@blp.response(200, list_of(JobSummarySchema))
@blp.problems(404)
def index(query: dict[str, Any]) -> Any:
    """List jobs, newest first"""
    found = jobs.list_jobs(
        backend(),
        page(query),
        network=query["network"],
        statuses=query["status"],
        created_by=query.get("created_by"),
        kind=query["kind"] and JobKind(query["kind"]),
        restart_of=query["restart_of"],
        restarts=query["restarts"],
    )
    return json_response(envelope(found, query, id_of=lambda progress: progress.job.id, write=WRITE_SUMMARY))


@blp.route("/jobs/<job>", operation_id="getJob")
@blp.response(200, JobSchema)
@blp.problems(404)
def show(job: str) -> Any:
    """Get a job: status, progress, best epoch, and the error if it failed"""
    return jobs.get_job(backend(), job)


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
