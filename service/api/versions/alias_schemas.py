"""Aliases as answers show them, and the header that guards a move against races."""

from __future__ import annotations

import re
import sys
from collections.abc import Container
from typing import Any

from flask import Response, request
from marshmallow import Schema, fields, validate
from werkzeug.exceptions import BadRequest

from service.api.http.creators import creator, creator_key
from service.api.http.json_provider import json_response
from service.api.http.pages import list_of
from service.api.http.smorest import Decorator, header
from service.api.http.times import Time
from service.domain.versions import Action, Alias

ETAG = {"ETag": {"schema": {"type": "string"}, "description": "Changes with every move; send it as If-Match."}}
PATTERN = r'^(\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$'
IF_MATCH = {
    "name": "If-Match",
    "required": False,
    "description": "The ETag that the alias was read with. If it has been moved since, nothing is changed (412).",
    "schema": {"type": "string", "pattern": PATTERN},
}


class AliasSchema(Schema):
    alias = fields.String(required=True, attribute="name")
    network = fields.String(required=True, attribute="network_name", metadata={"description": "The network's name."})
    version = fields.Integer(required=True)
    snapshot = fields.String(required=True, attribute="snapshot_id")
    move = fields.Integer(required=True, attribute="moved.number", metadata={"description": "Its newest move."})
    note = fields.String(required=True, allow_none=True, attribute="moved.note")
    moved_at = Time(required=True, attribute="moved.created_at")
    moved_by = creator("moved.created_by")
    moved_by_key = creator_key("moved.created_by_key")


class MoveSchema(Schema):
    number = fields.Integer(required=True, metadata={"description": "1, 2, 3 … of this alias."})
    action = fields.String(required=True, validate=validate.OneOf([action.value for action in Action]))
    network = fields.String(
        required=True, allow_none=True, attribute="network_id", metadata={"description": "The network's id."}
    )
    version = fields.Integer(
        required=True, allow_none=True, metadata={"description": "The version since; null: the alias was removed."}
    )
    note = fields.String(required=True, allow_none=True)
    created_at = Time(required=True)
    created_by = creator()
    created_by_key = creator_key()


ALIASES, MOVES = list_of(AliasSchema), list_of(MoveSchema)


def guarded_by_etag() -> Decorator:
    """Document the header that `expected` reads."""
    return header(IF_MATCH)


def expected() -> Container[int] | None:
    """The numbers of the moves one of which the alias's newest must be, by If-Match; None: whatever it is."""
    text = request.headers.get("If-Match")
    if text is None:
        return None
    if not re.fullmatch(PATTERN.strip("^$"), text):
        raise BadRequest("If-Match must be the ETag of the alias, in quotes, or *.")
    if text == "*":
        return range(1, sys.maxsize)
    return [int(number) for number in re.findall(r'(?<!W/)"([0-9]{1,9})"', text)]


def with_etag(alias: Alias) -> Response:
    response: Any = json_response(AliasSchema().dump(alias))
    response.set_etag(str(alias.moved.number))
    return response  # type: ignore[no-any-return]  # json_response's own
