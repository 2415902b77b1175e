"""`GET /datasets/{dataset}/proposal`: a network and a training for a table, to send as they are or changed."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from service.api.http.context import backend
from service.api.http.fields import Plain, Strict, Text
from service.api.http.smorest import Blueprint
from service.operations.networks.proposal import propose_for

blp = Blueprint("proposal", __name__, tag="datasets")


class ProposalQuery(Strict):
    target = fields.List(
        Text(),
        required=True,
        metadata={"description": "The column to predict; repeat for several columns."},
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


class ProposalSchema(Schema):
    network = Plain({"type": "object", "description": "A body for `POST /networks`."}, required=True)
    train = Plain({"type": "object", "description": "A body for `POST /train`."}, required=True)
    reasons = Plain(REASONS, required=True)
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
    return propose_for(backend(), dataset, targets[0] if len(targets) == 1 else targets)
