"""The audit over HTTP, for admins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from flask import Response, request
from marshmallow import Schema, fields, validate

from service.api.history.rows import chunks
from service.api.http.context import backend
from service.api.http.fields import Text, WholeNumber
from service.api.http.formats import chosen, format_field
from service.api.http.json_provider import encode
from service.api.http.pages import PageQuery, envelope, list_of, page
from service.api.http.smorest import Blueprint
from service.api.http.times import Moment, Time
from service.domain.audit import AuditEntry, AuditFilter
from service.operations.audit import all_entries

blp = Blueprint("audit", __name__, tag="keys")

FORMATS = {"json": "application/json", "ndjson": "application/x-ndjson"}


class AuditEntrySchema(Schema):
    id = fields.String(required=True)
    created_at = Time(required=True)
    key_id = fields.String(
        required=True, allow_none=True, metadata={"description": "Null: no key was needed, or none was known."}
    )
    key_name = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What the key is called; without a key, the user that an authenticating proxy names."},
    )
    action = fields.String(
        required=True, allow_none=True, metadata={"description": "The operationId, such as `deleteNetwork`."}
    )
    object = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What was meant or created: `networks/churn`, as the request or `Location` names it."},
    )
    address = fields.String(required=True, allow_none=True, metadata={"description": "The client's."})
    request_id = fields.String(required=True, metadata={"description": "The answer's `X-Request-ID`."})
    status = fields.Integer(required=True)


class AuditQuery(PageQuery):
    key = Text(metadata={"description": "Id or name of a key."})
    action = Text(metadata={"description": "An operationId, such as `deleteNetwork`."})
    object = Text(metadata={"description": "Such as `networks/churn`; entries of what lies under it are included."})
    from_time = Moment(data_key="from", metadata={"description": "Earliest time."})
    to_time = Moment(data_key="to", metadata={"description": "The time before which entries are listed."})
    status = WholeNumber(validate=validate.Range(min=100, max=599), metadata={"description": "HTTP status."})
    format = format_field(FORMATS)


@blp.route("/audit", operation_id="listAudit")
@blp.other_formats(FORMATS["ndjson"])
@blp.arguments(AuditQuery, location="query")
@blp.response(200, list_of(AuditEntrySchema))
@blp.problems(404, 406)
def index(query: dict[str, Any]) -> Any:
    """List changes and rejected requests, newest first

    One entry for each change that was made, and for each request that was answered with 401, 403, 421 or 429, or with
    404 because its key may not see the object. Entries hold no bodies and no secrets. NDJSON lists all of them, unless
    `limit` is given.
    """
    wanted = _filter(query)
    if chosen(FORMATS, query.get("format")) != "ndjson":
        return envelope(backend().storage.list_audit(page(query), wanted), query)
    entries = all_entries(backend(), wanted, after=query.get("after"))
    limit = query["limit"] if "limit" in request.args else None
    return Response(_lines(islice(entries, limit)), mimetype=FORMATS["ndjson"])


def _filter(query: Mapping[str, Any]) -> AuditFilter:
    names = ("key", "action", "object", "status", "from_time", "to_time")
    return AuditFilter(**{name: query[name] for name in names if name in query})


def _lines(entries: Iterable[AuditEntry]) -> Iterator[bytes]:
    dump = AuditEntrySchema().dump
    for chunk in chunks(entries):
        yield b"".join(encode(dump(entry)) + b"\n" for entry in chunk)
