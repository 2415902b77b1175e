"""What an answer says about the weights it comes from: which they are, who or what has chosen them, and a warning."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from service.api.http.fields import Plain
from service.domain.versions import ChosenBy, Comparison
from service.operations.models.models import Model

COMPARISON = {
    "type": "object",
    "properties": {
        "monitored": {"type": ["string", "null"], "description": "The number that was compared."},
        "value": {"type": ["number", "null"], "description": "Its best value."},
        "jobs": {"type": "integer", "description": "How many succeeded jobs were compared."},
    },
    "required": ["monitored", "value", "jobs"],
    "description": "With `snapshot=best`: how it was found among the succeeded jobs that monitored the same number on "
    "the same rows as the newest of them.",
}
THRESHOLD = {
    "type": "object",
    "title": "AppliedThreshold",
    "properties": {
        "positive": {"type": "string", "description": "The class, by label or index."},
        "value": {"type": "number"},
    },
    "required": ["positive", "value"],
    "description": "Only if the weights have one: the class is predicted where its probability is above `value`, "
    "otherwise the most probable of the others.",
}
CHOSEN: dict[str, Any] = {
    "model": fields.String(metadata={"description": "The model that was asked, if one was."}),
    "snapshot": fields.String(required=True, metadata={"description": "The id of the snapshot used."}),
    "version": fields.Integer(
        required=True, allow_none=True, metadata={"description": "The version that it was published as, if it was."}
    ),
    "alias": fields.String(
        required=True, allow_none=True, metadata={"description": "The alias that led to it, if one did."}
    ),
    "chosen_by": fields.String(
        required=True,
        validate=validate.OneOf([rule.value for rule in ChosenBy]),
        metadata={
            "description": "What chose the snapshot. `live` follows the first of these that there is: the `alias` "
            "production; the newest of what a `job` ended with that succeeded and of each `import`; the `initial` "
            "weights. Otherwise the kind of reference."
        },
    ),
    "best": Plain(COMPARISON),
    "threshold": Plain(THRESHOLD),
    "trained": fields.Boolean(metadata={"description": "`false` if the weights are still drawn at random."}),
    "warnings": fields.List(fields.String(), metadata={"description": "Why not to rely on the answer, if anything."}),
}
#: What an answer says that comes from weights as they were drawn at the start.
UNTRAINED = {
    "trained": False,
    "warnings": ["These are the network's first weights: no training has changed them. Train it, or name a snapshot."],
}


def chosen(model: Model) -> dict[str, Any]:
    choice = model.choice
    parts: dict[str, Any] = {} if model.served_as is None else {"model": model.served_as}
    parts |= {
        "snapshot": choice.snapshot.id,
        "version": choice.snapshot.version,
        "alias": choice.alias,
        "chosen_by": choice.chosen_by,
    }
    if choice.comparison is not None:
        parts["best"] = compared(choice.comparison)
    threshold = choice.snapshot.threshold
    if threshold is not None and threshold["value"] is not None:
        parts["threshold"] = {"positive": threshold["positive"], "value": threshold["value"]}
    return parts if model.is_trained else parts | UNTRAINED


def compared(comparison: Comparison) -> dict[str, Any]:
    return {"monitored": comparison.monitored, "value": comparison.value, "jobs": comparison.jobs}
