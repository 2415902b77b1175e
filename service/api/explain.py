"""`POST /networks/{network}/explain`: one training step in full, to be read and not to be taken."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from service.api.context import backend
from service.api.engine_schemas import engine_fields
from service.api.fields import Plain, Strict, Text
from service.api.json_provider import json_response
from service.api.numbers import NONFINITE, nonfinite
from service.api.smorest import Blueprint
from service.api.snapshots import REFERENCE
from service.api.tables import ROW, TARGET
from service.api.weights import LAYERS
from service.operations.explanation import ExplanationSpec, explain_step

blp = Blueprint("explain", __name__, description="See backpropagation at work.")

NUMBER = {"type": ["number", "null"]}
MATRIX = {"type": ["array", "null"], "items": {"type": "array", "items": NUMBER}}
TENSORS = {"type": "object", "additionalProperties": {"type": "array"}}
PASS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "type": {"type": "string"},
            "formula": {"type": "string"},
            "z": {**MATRIX, "description": "Weighted sums, a list for each row."},
            "activation": {**MATRIX, "description": "What the layer hands on."},
            "delta": {**MATRIX, "description": "The derivative of the loss by z."},
            "gradients": {**TENSORS, "description": "The derivative of the loss by each tensor, under its name."},
        },
    },
    "description": "Every layer from the input to the output; null is what a layer does not have.",
}
CALLS = {
    "type": "array",
    "items": {"type": "object", "properties": {"layer": {"type": "string"}, "formula": {"type": "string"}}},
    "description": "The step in words, call by call.",
}


class ExplainBody(Strict.from_dict(engine_fields(ExplanationSpec))):  # type: ignore[misc]  # made of the spec's fields
    snapshot = Text(load_default="latest", metadata={"description": REFERENCE})
    inputs = Plain({"anyOf": [{"type": "array", "minItems": 1, "items": ROW}, ROW]}, required=True)
    targets = Plain({"anyOf": [{"type": "array", "minItems": 1, "items": TARGET}, TARGET]}, required=True)


class ExplanationSchema(Schema):
    """Documents the answer."""

    network = fields.String(required=True, metadata={"description": "By name."})
    snapshot = fields.String(required=True, metadata={"description": "The id of the weights before the step."})
    loss = Plain(NUMBER, required=True)
    outputs = Plain(MATRIX, required=True)
    layers = Plain(PASS, required=True)
    calls = Plain(CALLS, required=True)
    after = Plain({**LAYERS, "description": "The weights after the step."}, required=True)
    nonfinite = Plain(NONFINITE)


@blp.route("/networks/<network>/explain", methods=["POST"])
@blp.arguments(ExplainBody)
@blp.response(200, ExplanationSchema)
@blp.problems(400, 404, 413, 415)
def explain(body: dict[str, Any], network: str) -> Response:
    """Explain one training step

    Forward, backward and the update, with every number in it. For one row or a few, and networks small enough to be
    read. Nothing is stored.
    """
    model, explanation = explain_step(backend(), network, body)
    answer = {"network": model.record.name, "snapshot": model.snapshot.id, **explanation.to_json()}
    if kinds := nonfinite(answer):
        answer["nonfinite"] = kinds
    return json_response(answer)
