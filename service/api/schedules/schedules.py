"""Schedules over HTTP: trainings at set times."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from marshmallow import Schema, fields, validate

from service.api.http.context import backend
from service.api.http.creators import creator, creator_key
from service.api.http.fields import JsonFlag, Strict, Text, takes_back
from service.api.http.idempotency import idempotent
from service.api.http.pages import PageQuery, envelope, list_of, page
from service.api.http.smorest import IGNORED, LOCATION, Blueprint
from service.api.http.times import Time
from service.api.jobs.jobs import STATUSES, JobSchema
from service.api.jobs.train import TrainBody
from service.domain.schedules import Outcome, Schedule
from service.operations import names
from service.operations.schedules import runs, schedules
from service.operations.schedules.cron import DEFAULT_TIMEZONE, MAX_CRON, MAX_TIMEZONE

blp = Blueprint("schedules", __name__)

STATES = ACTIVE, PAUSED, STOPPED = "active", "paused", "stopped"
NAME = {"pattern": names.NAME_PATTERN, "description": "A name to refer to it by."}
CRON = {
    "maxLength": MAX_CRON,
    "description": "When: minute, hour, day of the month, month, day of the week. `0 3 * * 1-5` is 3:00 on weekdays.",
}
TIMEZONE = {"maxLength": MAX_TIMEZONE, "description": "The time zone of `cron`, for example Europe/Zurich."}
IF_CHANGED = {
    "description": "Submit no job if the newest revisions of the data sets are those that the last job has read, "
    "unless that one failed or was cancelled."
}


class TrainingScheduleChanges(Strict):
    paused = JsonFlag(
        metadata={
            "description": "`true` pauses it. `false` resumes it, after a stop too; its jobs then have the rights of "
            "who resumes it."
        }
    )
    name = Text(metadata=NAME)
    cron = Text(metadata=CRON)
    timezone = Text(metadata=TIMEZONE)
    if_changed = JsonFlag(metadata=IF_CHANGED)


LAST_JOB = {
    "type": ["object", "null"],
    "properties": {
        "id": {"type": "string"},
        "status": {"enum": [*STATUSES, None], "description": "Null if the job was deleted."},
        "error": {"anyOf": [{"$ref": "#/components/schemas/JobError"}, {"type": "null"}]},
    },
    "required": ["id", "status", "error"],
    "description": "The last job that it has submitted.",
}


class TrainingScheduleSchema(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    network = fields.String(required=True, attribute="network_name")
    network_id = fields.String(required=True)
    cron = fields.String(required=True)
    timezone = fields.String(required=True)
    if_changed = fields.Boolean(required=True, metadata=IF_CHANGED)
    train = fields.Function(
        lambda schedule: {"network": schedule.network_name, **schedule.train},
        required=True,
        metadata={"$ref": "#/components/schemas/TrainBody", "description": "The body of `POST /train`."},
    )
    state = fields.Function(
        lambda schedule: state_of(schedule), metadata={"type": "string", "enum": list(STATES)}, required=True
    )
    stopped = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why it has stopped, such as a revoked key."},
    )
    next_run_at = Time(required=True, allow_none=True, attribute="next_at")
    last_run_at = Time(required=True, allow_none=True, attribute="last_at")
    last_outcome = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf([outcome.value for outcome in Outcome]),
        metadata={
            "description": "What became of the last run: a job (`submitted`), none because the rows are those of the "
            "last job (`unchanged`) or that job has not ended (`busy`), none yet because the queue is full "
            "(`waiting`), or an error (`failed`)."
        },
    )
    last_error = fields.String(required=True, allow_none=True, metadata={"description": "Why the last run failed."})
    last_job = fields.Function(lambda schedule: last_job_of(schedule), required=True, metadata=LAST_JOB)
    created_at = Time(required=True)
    created_by = creator()
    created_by_key = creator_key()


def state_of(schedule: Schedule) -> str:
    return STOPPED if schedule.stopped is not None else PAUSED if schedule.paused else ACTIVE


def last_job_of(schedule: Schedule) -> dict[str, Any] | None:
    if schedule.last_job_id is None:
        return None
    error = schedule.last_job_error
    return {
        "id": schedule.last_job_id,
        "status": schedule.last_job_status,
        "error": None if error is None else {"code": error.code, "message": error.message},
    }


@takes_back(TrainingScheduleSchema)
class TrainingScheduleBody(Strict):
    name = Text(metadata=NAME)
    cron = Text(required=True, metadata=CRON)
    timezone = Text(load_default=DEFAULT_TIMEZONE, metadata=TIMEZONE)
    if_changed = JsonFlag(load_default=True, metadata=IF_CHANGED)
    train = fields.Nested(
        TrainBody,
        required=True,
        metadata={
            "description": "The body of `POST /train`. `dataset` is a name: each run reads its newest revision. "
            "`data` and `callback_secret` are not allowed."
        },
    )
    network = Text(metadata={"description": "As in an answer: the network of `train`."})
    state = fields.String(
        validate=validate.OneOf(STATES),
        metadata={"description": "`paused` makes it wait until it is resumed. Default: `active`."},
    )


class ListQuery(PageQuery):
    network = Text(load_default=None, metadata={"description": "Only schedules of this network, by id or name."})


@blp.route("/schedules", methods=["POST"], operation_id="createSchedule")
@blp.arguments(TrainingScheduleBody)
@idempotent
@blp.response(201, TrainingScheduleSchema, headers={**LOCATION, **IGNORED})
@blp.problems(400, 404, 409, 413, 415)
def create(body: dict[str, Any]) -> Any:
    """Train a network at set times

    Each due time submits one job on the newest revision of the data set, with the rights that the key has then. Such a
    job becomes live only by its `promote` rule, or by hand. Times that were missed while no worker ran are made up for
    by one run.
    """
    made = schedules.create_schedule(backend(), body)
    return made, 201, {"Location": url_for("schedules.show", schedule=made.id)}


@blp.route("/schedules", operation_id="listSchedules")
@blp.arguments(ListQuery, location="query")
@blp.response(200, list_of(TrainingScheduleSchema))
@blp.problems(404)
def index(query: dict[str, Any]) -> Any:
    """List schedules, newest first"""
    found = schedules.list_schedules(backend(), page(query), network=query["network"])
    return envelope(found, query)


@blp.route("/schedules/<schedule>", operation_id="getSchedule")
@blp.response(200, TrainingScheduleSchema)
@blp.problems(404)
def show(schedule: str) -> Any:
    """Get a schedule by id or name: its next run, and what became of the last one"""
    return schedules.get_schedule(backend(), schedule)


@blp.route("/schedules/<schedule>", methods=["PATCH"], operation_id="updateSchedule")
@blp.arguments(TrainingScheduleChanges)
@blp.response(200, TrainingScheduleSchema)
@blp.problems(400, 404, 409, 413, 415)
def update(changes: dict[str, Any], schedule: str) -> Any:
    """Pause or resume a schedule, or change its name, times or condition"""
    return schedules.update_schedule(backend(), schedule, changes)


@blp.route("/schedules/<schedule>", methods=["DELETE"], operation_id="deleteSchedule")
@blp.response(204)
@blp.problems(404)
def delete(schedule: str) -> Any:
    """Delete a schedule; its jobs stay"""
    schedules.delete_schedule(backend(), schedule)
    return Response(status=204)


@blp.route("/schedules/<schedule>/run", methods=["POST"], operation_id="runSchedule")
@idempotent
@blp.response(202, JobSchema, headers=LOCATION)
@blp.problems(404, 409, 429)
def run(schedule: str) -> Any:
    """Submit a schedule's training now, whatever has changed, with the rights of the caller"""
    progress = runs.run_now(backend(), schedule)
    return progress, 202, {"Location": url_for("jobs.show", job=progress.job.id)}
