"""Versions of a network over HTTP: snapshots that were published, and which of them is live."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from marshmallow import Schema, fields, validate

from service.api.http.context import backend
from service.api.http.creators import creator, creator_key
from service.api.http.fields import Plain, Strict, Text, takes_back
from service.api.http.idempotency import idempotent
from service.api.http.json_provider import json_response
from service.api.http.numbers import NONFINITE
from service.api.http.pages import PageQuery, envelope, list_of, page
from service.api.http.smorest import IGNORED, LOCATION, Blueprint
from service.api.http.times import Time
from service.api.networks.snapshots import REFERENCE, SnapshotSchema, measured
from service.api.predict.chosen import CHOSEN
from service.domain.versions import Version
from service.operations.models import promotion
from service.operations.models.live import get_live

blp = Blueprint("versions", __name__)

OBJECT = {"type": ["object", "null"]}
TRAINING = {
    **OBJECT,
    "description": "The job as it was when the snapshot was published: status, options, rows, epochs, best value, "
    "times. Null for weights that no known job has trained.",
}
DATA = {
    **OBJECT,
    "description": "What it was trained on: the data set by id and name, or null for rows of the request; how the "
    "validation rows were chosen; the number of training rows.",
}


class VersionSchema(Schema):
    id = fields.String(required=True)
    network = fields.String(required=True, attribute="network_id", metadata={"description": "The network's id."})
    version = fields.Integer(required=True, attribute="number", metadata={"description": "1, 2, 3 … in the network."})
    snapshot = fields.String(required=True, attribute="snapshot.id")
    note = fields.String(required=True)
    aliases = fields.List(fields.String(), required=True, metadata={"description": "Aliases of the network."})
    job = fields.String(
        required=True, allow_none=True, attribute="job_id", metadata={"description": "It may be deleted since."}
    )
    epoch = fields.Integer(required=True, attribute="snapshot.epoch")
    kind = fields.String(required=True, attribute="snapshot.kind")
    data = fields.Function(lambda version: data_of(version), metadata=DATA)
    training = Plain(TRAINING, required=True)
    loss = fields.Float(required=True, allow_none=True, allow_nan=True, attribute="snapshot.loss")
    val_loss = fields.Float(required=True, allow_none=True, allow_nan=True, attribute="snapshot.val_loss")
    metrics = fields.Dict(
        keys=fields.String(),
        values=fields.Float(allow_none=True, allow_nan=True),
        required=True,
        attribute="snapshot.metrics",
    )
    nonfinite = fields.Function(lambda version: measured(version.snapshot), metadata=NONFINITE)
    code_version = fields.String(
        required=True, allow_none=True, metadata={"description": "The release of the service that trained it."}
    )
    dtype = fields.String(required=True, attribute="snapshot.dtype")
    sha256 = fields.String(required=True, attribute="snapshot.sha256")
    created_at = Time(required=True)
    created_by = creator()
    created_by_key = creator_key()


class FullVersionSchema(VersionSchema):
    preprocessing = Plain(
        {**OBJECT, "description": "The fitted preprocessing that belongs to the weights."},
        required=True,
        attribute="snapshot.preprocessing",
    )


@takes_back(FullVersionSchema)
class NewVersionBody(Strict):
    snapshot = Text(required=True, metadata={"description": REFERENCE})
    note = Text(load_default="", validate=validate.Length(max=promotion.MAX_NOTE))


class LiveSchema(Schema):
    network = fields.String(required=True, attribute="network.name")
    snapshot = fields.Nested(SnapshotSchema, required=True, attribute="choice.snapshot")
    version = fields.Integer(
        required=True, allow_none=True, attribute="choice.snapshot.version", metadata=CHOSEN["version"].metadata
    )
    alias = fields.String(required=True, allow_none=True, attribute="choice.alias", metadata=CHOSEN["alias"].metadata)
    chosen_by = fields.String(
        required=True,
        attribute="choice.chosen_by",
        validate=CHOSEN["chosen_by"].validate,
        metadata=CHOSEN["chosen_by"].metadata,
    )
    since = Time(required=True)
    moved_by = fields.Function(
        lambda live: live.alias and live.alias.moved.created_by,
        metadata={"type": ["string", "null"], "description": "Who moved the alias here."},
    )
    note = fields.Function(
        lambda live: live.alias and live.alias.moved.note,
        metadata={"type": ["string", "null"], "description": "The note of that move."},
    )


def data_of(version: Version) -> dict[str, Any] | None:
    if version.training is None:
        return None
    options = version.training["options"]
    return {
        "dataset": options.get("dataset"),
        "validation": options.get("validation"),
        "rows": version.training["rows"],
    }


@blp.route("/networks/<network>/live", operation_id="getLive")
@blp.response(200, LiveSchema)
@blp.problems(404)
def show_live(network: str) -> Any:
    """Get what a network answers from by default, since when, and why

    `since` is when the alias was moved here, otherwise when the weights were made.
    """
    return get_live(backend(), network)


@blp.route("/networks/<network>/versions", methods=["POST"], operation_id="publishVersion")
@blp.arguments(NewVersionBody)
@idempotent
@blp.response(201, FullVersionSchema, headers={**LOCATION, **IGNORED})
@blp.problems(400, 404, 409, 413, 415)
def publish(body: dict[str, Any], network: str) -> Any:
    """Publish a snapshot as the network's next version

    A version never changes, and neither it nor its snapshot is dropped before somebody deletes it. A snapshot is
    published once: a second time answers 409.
    """
    record = backend().storage.get_network(network)
    made = promotion.publish_version(backend(), record, body["snapshot"], body["note"])
    return made, 201, {"Location": url_for("versions.show", network=network, version=made.number)}


@blp.route("/networks/<network>/versions", operation_id="listVersions")
@blp.arguments(PageQuery, location="query")
@blp.response(200, list_of(VersionSchema))
@blp.problems(404)
def index(query: dict[str, Any], network: str) -> Any:
    """List the versions of a network, newest first"""
    found = promotion.list_versions(backend(), network, page(query))
    return json_response(envelope(found, query, write=VersionSchema().dump))


@blp.route("/networks/<network>/versions/<version>", operation_id="getVersion")
@blp.response(200, FullVersionSchema)
@blp.problems(404)
def show(network: str, version: str) -> Any:
    """Get a version by number or id"""
    return promotion.get_version(backend(), network, version)


@blp.route("/networks/<network>/versions/<version>", methods=["DELETE"], operation_id="deleteVersion")
@blp.response(204)
@blp.problems(404, 409)
def delete(network: str, version: str) -> Any:
    """Delete a version, unless an alias points at it

    Its snapshot stays, and its number is not used again.
    """
    promotion.delete_version(backend(), network, version)
    return Response(status=204)
