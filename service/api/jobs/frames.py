"""`GET /jobs/{job}/frames`: the weights of a small network while it trains."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, request

from service.api.access.gate import gate
from service.api.http.context import backend, caller
from service.api.http.formats import chosen
from service.api.http.smorest import Blueprint, header
from service.api.http.streams import streams
from service.api.jobs.event_stream import MEDIA_TYPE
from service.api.jobs.frame_stream import END_ID, stream
from service.errors import Invalid
from service.operations.jobs.frames import NOTHING, frame_layout

blp = Blueprint("frames", __name__, tag="jobs")

LAST_EVENT_ID = {
    "name": "Last-Event-ID",
    "required": False,
    "description": "The id of the last message read. The stream continues after its epoch.",
    "schema": {"type": "string"},
}


@blp.route("/jobs/<job>/frames", operation_id="streamJobFrames")
@header(LAST_EVENT_ID)
@blp.other_formats(MEDIA_TYPE)
@blp.alt_response(204, description="The stream has been read to its end", success=True)
@blp.problems(404, 406, 409, 422, 503)
def of_job(job: str) -> Any:
    """Stream the weights of a small network while it trains

    Server-Sent Events: `layout` names the tensors of a frame, `frame` has an epoch, its loss and metrics, and all
    weights as base64 of little-endian float32; `progress` comes when the job's status or pace changes, and `end` last,
    after a frame that is `final`. At most 15 frames and about 100 kB per second, for networks of at most 10,000
    parameters. The training sends frames only while somebody reads them.
    """
    chosen({"stream": MEDIA_TYPE}, None)
    layout, last_id = frame_layout(backend(), job), request.headers.get("Last-Event-ID")
    if last_id == END_ID:
        return Response(status=204)
    open_streams = streams()
    epoch = _epoch(last_id)
    open_streams.open()
    may_go_on = partial(gate().keyring.still_holds, caller())
    pieces = stream(backend(), layout, epoch, open_streams.closing, may_go_on)
    response = Response(pieces, content_type=MEDIA_TYPE)
    response.call_on_close(open_streams.close)
    # Asks nginx not to buffer messages.
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _epoch(last_id: str | None) -> int:
    if last_id is None or last_id == str(NOTHING):
        return NOTHING
    if not (last_id.isascii() and last_id.isdecimal() and len(last_id) < 19):
        raise Invalid("Last-Event-ID must be the id of a message of this stream: the number of an epoch")
    return int(last_id)
