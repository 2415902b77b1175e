"""Models over HTTP: a name that a client asks, whatever network answers behind it."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from service.api.http.context import backend
from service.api.http.creators import creator, creator_key
from service.api.http.fields import Strict, Text, takes_back
from service.api.http.idempotency import idempotent
from service.api.http.json_provider import json_response
from service.api.http.pages import PageQuery, envelope, list_of, page
from service.api.http.smorest import IGNORED, Blueprint
from service.api.http.times import Time
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
from service.api.versions.aliases import NOTE
from service.operations.models import aliases, named_models

blp = Blueprint("models", __name__)


class ModelSchema(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    created_at = Time(required=True)
    created_by = creator()
    created_by_key = creator_key()


@takes_back(AliasSchema)
class ModelAliasBody(Strict):
    network = Text(required=True, metadata={"description": "The network of the version, by id or name."})
    version = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=2**31 - 1))
    note = NOTE


@blp.route("/models", operation_id="listModels")
@blp.arguments(PageQuery, location="query")
@blp.response(200, list_of(ModelSchema))
@blp.problems(404)
def index(query: dict[str, Any]) -> Any:
    """List models, newest first"""
    found = named_models.list_models(backend(), page(query))
    return json_response(envelope(found, query, write=ModelSchema().dump))


@blp.route("/models/<model>", operation_id="getModel")
@blp.response(200, ModelSchema)
@blp.problems(404)
def show(model: str) -> Any:
    """Get a model by name or id"""
    return named_models.get_model(backend(), model)


@blp.route("/models/<model>", methods=["DELETE"], operation_id="deleteModel")
@blp.response(204)
@blp.problems(404)
def delete(model: str) -> Any:
    """Delete a model with its aliases; networks and versions stay"""
    named_models.delete_model(backend(), model)
    return Response(status=204)


@blp.route("/models/<model>/aliases", operation_id="listModelAliases")
@blp.arguments(PageQuery, location="query")
@blp.response(200, ALIASES)
@blp.problems(404)
def list_aliases(query: dict[str, Any], model: str) -> Any:
    """List the aliases of a model, by name"""
    found = aliases.list_aliases(backend(), owner(model), page(query))
    return json_response(envelope(found, query, id_of=lambda alias: alias.name, write=AliasSchema().dump))


@blp.route("/models/<model>/aliases/<alias>", operation_id="getModelAlias")
@blp.response(200, AliasSchema, headers=ETAG)
@blp.problems(404)
def show_alias(model: str, alias: str) -> Any:
    """Get the network and version that an alias of a model points at, since when, and by whom"""
    return with_etag(aliases.get_alias(backend(), owner(model), alias))


@blp.route("/models/<model>/aliases/<alias>", methods=["PUT"], operation_id="moveModelAlias")
@blp.arguments(ModelAliasBody)
@guarded_by_etag()
@blp.response(200, AliasSchema, headers={**ETAG, **IGNORED})
@blp.problems(400, 404, 409, 412, 413, 415)
def move_alias(body: dict[str, Any], model: str, alias: str) -> Any:
    """Point an alias of a model at a version of any network

    The model is made if there is none of that name. Predictions with `model` come from its alias `production`, so a
    swap to a network with other columns is one move.
    """
    return with_etag(named_models.move_alias(backend(), model, alias, body, expected()))


@blp.route("/models/<model>/aliases/<alias>", methods=["DELETE"], operation_id="removeModelAlias")
@guarded_by_etag()
@blp.response(204)
@blp.problems(400, 404, 412)
def remove_alias(model: str, alias: str) -> Any:
    """Remove an alias of a model; its moves stay"""
    aliases.remove_alias(backend(), owner(model), alias, expected())
    return Response(status=204)


@blp.route("/models/<model>/aliases/<alias>/rollback", methods=["POST"], operation_id="rollBackModelAlias")
@guarded_by_etag()
@idempotent
@blp.response(200, AliasSchema, headers=ETAG)
@blp.problems(400, 404, 409, 412)
def roll_back(model: str, alias: str) -> Any:
    """Point an alias of a model back at the version that it pointed at before

    A second call goes one move further back.
    """
    return with_etag(aliases.roll_back(backend(), owner(model), alias, expected()))


@blp.route("/models/<model>/aliases/<alias>/moves", operation_id="listModelAliasMoves")
@blp.arguments(PageQuery, location="query")
@blp.response(200, MOVES)
@blp.problems(404)
def moves(query: dict[str, Any], model: str, alias: str) -> Any:
    """List the moves of an alias of a model, newest first"""
    found = aliases.list_moves(backend(), owner(model), alias, page(query))
    return json_response(envelope(found, query, id_of=lambda move: str(move.number), write=MoveSchema().dump))


def owner(model: str) -> str:
    return named_models.get_model(backend(), model).id
