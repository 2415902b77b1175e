"""Lists of jobs over HTTP: found by words, sorted by any of their numbers, and counted."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from service.api.http.context import backend
from service.api.http.creators import CreatedByQuery
from service.api.http.fields import Flag, Strict, Text
from service.api.http.json_provider import json_response
from service.api.http.pages import envelope, list_of, page
from service.api.http.smorest import Blueprint
from service.api.http.writers import writer
from service.api.jobs.jobs import KINDS, STATUSES, JobSummarySchema
from service.domain.job_kind import JobKind
from service.domain.job_search import COLUMNS, JobOrder
from service.domain.status import Status
from service.operations.jobs import searching

blp = Blueprint("job_list", __name__, tag="jobs")

WRITE_SUMMARY = writer(JobSummarySchema())
ASCENDING, DESCENDING = "asc", "desc"
_OPTION = re.compile(r"[a-z][a-z0-9_]{0,63}(\.[a-z0-9_]{1,64}){0,5}")


class StatusField(Text):
    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        word = super()._deserialize(value, *args, **kwargs)
        if word not in STATUSES:
            raise ValidationError(f"must be one of {', '.join(STATUSES)}")
        return Status(word)


class SortField(Text):
    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        word = super()._deserialize(value, *args, **kwargs)
        if not _OPTION.fullmatch(word):
            raise ValidationError(
                f"must be one of {', '.join(COLUMNS)}, or the path of an option, such as optimizer.learning_rate"
            )
        return word


class FoundQuery(Strict):
    """Which jobs are meant."""

    search = Text(
        validate=validate.Length(max=500),
        metadata={
            "description": "Only jobs with all of these words in their name, note, tags (`key:value`), id, status, "
            "optimizer, schedule, data set, or the name or tags of their network."
        },
    )
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
    trials_of = Text(load_default=None, metadata={"description": "Only trials of this search, by id or name."})


class ListQuery(FoundQuery, CreatedByQuery):
    sort = SortField(
        metadata={
            "description": f"{', '.join(COLUMNS)}, or the path of an option, such as `optimizer.learning_rate`. What "
            "is missing comes last.",
        }
    )
    order = fields.String(
        validate=validate.OneOf((ASCENDING, DESCENDING)), metadata={"description": "By default `desc`."}
    )
    best = Flag(load_default=False, metadata={"description": "`true` fills `is_best` of each job."})


class SummaryQuery(FoundQuery):
    created_by = CreatedByQuery().fields["created_by"]


class SummarySchema(Schema):
    total = fields.Integer(required=True)
    statuses = fields.Dict(
        required=True,
        metadata={
            "description": "How many jobs of each status that any of them has.",
            "additionalProperties": {"type": "integer"},
        },
    )


@blp.route("/jobs", operation_id="listJobs")
@blp.arguments(ListQuery, location="query")
@blp.response(200, list_of(JobSummarySchema))
@blp.problems(404)
def index(query: dict[str, Any]) -> Any:
    """List jobs, newest first or in another order"""
    found = searching.find_jobs(backend(), page(query), order=order_of(query), **conditions(query))
    if query["best"]:
        found = searching.with_best(backend(), found)
    return json_response(envelope(found, query, id_of=lambda progress: progress.job.id, write=WRITE_SUMMARY))


@blp.route("/jobs/summary", operation_id="summariseJobs")
@blp.arguments(SummaryQuery, location="query")
@blp.response(200, SummarySchema)
@blp.problems(404)
def summary(query: dict[str, Any]) -> Any:
    """Count the jobs that a list would show, by status"""
    counts = searching.count_jobs(backend(), **conditions(query))
    statuses = {status.value: number for status, number in counts.items()}
    return json_response({"total": sum(statuses.values()), "statuses": statuses})


def order_of(query: dict[str, Any]) -> JobOrder | None:
    """None for the usual order."""
    if "sort" not in query and "order" not in query:
        return None
    return JobOrder(by=query.get("sort", "created_at"), descending=query.get("order") != ASCENDING)


def conditions(query: dict[str, Any]) -> dict[str, Any]:
    return {
        "words": query.get("search", "").split(),
        "network": query["network"],
        "statuses": query["status"],
        "created_by": query.get("created_by"),
        "kind": query["kind"] and JobKind(query["kind"]),
        "restart_of": query["restart_of"],
        "restarts": query["restarts"],
        "trials_of": query["trials_of"],
    }
