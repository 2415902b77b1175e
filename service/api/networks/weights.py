"""Weights over HTTP, as JSON or as safetensors."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from marshmallow import Schema, fields

from service.api.http.bodies import read_body
from service.api.http.context import backend
from service.api.http.fields import Plain, Strict, Text
from service.api.http.formats import chosen, format_field
from service.api.http.idempotency import idempotent
from service.api.http.json_provider import json_response
from service.api.http.smorest import FILE, LOCATION, Blueprint, StrictParser
from service.api.networks.snapshots import REFERENCE, SnapshotSchema
from service.domain.snapshots import Snapshot
from service.operations import names
from service.operations.models.models import Model, load_model
from service.operations.networks import weights

blp = Blueprint("weights", __name__, tag="snapshots")

JSON = "application/json"
SAFETENSORS = "application/octet-stream"  #: safetensors has no registered media type of its own
FORMATS = {"json": JSON, "safetensors": SAFETENSORS}
LAYERS = {
    "type": "array",
    "items": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
    "description": "Every layer that has weights, with its name and each tensor by name (`weights`, `biases`, …).",
}
PREPROCESSING = {
    "type": ["object", "null"],
    "description": "The preprocessing of a table network, fitted on the rows that trained these weights, which mean "
    "nothing without it; null before any training. In a safetensors file, JSON in the metadata.",
}


CALIBRATION = {
    "type": ["object", "null"],
    "description": "What the validation rows of the training said of these weights, if there were any: the "
    "`temperature` of predictions, and the `scores` of their intervals and sets. In a safetensors file, JSON in "
    "the metadata.",
}
ORIGIN = {"description": "Where the weights come from, as reading them says; not looked at."}


class FormatQuery(Strict):
    format = format_field(FORMATS)


class WeightsQuery(FormatQuery):
    snapshot = Text(load_default="latest", metadata={"description": REFERENCE})


class WeightsSchema(Schema):
    network = fields.String(required=True)
    snapshot = fields.String(required=True)
    epoch = fields.Integer(required=True)
    dtype = fields.String(required=True)
    layers = Plain(LAYERS, required=True)
    preprocessing = Plain(PREPROCESSING)
    calibration = Plain(CALIBRATION)


class ImportQuery(Strict):
    alias = Text(metadata={"pattern": names.ALIAS_PATTERN, "description": "An alias for the new snapshot."})


class ImportBody(Strict):
    """Takes what reading weights gave, as it is."""

    network = fields.Raw(metadata=ORIGIN)
    snapshot = fields.Raw(metadata=ORIGIN)
    epoch = fields.Raw(metadata=ORIGIN)
    dtype = fields.Raw(metadata=ORIGIN)
    layers = fields.List(fields.Raw(), required=True, metadata=LAYERS)
    preprocessing = fields.Raw(allow_none=True, metadata={**PREPROCESSING, "type": "object"})
    calibration = fields.Raw(allow_none=True, metadata={**CALIBRATION, "type": "object"})


IMPORTED = {"required": True, "content": {JSON: {"schema": ImportBody}, SAFETENSORS: {"schema": FILE}}}


@blp.route("/networks/<network>/weights", operation_id="getNetworkWeights")
@blp.arguments(WeightsQuery, location="query")
@blp.response(200, WeightsSchema)
@blp.alt_response(200, schema=FILE, content_type=SAFETENSORS)
@blp.problems(404, 406)
def show(query: dict[str, Any], network: str) -> Response:
    """Get the weights of a network, layer by layer"""
    return written(load_model(backend(), network, query["snapshot"]), query.get("format"))


@blp.route("/networks/<network>/weights", methods=["POST"], operation_id="importNetworkWeights")
@blp.arguments(ImportQuery, location="query")
@idempotent
@blp.response(201, SnapshotSchema, headers=LOCATION)
@blp.problems(400, 404, 409, 413, 415)
@blp.doc(requestBody=IMPORTED)
def import_here(query: dict[str, Any], network: str) -> Any:
    """Import what reading the weights gave, unchanged, as a new snapshot

    The same as `POST /networks/{network}/snapshots`.
    """
    return created(network, query)


@blp.route("/networks/<network>/snapshots/<snapshot>/weights", operation_id="getSnapshotWeights")
@blp.arguments(FormatQuery, location="query")
@blp.response(200, WeightsSchema)
@blp.alt_response(200, schema=FILE, content_type=SAFETENSORS)
@blp.problems(404, 406)
def show_snapshot(query: dict[str, Any], network: str, snapshot: str) -> Response:
    """Get the weights of a snapshot, layer by layer"""
    return written(load_model(backend(), network, snapshot), query.get("format"))


@blp.route("/networks/<network>/snapshots", methods=["POST"], operation_id="importSnapshot")
@blp.arguments(ImportQuery, location="query")
@idempotent
@blp.response(201, SnapshotSchema, headers=LOCATION)
@blp.problems(400, 404, 409, 413, 415)
@blp.doc(requestBody=IMPORTED)
def add(query: dict[str, Any], network: str) -> Any:
    """Import weights as a new snapshot

    Send JSON by layer or a safetensors file. Names and shapes must match the network's. For a table network, send the
    weights with their `preprocessing`.
    """
    return created(network, query)


def created(network: str, query: dict[str, Any]) -> Any:
    made = imported(network, query.get("alias"))
    return made, 201, {"Location": url_for("snapshots.show", network=network, snapshot=made.id)}


def imported(network: str, alias: str | None) -> Snapshot:
    if request.mimetype == SAFETENSORS:
        return weights.import_safetensors(backend(), network, read_body(), alias)
    body = StrictParser().parse(ImportBody, request, location="json")
    return weights.import_layers(backend(), network, body, alias)


def written(model: Model, wanted: str | None) -> Response:
    if chosen(FORMATS, wanted) == "safetensors":
        file_name = f"{model.record.name}-{model.snapshot.id}.safetensors"
        disposition = {"Content-Disposition": f'attachment; filename="{file_name}"'}
        return Response(weights.safetensors_of(model), mimetype=SAFETENSORS, headers=disposition)
    snapshot = model.snapshot
    about = {"network": model.record.name, "snapshot": snapshot.id, "epoch": snapshot.epoch, "dtype": snapshot.dtype}
    body: dict[str, Any] = {"layers": weights.layers_of(model)}
    if model.signature.has_statistics:
        body["preprocessing"] = snapshot.preprocessing
    if snapshot.calibration is not None:
        body["calibration"] = snapshot.calibration
    return json_response({**about, **body})
