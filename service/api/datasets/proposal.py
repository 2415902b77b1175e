"""`GET /datasets/{dataset}/proposal`: a network and a training for a table, to send as they are or changed."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from service.api.http.context import backend
from service.api.http.fields import Plain, Strict, Text
from service.api.http.smorest import Blueprint
from service.engine.recipes import MAX_MEMBERS
from service.operations.networks.proposal import MEMBERS, propose_for

blp = Blueprint("proposal", __name__, tag="datasets")


class ProposalQuery(Strict):
    target = fields.List(
        Text(),
        required=True,
        metadata={"description": "The column to predict; repeat for several columns."},
    )
    members = fields.Integer(
        load_default=MEMBERS,
        validate=validate.Range(1, MAX_MEMBERS),
        metadata={"description": "How many networks to average, see docs/ensembles.md; 1 is a network alone."},
    )


REASONS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "option": {"type": "string", "description": "The field of the columns in `network`, such as `log`."},
            "columns": {"type": "array", "items": {"type": "string"}},
            "reason": {"type": "string"},
        },
        "required": ["option", "columns", "reason"],
    },
    "description": "Why options of columns were chosen. Each may be changed in `network`.",
}


OFFERS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "train": {
                "type": "object",
                "additionalProperties": True,
                "description": "Fields to add to `train`.",
            },
            "effect": {"type": "string"},
            "cost": {"type": "string"},
        },
        "required": ["train", "effect", "cost"],
    },
    "description": "If a class is rare: what a training may do about it, and what that costs. Take at most one.",
}
BODIES = {
    "network": {"$ref": "#/components/schemas/NetworkBody", "description": "The body for `POST /networks`."},
    "train": {"$ref": "#/components/schemas/TrainBody", "description": "The body for `POST /train`."},
}


class ProposalSchema(Schema):
    network = Plain(BODIES["network"], required=True)
    train = Plain(BODIES["train"], required=True)
    reasons = Plain(REASONS, required=True)
    offers = Plain(OFFERS, required=True)
    warnings = fields.List(
        fields.String(), required=True, metadata={"description": "What looks doubtful about the table."}
    )


@blp.route("/datasets/<dataset>/proposal", operation_id="getProposal")
@blp.arguments(ProposalQuery, location="query")
@blp.response(200, ProposalSchema)
@blp.problems(400, 404)
def show(query: dict[str, Any], dataset: str) -> Any:
    """Propose a network and a training job for a data set

    Every column except ids and constants becomes an input, preprocessed by its type. Nothing is stored.
    """
    targets = query["target"]
    target = targets[0] if len(targets) == 1 else targets
    return propose_for(backend(), dataset, target, members=query["members"])
