"""API keys over HTTP, for admins."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from marshmallow import Schema, fields, validate

from service.access import keys
from service.access.keys import MAX_NAME, MAX_PATTERNS, MAX_SECONDS, PATTERN
from service.api.access.gate import gate
from service.api.http.context import backend, caller
from service.api.http.fields import Flag, Plain, PlainObject, Strict, Text, takes_back
from service.api.http.json_provider import json_response
from service.api.http.pages import PageQuery, envelope, list_of, page
from service.api.http.smorest import IGNORED, LOCATION, Blueprint
from service.api.http.times import Moment, Time
from service.domain.access import Key, Scope
from service.domain.key_limits import BUCKETS, COUNTS, MAX_COUNT, RATE_PATTERN

blp = Blueprint("keys", __name__)

SCOPES = [scope.value for scope in Scope]
WANTED_NETWORKS = {
    "minItems": 1,
    "maxItems": MAX_PATTERNS,
    "description": "Name patterns of the allowed networks and data sets, for example `churn-*`. Default: all.",
}
MAX_OVERLAP_SECONDS = 30 * 24 * 3600


RATE = {
    "type": "string",
    "pattern": f"^({RATE_PATTERN})$",
    "description": "`100/second`, with second, minute, hour or day; 0: no limit.",
}
COUNT = {"type": "integer", "minimum": 0, "maximum": MAX_COUNT, "description": "0: no limit."}
LIMITS = {
    "type": "object",
    "properties": {**dict.fromkeys(BUCKETS, RATE), **dict.fromkeys(COUNTS, COUNT)},
    "additionalProperties": False,
    "description": "Limits of its own, by name; those left out are the service's.",
}


class KeySchema(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    hint = fields.String(required=True, metadata={"description": "Beginning and end of the key, to recognise it."})
    scopes = fields.List(fields.String(validate=validate.OneOf(SCOPES)), required=True)
    networks = fields.List(fields.String(), required=True, allow_none=True)
    created_at = Time(required=True)
    created_by = fields.String(
        required=True, allow_none=True, metadata={"description": "The key that created it; null if none was needed."}
    )
    expires_at = Time(required=True, allow_none=True)
    last_used_at = Time(required=True, allow_none=True)
    revoked_at = Time(required=True, allow_none=True)
    replaces = fields.String(required=True, allow_none=True, metadata={"description": "The key it was rotated from."})
    limits = fields.Function(lambda key: key.limits.given(), metadata=LIMITS)


class NewKeySchema(KeySchema):
    key = fields.String(required=True, metadata={"description": "The key itself, shown only this once."})


@takes_back(NewKeySchema)
class KeyBody(Strict):
    name = Text(required=True, metadata={"minLength": 1, "maxLength": MAX_NAME})
    scopes = fields.List(Text(metadata={"enum": SCOPES}), required=True, metadata={"minItems": 1})
    networks = fields.List(Text(metadata={"pattern": PATTERN}), allow_none=True, metadata=WANTED_NETWORKS)
    expires_in_seconds = Plain(
        {
            "type": ["integer", "null"],
            "minimum": 1,
            "maximum": MAX_SECONDS,
            "description": "Seconds until it expires. Default: never.",
        },
        allow_none=True,
    )
    expires_at = Moment(allow_none=True, metadata={"description": "When it expires, instead of `expires_in_seconds`."})
    limits = PlainObject({**LIMITS, "type": ["object", "null"]}, allow_none=True)


class RotateBody(Strict):
    overlap_seconds = fields.Integer(
        load_default=0,
        strict=True,
        validate=validate.Range(min=0, max=MAX_OVERLAP_SECONDS),
        metadata={"description": "Seconds for which the old key stays valid next to the new one."},
    )


class RevokeQuery(Strict):
    keep_made = Flag(
        load_default=False, metadata={"description": "Keep the keys it has created; otherwise they are revoked too."}
    )


@blp.route("/keys", methods=["POST"], operation_id="createKey")
@blp.arguments(KeyBody)
@blp.response(201, NewKeySchema, headers={**LOCATION, **IGNORED})
@blp.problems(400, 403, 413, 415)
def create(body: dict[str, Any]) -> Any:
    """Make a key

    The answer shows the key once; the service stores only its SHA-256. From the first key on, every request needs one.
    """
    made, secret = keys.create_key(backend().storage, caller(), body, defaults=backend().limits.keys)
    return shown_once(made, secret)


@blp.route("/keys", operation_id="listKeys")
@blp.arguments(PageQuery, location="query")
@blp.response(200, list_of(KeySchema))
@blp.problems(404)
def index(query: dict[str, Any]) -> Any:
    """List API keys, newest first, including revoked and expired ones"""
    return envelope(backend().storage.list_keys(page(query)), query)


@blp.route("/keys/<key>", operation_id="getKey")
@blp.response(200, KeySchema)
@blp.problems(404)
def show(key: str) -> Any:
    """Get an API key's description"""
    return backend().storage.get_key(key)


@blp.route("/keys/<key>/rotate", methods=["POST"], operation_id="rotateKey")
@blp.arguments(RotateBody)
@blp.response(201, NewKeySchema, headers=LOCATION)
@blp.problems(400, 404, 409, 413, 415)
def rotate(body: dict[str, Any], key: str) -> Any:
    """Rotate an API key: create one with the same rights, and end the old one after the overlap"""
    made, secret = keys.rotate_key(backend().storage, key, overlap_seconds=body["overlap_seconds"])
    return shown_once(made, secret)


@blp.route("/keys/<key>", methods=["DELETE"], operation_id="revokeKey")
@blp.arguments(RevokeQuery, location="query")
@blp.response(204)
@blp.problems(404)
def revoke(query: dict[str, Any], key: str) -> Any:
    """Revoke an API key and the keys it has created

    It ends immediately in the web process that answers, and within ten seconds in others.
    """
    backend().storage.revoke_key(key, with_made=not query["keep_made"])
    gate().keyring.forget()
    return Response(status=204)


def shown_once(key: Key, secret: str) -> Any:
    gate().keyring.forget()
    response = json_response({**KeySchema().dump(key), "key": secret}, 201)
    response.headers["Location"] = url_for("keys.show", key=key.id)
    return response
