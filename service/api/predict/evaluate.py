"""`POST /evaluate`: loss, metrics, and what suits classes or numbers, on given or held-out rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from service.api.http.context import backend
from service.api.http.fields import Plain, Strict, Text
from service.api.http.json_provider import json_response
from service.api.http.numbers import NONFINITE, nonfinite
from service.api.http.row_schemas import ROWS, TABLE
from service.api.http.schema_docs import engine_fields
from service.api.http.smorest import Blueprint
from service.api.networks.snapshots import REFERENCE
from service.api.predict import evaluation_schemas as schemas
from service.api.predict.answer import IMPUTED, UNSEEN
from service.api.predict.asked import MODEL
from service.api.predict.chosen import CHOSEN, chosen
from service.api.predict.evaluation_schemas import CLASSES, CONFUSION, CURVES, EVALUATED_ON, NAIVE, TARGETS
from service.engine.training.spec import TrainingSpec
from service.operations.inference.evaluated_rows import ALL, PARTS
from service.operations.inference.evaluation import Evaluation, evaluate_model

blp = Blueprint("evaluate", __name__, tag="evaluation")

LEFT_OUT = "Data set rows skipped because they have no usable target."
LOSS = {"type": ["number", "null"], "description": "Includes regularisation and sample weights, as in training."}
POSITIVE = (
    "Of two classes predicted by one output: the class that the metrics `precision`, `recall`, `f1` and `roc_auc` are "
    "of."
)
TEMPERATURE = (
    "If the training fitted one: what the scores behind probabilities are divided by, in predictions as in the figures "
    "here."
)
WANTED = (
    "Which rows of the training, if neither `data` nor another data set is given. Default: the test rows that it set "
    "apart, or else its validation rows."
)


class EvaluateBody(Strict):
    network = Text(allow_none=True, metadata={"description": "By id or name. Required without `model` and `job`."})
    model = Text(allow_none=True, metadata=MODEL)
    job = Text(allow_none=True, metadata={"description": "A training: evaluates what it ended with, by default."})
    snapshot = Text(metadata={"description": f"{REFERENCE} Default: `live`, or the newest one of the `job`."})
    data = Plain({"anyOf": [TABLE, ROWS, {"type": "null"}]}, allow_none=True)
    dataset = Text(
        allow_none=True,
        metadata={"description": "Instead of `data`: a data set, for a table network with the same columns."},
    )
    rows = Text(allow_none=True, validate=validate.OneOf([*PARTS, ALL]), metadata={"description": WANTED})
    metrics = engine_fields(TrainingSpec)["metrics"]

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def check_required(self, data: Mapping[str, Any], given: Any, **kwargs: Any) -> None:
        if not isinstance(given, Mapping):
            return
        named = [name for name in ("network", "model", "job") if given.get(name) is not None]
        if not named:
            raise ValidationError({"network": ["is required, or a model, or a job"]})
        if "job" in named[1:]:
            raise ValidationError({named[0]: ["must be left out with a job, which names the network"]})
        if len(named) > 1:
            raise ValidationError({"model": ["must not be given together with network"]})


class EvaluationSchema(Schema.from_dict(CHOSEN)):  # type: ignore[misc]  # made of fields
    """Documents what `written` returns."""

    network = fields.String(required=True, metadata={"description": "The network's name."})
    evaluated_on = Plain(EVALUATED_ON, required=True)
    rows = fields.Integer(required=True)
    rows_left_out = fields.Integer(metadata={"description": LEFT_OUT})
    imputed = Plain(IMPUTED)
    unseen = Plain(UNSEEN)
    loss = Plain(LOSS)
    metrics = Plain({"type": "object", "additionalProperties": {"type": ["number", "null"]}}, required=True)
    naive = Plain(NAIVE, required=True)
    temperature = fields.Float(metadata={"description": TEMPERATURE})
    positive = fields.String(metadata={"description": POSITIVE})
    classes = Plain(CLASSES, required=True)
    confusion = Plain(CONFUSION, required=True)
    curves = Plain(CURVES, required=True)
    targets = Plain(TARGETS, required=True)
    nonfinite = Plain(NONFINITE)


@blp.route("/evaluate", methods=["POST"], operation_id="evaluate")
@blp.arguments(EvaluateBody)
@blp.response(200, EvaluationSchema)
@blp.problems(400, 404, 409, 413, 415)
def evaluate(body: dict[str, Any]) -> Response:
    """Evaluate a network on rows

    On rows of the request, on a data set, or on the rows that a training held out: `{"job": …}`, or a network or a
    model whose weights come from a training of that data set. Rows that it was trained on need an explicit `rows`.
    Returns the loss and the requested metrics beside those of a naive answer; for classes precision, recall and F1, a
    confusion matrix, ROC and precision-recall curves and calibration; for numbers the residuals. Nothing is stored.
    """
    return written(evaluate_model(backend(), body))


def written(evaluation: Evaluation) -> Response:
    model, classes = evaluation.model, evaluation.classes
    answer = {"network": model.record.name, **chosen(model)}
    if warnings := [*answer.pop("warnings", []), *evaluation.on.warnings]:
        answer["warnings"] = warnings
    answer |= {
        "evaluated_on": schemas.evaluated_on(evaluation.on),
        "rows": evaluation.rows,
        **({"rows_left_out": evaluation.left_out} if evaluation.left_out else {}),
        **evaluation.cells.to_json(),
        "loss": evaluation.loss,
        "metrics": evaluation.metrics,
        "naive": schemas.naive(evaluation.naive),
        **({} if evaluation.positive is None else {"positive": evaluation.positive}),
        **({} if model.temperature == 1 else {"temperature": model.temperature}),
        "classes": schemas.reports(classes),
        "curves": schemas.class_curves(classes),
        "targets": schemas.targets(evaluation.numbers),
    }
    if kinds := nonfinite(answer):
        answer["nonfinite"] = kinds
    answer["confusion"] = schemas.confusion(classes)
    return json_response(answer)
