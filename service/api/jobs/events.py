"""Events of jobs over HTTP, as a list or live as Server-Sent Events."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, request
from marshmallow import Schema, ValidationError, fields

from service.api.access.gate import gate
from service.api.history.query import JobIds
from service.api.http.context import backend, caller
from service.api.http.fields import Strict, Text
from service.api.http.formats import chosen
from service.api.http.json_provider import json_response
from service.api.http.pages import Limit, envelope, list_of
from service.api.http.smorest import Blueprint, header
from service.api.http.streams import streams
from service.api.http.times import Time
from service.api.jobs.event_stream import END_ID, MEDIA_TYPE, event_json, stream
from service.errors import Invalid
from service.operations.jobs.events import Cursor, list_events

blp = Blueprint("events", __name__)

LISTED = {"list": "application/json"}
FORMATS = {**LISTED, "stream": MEDIA_TYPE}
LAST_EVENT_ID = {
    "name": "Last-Event-ID",
    "required": False,
    "description": "For a stream: the id of the last message read. The stream continues after it and repeats nothing.",
    "schema": {"type": "string"},
}


class AfterEvent(Text):
    """`17`, the number of an event; `17.340` also says the last epoch read, for a stream."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        cursor = read_cursor(super()._deserialize(value, *args, **kwargs))
        if cursor is None:
            raise ValidationError("must be the last_id of a page, or the id of a message of a stream")
        return cursor


class EventsQuery(Strict):
    limit = Limit(100, 1000)
    after = AfterEvent(load_default=Cursor(), metadata={"description": "The `last_id` of the previous page."})


class ManyEventsQuery(Strict):
    jobs = JobIds(required=True, metadata={"description": "Job ids, separated by commas."})


class EventSchema(Schema):
    job = fields.String(required=True, attribute="job_id")
    seq = fields.Integer(required=True, metadata={"description": "Counts from 1 within the job, without gaps."})
    kind = fields.String(required=True, metadata={"description": "For example `started`, `snapshot` or `ended`."})
    data = fields.Dict(required=True)
    created_at = Time(required=True)


@blp.route("/jobs/<job>/events", operation_id="listJobEvents")
@header(LAST_EVENT_ID)
@blp.other_formats(MEDIA_TYPE)
@blp.arguments(EventsQuery, location="query")
@blp.response(200, list_of(EventSchema))
@blp.alt_response(204, description="The stream has been read to its end", success=True)
@blp.problems(404, 406, 422, 503)
def of_job(query: dict[str, Any], job: str) -> Any:
    """List the events of a job, oldest first, or stream them live

    With `Accept: text/event-stream`, the answer is a stream of Server-Sent Events: `epochs` with new history rows, one
    message per event, and finally `end`.
    """
    if chosen(FORMATS, None) == "stream":
        return followed([job], query["after"])
    found = list_events(backend(), job, after=query["after"].event, limit=query["limit"] + 1)
    listed = envelope(found, query, id_of=lambda event: str(event.seq))
    return json_response({**listed, "data": [event_json(event) for event in listed["data"]]})


@blp.route("/events", operation_id="streamEvents")
@header(LAST_EVENT_ID)
@blp.arguments(ManyEventsQuery, location="query")
@blp.other_formats(MEDIA_TYPE)
@blp.alt_response(204, description="The stream has been read to its end", success=True)
@blp.problems(404, 406, 422, 503)
def of_jobs(query: dict[str, Any]) -> Any:
    """Stream the events of several jobs live

    One stream serves all of them, because a browser opens only a few connections. A message's id holds one cursor per
    job, in the order of `jobs`.
    """
    chosen({"stream": MEDIA_TYPE}, None)
    return followed(query["jobs"], Cursor())


def followed(job_ids: list[str], start: Cursor) -> Response:
    """A stream from Last-Event-ID on; 204 once it was read to its end, so that the browser stops reconnecting."""
    last_id = request.headers.get("Last-Event-ID")
    for job_id in job_ids:
        backend().storage.get_job(job_id)
    if last_id == END_ID:
        return Response(status=204)
    cursors = dict.fromkeys(job_ids, start) if last_id is None else resumed(job_ids, last_id)
    open_streams = streams()
    open_streams.open()
    may_go_on = partial(gate().keyring.still_holds, caller())
    response = Response(stream(backend(), cursors, open_streams.closing, may_go_on), content_type=MEDIA_TYPE)
    response.call_on_close(open_streams.close)
    # Asks nginx not to buffer messages.
    response.headers["X-Accel-Buffering"] = "no"
    return response


def resumed(job_ids: list[str], last_id: str) -> dict[str, Cursor]:
    cursors = [read_cursor(part) for part in last_id.split(",")]
    if len(cursors) != len(job_ids) or None in cursors:
        message = f"Last-Event-ID must be the id of a message of this stream: {len(job_ids)} of the form 17.340"
        raise Invalid(message)
    return {job_id: cursor for job_id, cursor in zip(job_ids, cursors, strict=True) if cursor is not None}


def read_cursor(text: str) -> Cursor | None:
    parts = text.split(".")
    if len(parts) > 2 or not all(part.isascii() and part.isdecimal() and len(part) < 19 for part in parts):
        return None
    return Cursor(*map(int, parts))
