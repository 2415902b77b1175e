"""`POST /evaluate`: loss, metrics and confusion matrix on given rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Response
from marshmallow import Schema, ValidationError, fields, validates_schema

from service.api.http.context import backend
from service.api.http.fields import Plain, Strict, Text
from service.api.http.json_provider import json_response
from service.api.http.numbers import NONFINITE, nonfinite
from service.api.http.row_schemas import ROWS, TABLE
from service.api.http.schema_docs import engine_fields
from service.api.http.smorest import Blueprint
from service.api.networks.snapshots import REFERENCE
from service.api.predict.answer import IMPUTED, UNSEEN
from service.api.predict.chosen import CHOSEN, chosen
from service.domain.versions import LIVE
from service.engine.training.spec import TrainingSpec
from service.operations.inference.evaluation import Evaluation, evaluate_model

blp = Blueprint("evaluate", __name__, tag="inference")

QUOTIENT = {"type": ["number", "null"]}
CLASS_REPORT = {
    "type": "object",
    "properties": {
        "label": {"type": "string"},
        "precision": QUOTIENT,
        "recall": QUOTIENT,
        "f1": QUOTIENT,
        "support": {"type": "integer", "description": "Number of rows of this class."},
    },
}
CLASSES = {
    "type": ["array", "null"],
    "items": CLASS_REPORT,
    "description": "Per class, by label or index; null if neither network nor targets define classes.",
}
CONFUSION = {
    "type": ["object", "null"],
    "properties": {
        "labels": {"type": "array", "items": {"type": "string"}},
        "counts": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
    },
    "description": "Confusion matrix: rows are true classes, columns are predicted classes. Null if a row may have "
    "several classes, and beyond 1000 classes.",
}


class EvaluateBody(Strict):
    network = Text(required=True, metadata={"description": "By id or name."})
    snapshot = Text(load_default=LIVE, metadata={"description": REFERENCE})
    data = Plain({"anyOf": [TABLE, ROWS, {"type": "null"}]}, allow_none=True)
    dataset = Text(
        allow_none=True,
        metadata={"description": "Instead of `data`: a data set, for a table network with the same columns."},
    )
    metrics = engine_fields(TrainingSpec)["metrics"]

    @validates_schema(skip_on_field_errors=False)
    def check_required(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        if "data" not in data and "dataset" not in data:
            raise ValidationError({"data": ["is required, or a dataset"]})


class EvaluationSchema(Schema.from_dict(CHOSEN)):  # type: ignore[misc]  # made of fields
    """Documents what `written` returns."""

    network = fields.String(required=True, metadata={"description": "The network's name."})
    rows = fields.Integer(required=True)
    rows_left_out = fields.Integer(
        metadata={"description": "Data set rows skipped because they have no usable target."}
    )
    imputed = Plain(IMPUTED)
    unseen = Plain(UNSEEN)
    loss = Plain(
        {"type": ["number", "null"], "description": "Includes regularisation and sample weights, as in training."}
    )
    metrics = Plain({"type": "object", "additionalProperties": {"type": ["number", "null"]}}, required=True)
    positive = fields.String(
        metadata={
            "description": "Of two classes predicted by one output: the class that the metrics `precision`, `recall`, "
            "`f1` and `roc_auc` are of."
        }
    )
    classes = Plain(CLASSES, required=True)
    confusion = Plain(CONFUSION, required=True)
    nonfinite = Plain(NONFINITE)


@blp.route("/evaluate", methods=["POST"], operation_id="evaluate")
@blp.arguments(EvaluateBody)
@blp.response(200, EvaluationSchema)
@blp.problems(400, 404, 413, 415)
def evaluate(body: dict[str, Any]) -> Response:
    """Evaluate a network on rows

    Returns the loss and the requested metrics; for a classifier also precision, recall and F1 per class and a
    confusion matrix. Nothing is stored.
    """
    return written(evaluate_model(backend(), body))


def written(evaluation: Evaluation) -> Response:
    model, classes = evaluation.model, evaluation.classes
    answer = {
        "network": model.record.name,
        **chosen(model),
        "rows": evaluation.rows,
        **({"rows_left_out": evaluation.left_out} if evaluation.left_out else {}),
        **evaluation.cells.to_json(),
        "loss": evaluation.loss,
        "metrics": evaluation.metrics,
        **({} if evaluation.positive is None else {"positive": evaluation.positive}),
        "classes": None if classes is None else [asdict(report) for report in classes],
    }
    if kinds := nonfinite(answer):
        answer["nonfinite"] = kinds
    answer["confusion"] = confusion(evaluation)
    return json_response(answer)


def confusion(evaluation: Evaluation) -> dict[str, Any] | None:
    if evaluation.confusion is None or evaluation.classes is None:
        return None
    return {"labels": [report.label for report in evaluation.classes], "counts": evaluation.confusion.tolist()}
