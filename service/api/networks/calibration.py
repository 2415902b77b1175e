"""`GET /networks/{network}/calibration`: how far the probabilities and numbers of some weights can be believed."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from service.api.http.context import backend
from service.api.http.fields import Plain, Strict, Text
from service.api.http.json_provider import json_response
from service.api.http.schema_docs import spec_schema
from service.api.http.smorest import Blueprint
from service.api.networks.snapshots import REFERENCE
from service.api.predict.chosen import CHOSEN, chosen
from service.data.thresholds import Threshold
from service.domain.versions import LIVE
from service.operations.inference.calibration import Report, calibration_of

blp = Blueprint("calibration", __name__, tag="evaluation")

BIN = {
    "type": "object",
    "properties": {
        "low": {"type": "number"},
        "high": {"type": "number"},
        "rows": {"type": "integer"},
        "confidence": {"type": "number", "description": "Mean probability of the chosen class."},
        "accuracy": {"type": "number", "description": "Share of rows in which it was right."},
    },
    "required": ["low", "high", "rows", "confidence", "accuracy"],
    "description": "Validation rows whose chosen class has a probability above `low` and at most `high`.",
}
RELIABILITY = {
    "type": ["object", "null"],
    "properties": {
        "log_loss": {"type": "number"},
        "ece": {
            "type": "number",
            "description": "Expected calibration error: Σ rows · |confidence - accuracy| / rows.",
        },
        "bins": {"type": "array", "items": BIN},
    },
    "required": ["log_loss", "ece", "bins"],
}
THRESHOLD = {
    "anyOf": [spec_schema(Threshold), {"type": "null"}],
    "description": "The threshold of one class that `threshold` in `POST /train` asked for, with figures of the "
    "validation rows by the usual rule (`before`) and by the threshold (`after`). Without `value`, none was chosen, "
    "for the `reason`. Null if none was asked for.",
}
LEVELS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "level": {"type": "number", "description": "The share of rows that is covered."},
            "half_widths": {
                "type": "object",
                "additionalProperties": {"type": "number"},
                "description": "By target or index: a prediction is off by at most so much.",
            },
            "least_probability": {"type": "number", "description": "The probability of a class that is in the set."},
        },
        "required": ["level"],
    },
    "description": "Of levels that there are enough validation rows for: what `interval` in predictions uses.",
}


class CalibrationQuery(Strict):
    snapshot = Text(load_default=LIVE, metadata={"description": REFERENCE})


class CalibrationSchema(Schema.from_dict(CHOSEN)):  # type: ignore[misc]  # made of fields
    """Documents what `written` returns."""

    network = fields.String(required=True, metadata={"description": "The network's name."})
    rows = fields.Integer(required=True, metadata={"description": "Validation rows that this is from."})
    temperature = fields.Float(
        required=True,
        metadata={"description": "What predictions divide the scores behind probabilities by; 1: nothing is changed."},
    )
    fitted_temperature = fields.Float(
        required=True,
        allow_none=True,
        metadata={
            "description": "What suits the validation rows, shrunk towards 1; null for numbers. `calibrate` in "
            "`POST /train` makes predictions use it."
        },
    )
    before = Plain(
        {**RELIABILITY, "description": "Of probabilities at temperature 1; null for numbers."}, required=True
    )
    after = Plain({**RELIABILITY, "description": "Of probabilities at the fitted temperature."}, required=True)
    threshold = Plain(THRESHOLD, required=True)
    levels = Plain(LEVELS, required=True)


@blp.route("/networks/<network>/calibration", operation_id="getCalibration")
@blp.arguments(CalibrationQuery, location="query")
@blp.response(200, CalibrationSchema)
@blp.problems(404)
def show(query: dict[str, Any], network: str) -> Response:
    """Get how well the probabilities or numbers of a network agree with its validation rows

    Of the rows that the training of these weights validated on: bins of probabilities with how often they were right,
    and what intervals of numbers, or sets of classes, take to cover a share of the rows. Answers 404 for weights that
    were trained without validation rows.
    """
    return written(calibration_of(backend(), network, query["snapshot"]))


def written(report: Report) -> Response:
    model, known = report.model, report.calibration.to_json()
    parts = {name: known[name] for name in ("rows", "temperature", "fitted_temperature", "before", "after")}
    parts["threshold"] = known.get("threshold")
    return json_response({"network": model.record.name, **chosen(model), **parts, "levels": report.levels})
