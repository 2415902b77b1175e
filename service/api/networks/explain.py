"""`POST /networks/{network}/explain`: one training step in full, computed and not applied."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from service.api.http.context import backend
from service.api.http.fields import Plain, Strict, Text
from service.api.http.json_provider import json_response
from service.api.http.numbers import NONFINITE, nonfinite
from service.api.http.row_schemas import ROW, TARGET
from service.api.http.schema_docs import engine_fields
from service.api.http.smorest import Blueprint
from service.api.networks.network_schemas import NetworkBody
from service.api.networks.snapshots import REFERENCE
from service.api.networks.weights import LAYERS
from service.operations.inference.explanation import ExplanationSpec, explain_spec, explain_step

blp = Blueprint("explain", __name__, tag="explanation")

NUMBER = {"type": ["number", "null"]}
MATRIX = {"type": ["array", "null"], "items": {"type": "array", "items": NUMBER}}
TENSORS = {"type": "object", "additionalProperties": {"type": "array", "items": {}}}
PASS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "type": {"type": "string"},
            "formula": {"type": "string"},
            "z": {**MATRIX, "description": "Weighted sums, one list per row."},
            "activation": {**MATRIX, "description": "The layer's output."},
            "delta": {**MATRIX, "description": "The derivative of the loss with respect to z."},
            "gradients": {
                **TENSORS,
                "description": "The derivative of the loss with respect to each tensor, by tensor name.",
            },
        },
    },
    "description": "Every layer from input to output; null where a layer has no such value.",
}
CALLS = {
    "type": "array",
    "items": {"type": "object", "properties": {"layer": {"type": "string"}, "formula": {"type": "string"}}},
    "description": "The calls that make up the step, in order.",
}


class StepBody(Strict.from_dict(engine_fields(ExplanationSpec))):  # type: ignore[misc]  # made of the spec's fields
    inputs = Plain({"anyOf": [{"type": "array", "minItems": 1, "items": ROW}, ROW]}, required=True)
    targets = Plain({"anyOf": [{"type": "array", "minItems": 1, "items": TARGET}, TARGET]}, required=True)
    member = fields.Integer(
        strict=True,
        allow_none=True,
        metadata={"description": "Of an ensemble, the member that takes the step, from 1; required there."},
    )


class ExplainBody(StepBody):
    snapshot = Text(load_default="latest", metadata={"description": REFERENCE})


class ExplainSpecBody(StepBody):
    network = fields.Nested(NetworkBody, required=True)
    layers = fields.List(
        fields.Raw(),
        allow_none=True,
        metadata={**LAYERS, "description": "The weights before the step. Default: the network's initial weights."},
    )


class StepSchema(Schema):
    """Documents the answer."""

    network = fields.String(required=True, metadata={"description": "The network's name."})
    loss = Plain(NUMBER, required=True)
    outputs = Plain(MATRIX, required=True)
    layers = Plain(PASS, required=True)
    calls = Plain(CALLS, required=True)
    after = Plain({**LAYERS, "description": "The weights after the step."}, required=True)
    nonfinite = Plain(NONFINITE)


class ExplanationSchema(StepSchema):
    snapshot = fields.String(required=True, metadata={"description": "The id of the weights before the step."})


@blp.route("/networks/<network>/explain", methods=["POST"], operation_id="explainStep")
@blp.arguments(ExplainBody)
@blp.response(200, ExplanationSchema)
@blp.problems(400, 404, 413, 415)
def explain(body: dict[str, Any], network: str) -> Response:
    """Explain one training step

    Returns every number of the forward pass, the backward pass and the update. Meant for a few rows and small
    networks. Nothing is stored.
    """
    model, explanation = explain_step(backend(), network, body)
    return answer({"network": model.record.name, "snapshot": model.snapshot.id, **explanation.to_json()})


@blp.route("/explain", methods=["POST"], operation_id="explainSpecStep")
@blp.arguments(ExplainSpecBody)
@blp.response(200, StepSchema)
@blp.problems(400, 413, 415)
def explain_unstored(body: dict[str, Any]) -> Response:
    """Explain one training step of an unstored network

    The request holds the spec and, optionally, the weights. Use it to try other weights, rows or learning rates.
    """
    record, explanation = explain_spec(backend(), body)
    return answer({"network": record.name, **explanation.to_json()})


def answer(body: dict[str, Any]) -> Response:
    if kinds := nonfinite(body):
        body["nonfinite"] = kinds
    return json_response(body)
