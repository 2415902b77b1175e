"""Aliases of a network over HTTP."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from service.api.http.context import backend
from service.api.http.fields import Strict, Text, takes_back
from service.api.http.idempotency import idempotent
from service.api.http.json_provider import json_response
from service.api.http.pages import PageQuery, envelope, page
from service.api.http.smorest import IGNORED, Blueprint
from service.api.versions.alias_schemas import (
    ALIASES,
    ETAG,
    MOVES,
    AliasSchema,
    MoveSchema,
    expected,
    guarded_by_etag,
    with_etag,
)
from service.operations.models import aliases, promotion

blp = Blueprint("aliases", __name__, tag="versions")

NOTE = Text(load_default=None, allow_none=True, validate=validate.Length(max=promotion.MAX_NOTE))


@takes_back(AliasSchema)
class AliasBody(Strict):
    version = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=2**31 - 1))
    note = NOTE


@blp.route("/networks/<network>/aliases", operation_id="listAliases")
@blp.arguments(PageQuery, location="query")
@blp.response(200, ALIASES)
@blp.problems(404)
def index(query: dict[str, Any], network: str) -> Any:
    """List the aliases of a network, by name"""
    found = aliases.list_aliases(backend(), owner(network), page(query))
    return json_response(envelope(found, query, id_of=lambda alias: alias.name, write=AliasSchema().dump))


@blp.route("/networks/<network>/aliases/<alias>", operation_id="getAlias")
@blp.response(200, AliasSchema, headers=ETAG)
@blp.problems(404)
def show(network: str, alias: str) -> Any:
    """Get the version that an alias points at, since when, and by whom"""
    return with_etag(aliases.get_alias(backend(), owner(network), alias))


@blp.route("/networks/<network>/aliases/<alias>", methods=["PUT"], operation_id="moveAlias")
@blp.arguments(AliasBody)
@guarded_by_etag()
@blp.response(200, AliasSchema, headers={**ETAG, **IGNORED})
@blp.problems(400, 404, 409, 412, 413, 415)
def move(body: dict[str, Any], network: str, alias: str) -> Any:
    """Point an alias at a version

    Every web process answers from it with its next request. `production` is the alias that predictions come from.
    """
    record = backend().storage.get_network(network)
    version, note = body["version"], body["note"]
    return with_etag(promotion.move_alias(backend(), record, alias, version, expected=expected(), note=note))


@blp.route("/networks/<network>/aliases/<alias>", methods=["DELETE"], operation_id="removeAlias")
@guarded_by_etag()
@blp.response(204)
@blp.problems(400, 404, 412)
def remove(network: str, alias: str) -> Any:
    """Remove an alias; its version and its moves stay"""
    aliases.remove_alias(backend(), owner(network), alias, expected())
    return Response(status=204)


@blp.route("/networks/<network>/aliases/<alias>/rollback", methods=["POST"], operation_id="rollBackAlias")
@guarded_by_etag()
@idempotent
@blp.response(200, AliasSchema, headers=ETAG)
@blp.problems(400, 404, 409, 412)
def roll_back(network: str, alias: str) -> Any:
    """Point an alias back at the version that it pointed at before

    A second call goes one move further back.
    """
    return with_etag(aliases.roll_back(backend(), owner(network), alias, expected()))


@blp.route("/networks/<network>/aliases/<alias>/moves", operation_id="listAliasMoves")
@blp.arguments(PageQuery, location="query")
@blp.response(200, MOVES)
@blp.problems(404)
def moves(query: dict[str, Any], network: str, alias: str) -> Any:
    """List the moves of an alias, newest first"""
    found = aliases.list_moves(backend(), owner(network), alias, page(query))
    return json_response(envelope(found, query, id_of=lambda move: str(move.number), write=MoveSchema().dump))


def owner(network: str) -> str:
    return backend().storage.get_network(network).id
