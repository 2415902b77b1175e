"""Events of jobs and of networks over HTTP, as a list or live as Server-Sent Events."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Response, request
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from service.api.access.gate import gate
from service.api.history.query import JobIds
from service.api.http.context import backend, caller
from service.api.http.fields import Plain, Strict, Text
from service.api.http.formats import chosen
from service.api.http.json_provider import json_response
from service.api.http.pages import Limit, envelope, list_of
from service.api.http.smorest import Blueprint, header
from service.api.http.streams import streams
from service.api.http.times import Time
from service.api.jobs.event_docs import EVENT_DATA, NETWORK_DATA, NETWORK_KINDS
from service.api.jobs.event_stream import END_ID, MEDIA_TYPE, Source, event_json, stream
from service.domain.codes import EVENT_KINDS
from service.errors import Invalid
from service.operations.jobs.events import Cursor, batch_of, batch_of_network, list_events

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
    jobs = JobIds(load_default=[], metadata={"description": "Job ids, separated by commas."})
    networks = JobIds(load_default=[], metadata={"description": "Networks by id or name, separated by commas."})

    @validates_schema
    def check_any(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        if not data["jobs"] and not data["networks"]:
            raise ValidationError("is required, unless networks are given", "jobs")


class EventSchema(Schema):
    job = fields.String(required=True, attribute="job_id")
    seq = fields.Integer(required=True, metadata={"description": "Counts from 1 within the job, without gaps."})
    kind = fields.String(required=True, validate=validate.OneOf(EVENT_KINDS))
    data = Plain(EVENT_DATA, required=True)
    created_at = Time(required=True)


class NetworkEventSchema(Schema):
    network = fields.String(required=True)
    seq = fields.Integer(required=True, metadata={"description": "Counts from 1 within the network, without gaps."})
    kind = fields.String(required=True, validate=validate.OneOf(list(NETWORK_KINDS)))
    data = Plain(NETWORK_DATA, required=True)
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
        backend().storage.get_job(job)
        return followed({job: partial(batch_of, backend(), job)}, query["after"])
    found = list_events(backend(), job, after=query["after"].event, limit=query["limit"] + 1)
    listed = envelope(found, query, id_of=lambda event: str(event.seq))
    return json_response({**listed, "data": [event_json(event) for event in listed["data"]]})


@blp.route("/networks/<network>/events", operation_id="listNetworkEvents")
@header(LAST_EVENT_ID)
@blp.other_formats(MEDIA_TYPE)
@blp.arguments(EventsQuery, location="query")
@blp.response(200, list_of(NetworkEventSchema))
@blp.problems(404, 406, 422, 503)
def of_network(query: dict[str, Any], network: str) -> Any:
    """List the events of a network, oldest first, or stream them live

    Warnings of drift and their callbacks; the newest 1,000 are kept. Events of its jobs are those of the jobs. With
    `Accept: text/event-stream`, the answer is a stream of Server-Sent Events that does not end.
    """
    network_id = backend().storage.get_network(network).id
    if chosen(FORMATS, None) == "stream":
        return followed({network_id: partial(batch_of_network, backend(), network_id)}, query["after"])
    after, limit = query["after"].event, query["limit"] + 1
    found = backend().storage.list_network_events(network_id, after=after, limit=limit)
    listed = envelope(found, query, id_of=lambda event: str(event.seq))
    return json_response({**listed, "data": [event_json(event) for event in listed["data"]]})


@blp.route("/events", operation_id="streamEvents")
@header(LAST_EVENT_ID)
@blp.arguments(ManyEventsQuery, location="query")
@blp.other_formats(MEDIA_TYPE)
@blp.alt_response(204, description="The stream has been read to its end", success=True)
@blp.problems(404, 406, 422, 503)
def of_jobs(query: dict[str, Any]) -> Any:
    """Stream the events of several jobs and networks live

    One stream serves all of them, because a browser opens only a few connections. A message's id holds one cursor per
    job and network, in the order of `jobs` and then of `networks`.
    """
    chosen({"stream": MEDIA_TYPE}, None)
    storage, sources = backend().storage, dict[str, Source]()
    for job_id in query["jobs"]:
        storage.get_job(job_id)
        sources[job_id] = partial(batch_of, backend(), job_id)
    for ref in query["networks"]:
        network_id = storage.get_network(ref).id
        sources[network_id] = partial(batch_of_network, backend(), network_id)
    return followed(sources, Cursor())


def followed(sources: Mapping[str, Source], start: Cursor) -> Response:
    """A stream from Last-Event-ID on; 204 once it was read to its end, so that the browser stops reconnecting."""
    last_id = request.headers.get("Last-Event-ID")
    if last_id == END_ID:
        return Response(status=204)
    cursors = dict.fromkeys(sources, start) if last_id is None else resumed(list(sources), last_id)
    open_streams = streams()
    open_streams.open()
    may_go_on = partial(gate().keyring.still_holds, caller())
    response = Response(stream(sources, cursors, open_streams.closing, may_go_on), content_type=MEDIA_TYPE)
    response.call_on_close(open_streams.close)
    # Asks nginx not to buffer messages.
    response.headers["X-Accel-Buffering"] = "no"
    return response


def resumed(ids: list[str], last_id: str) -> dict[str, Cursor]:
    cursors = [read_cursor(part) for part in last_id.split(",")]
    if len(cursors) != len(ids) or None in cursors:
        message = f"Last-Event-ID must be the id of a message of this stream: {len(ids)} of the form 17.340"
        raise Invalid(message)
    return {own_id: cursor for own_id, cursor in zip(ids, cursors, strict=True) if cursor is not None}


def read_cursor(text: str) -> Cursor | None:
    parts = text.split(".")
    if len(parts) > 2 or not all(part.isascii() and part.isdecimal() and len(part) < 19 for part in parts):
        return None
    return Cursor(*map(int, parts))
