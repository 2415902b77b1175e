"""`POST /feedback`: what answered rows turned out to be."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from service.api.http.context import backend
from service.api.http.fields import Plain, Strict, Text
from service.api.http.json_provider import json_response
from service.api.http.smorest import Blueprint
from service.operations.monitoring.feedback import give_feedback

blp = Blueprint("feedback", __name__, tag="monitoring")

MAX_ITEMS = 5000
#: Of any type: what it must be depends on the network.
ACTUAL = {
    "description": "In the words and units of the target: a label, a number, true or false; of several targets an "
    "object by target, and of several plain outputs a list."
}


class FeedbackItem(Strict):
    id = Text(required=True, metadata={"maxLength": 100, "description": "The id that the answer carried."})
    row = fields.Integer(
        strict=True,
        load_default=0,
        validate=validate.Range(0, 2**31 - 1, error="must be at least 0"),
        metadata={"description": "The row of the request."},
    )
    actual = Plain(ACTUAL, required=True)


class FeedbackBody(Strict):
    items = fields.List(
        fields.Nested(FeedbackItem),
        required=True,
        validate=validate.Length(1, MAX_ITEMS, error=f"must have 1 to {MAX_ITEMS:,} items"),
    )


class UnknownItem(Schema):
    item = fields.Integer(required=True, metadata={"description": "Its place in `items`."})
    id = fields.String(required=True)
    row = fields.Integer(required=True)


class FeedbackSchema(Schema):
    stored = fields.Integer(required=True, metadata={"description": "Rows whose truth is known now."})
    unknown = fields.List(  # type: ignore[assignment]  # marshmallow takes fields out of their class
        fields.Nested(UnknownItem),
        required=True,
        metadata={
            "description": "Items whose answer is not kept: not any more, or not yet. Answers arrive in a second."
        },
    )


@blp.route("/feedback", methods=["POST"], operation_id="giveFeedback")
@blp.arguments(FeedbackBody)
@blp.response(200, FeedbackSchema)
@blp.problems(400, 413, 415)
def feedback(body: dict[str, Any]) -> Response:
    """Say what predicted rows turned out to be

    `id` is that of an answer of `/predict`, from a network that keeps its answers. The last word for a row counts.
    """
    items = body["items"]
    found = give_feedback(backend(), items)
    unknown = [{"item": place, "id": items[place]["id"], "row": items[place]["row"]} for place in found.unknown]
    return json_response({"stored": found.stored, "unknown": unknown})
