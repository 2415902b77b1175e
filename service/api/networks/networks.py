"""Networks over HTTP."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from service.api.http.access_log import traceparent
from service.api.http.context import backend
from service.api.http.idempotency import idempotent
from service.api.http.json_provider import json_response
from service.api.http.pages import envelope, list_of, page
from service.api.http.smorest import IGNORED, LOCATION, Blueprint
from service.api.jobs.callback_docs import DRIFT_CALLBACKS
from service.api.networks.network_schemas import (
    WRITE_NETWORK,
    CreatedSchema,
    CreateQuery,
    DryRunSchema,
    ListQuery,
    NetworkBody,
    NetworkChanges,
    NetworkSchema,
)
from service.operations.networks import networks
from service.operations.networks.first_training import create_network

blp = Blueprint("networks", __name__)


@blp.route("/networks", methods=["POST"], operation_id="createNetwork")
@blp.arguments(NetworkBody)
@blp.arguments(CreateQuery, location="query")
@idempotent
@blp.response(201, CreatedSchema, headers={**LOCATION, **IGNORED})
@blp.alt_response(200, schema=DryRunSchema, description="A dry run: the network that would be created", success=True)
@blp.problems(400, 404, 409, 413, 415, 429)
def create(body: dict[str, Any], query: dict[str, Any]) -> Any:
    """Create a network from a spec

    Inputs are plain numbers or, with a `target`, columns of a table that the network preprocesses itself. The initial
    weights become the first snapshot, so the network can predict immediately. With `train`, network and training are
    made together or not at all. The answer to `GET /networks/{network}` is such a spec, with another name.
    """
    if query["dry_run"]:
        return json_response(DryRunSchema().dump(networks.try_network(backend(), body)))
    made = create_network(backend(), body, traceparent=traceparent(request.environ))
    return made, 201, {"Location": url_for("networks.show", network=made.network.id)}


@blp.route("/networks", operation_id="listNetworks")
@blp.arguments(ListQuery, location="query")
@blp.response(200, list_of(NetworkSchema))
@blp.problems(404)
def index(query: dict[str, Any]) -> Any:
    """List networks, newest first"""
    found = networks.list_networks(
        backend(), page(query), dict(query["tag"]), created_by=query.get("created_by"), search=query["search"]
    )
    return json_response(envelope(found, query, id_of=lambda described: described.network.id, write=WRITE_NETWORK))


@blp.route("/networks/<network>", operation_id="getNetwork")
@blp.response(200, NetworkSchema)
@blp.problems(404)
def show(network: str) -> Any:
    """Get a network by id or name"""
    return networks.get_network(backend(), network)


@blp.route("/networks/<network>", methods=["PATCH"], operation_id="updateNetwork")
@blp.arguments(NetworkChanges)
@blp.response(200, NetworkSchema)
@blp.problems(400, 404, 409, 413, 415)
@blp.doc(callbacks=DRIFT_CALLBACKS)
def update(changes: dict[str, Any], network: str) -> Any:
    """Change a network's name, description, tags or log of answers

    `tags` replaces all existing tags, and `answer_log` all of its settings; null switches the log off, and keeps what
    is in it until `DELETE /networks/{network}/answers`.
    """
    return networks.update_network(backend(), network, changes)


@blp.route("/networks/<network>", methods=["DELETE"], operation_id="deleteNetwork")
@blp.response(204)
@blp.problems(404, 409)
def delete(network: str) -> Any:
    """Delete a network with its jobs, history and snapshots

    Answers 409 while one of its jobs has not ended.
    """
    networks.delete_network(backend(), network)
    return Response(status=204)
