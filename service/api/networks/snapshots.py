"""Snapshots of a network over HTTP; `weights` reads and imports their weights."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from service.api.http.context import backend
from service.api.http.fields import Strict, Text
from service.api.http.json_provider import json_response
from service.api.http.numbers import NONFINITE, nonfinite
from service.api.http.pages import PageQuery, envelope, list_of, page
from service.api.http.smorest import Blueprint
from service.api.http.times import Time
from service.api.http.writers import writer
from service.domain.snapshots import Snapshot
from service.operations import names
from service.operations.networks import snapshots

blp = Blueprint("snapshots", __name__)

REFERENCE = (
    "A snapshot: an alias, the number of a version, an id of a snapshot, a version or a job (its newest snapshot), or "
    "`live`, `latest`, `best` or `initial`."
)
KINDS = ["initial", "imported", "last", "best", "periodic"]


class SnapshotSchema(Schema):
    id = fields.String(required=True)
    network = fields.String(required=True, attribute="network_id", metadata={"description": "The network's id."})
    job = fields.String(required=True, allow_none=True, attribute="job_id")
    epoch = fields.Integer(
        required=True, metadata={"description": "Epochs trained; 0 for initial and imported weights."}
    )
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    alias = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The first by name of the network's aliases that point at it."},
    )
    version = fields.Integer(
        required=True, allow_none=True, metadata={"description": "The version that it was published as, if it was."}
    )
    loss = fields.Float(required=True, allow_none=True, allow_nan=True)
    val_loss = fields.Float(required=True, allow_none=True, allow_nan=True)
    metrics = fields.Dict(keys=fields.String(), values=fields.Float(allow_none=True, allow_nan=True), required=True)
    nonfinite = fields.Function(
        lambda snapshot: measured(snapshot),
        metadata=NONFINITE,
    )
    dtype = fields.String(required=True)
    size_bytes = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    created_at = Time(required=True)


WRITE_SNAPSHOT = writer(SnapshotSchema())


def measured(snapshot: Snapshot) -> dict[str, str]:
    return nonfinite({"loss": snapshot.loss, "val_loss": snapshot.val_loss, "metrics": snapshot.metrics})


class ListQuery(PageQuery):
    job = Text(metadata={"description": "Only snapshots of this job, by id."})


class SnapshotChanges(Strict):
    alias = Text(
        required=True,
        allow_none=True,
        metadata={
            "pattern": names.ALIAS_PATTERN,
            "description": "A name, unique in the network; it moves here if another snapshot has it. Null removes all "
            "aliases of the snapshot.",
        },
    )


@blp.route("/networks/<network>/snapshots", operation_id="listSnapshots")
@blp.arguments(ListQuery, location="query")
@blp.response(200, list_of(SnapshotSchema))
@blp.problems(404)
def index(query: dict[str, Any], network: str) -> Any:
    """List the snapshots of a network, newest first"""
    found = snapshots.list_snapshots(backend(), network, page(query), query.get("job"))
    return json_response(envelope(found, query, write=WRITE_SNAPSHOT))


@blp.route("/networks/<network>/snapshots/<snapshot>", operation_id="getSnapshot")
@blp.response(200, SnapshotSchema)
@blp.problems(404)
def show(network: str, snapshot: str) -> Any:
    """Get a snapshot by id, alias, version or job, or `live`, `latest`, `best` or `initial`"""
    return snapshots.get_snapshot(backend(), network, snapshot)


@blp.route("/networks/<network>/snapshots/<snapshot>", methods=["PATCH"], operation_id="updateSnapshot")
@blp.arguments(SnapshotChanges)
@blp.response(200, SnapshotSchema)
@blp.problems(400, 404, 413, 415)
def update(changes: dict[str, Any], network: str, snapshot: str) -> Any:
    """Set an alias of a snapshot, or remove its aliases

    An alias points at a version: a snapshot that is not one yet is published first.
    """
    return snapshots.name_snapshot(backend(), network, snapshot, changes["alias"])


@blp.route("/networks/<network>/snapshots/<snapshot>", methods=["DELETE"], operation_id="deleteSnapshot")
@blp.response(204)
@blp.problems(404, 409)
def delete(network: str, snapshot: str) -> Any:
    """Delete a snapshot

    Answers 409 for a snapshot that is a version, that is `live`, or that is the last of its network.
    """
    snapshots.delete_snapshot(backend(), network, snapshot)
    return Response(status=204)
