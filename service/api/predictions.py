"""A prediction as JSON, and what the documentation says of it."""

from __future__ import annotations

from math import isfinite
from typing import Any

from marshmallow import Schema, fields

from service.api.fields import Plain
from service.api.numbers import NONFINITE, nonfinite
from service.operations.classes import Classifier, Rows
from service.operations.prediction import Prediction

OUTPUTS = {
    "type": "array",
    "items": {"type": "array", "items": {"type": ["number", "null"]}},
    "description": "One list for each row.",
}
CLASSES = {
    "type": "array",
    "items": {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}, {"type": "null"}]},
    "description": "Of each row the index of its class; a list of them where each output is a yes or no of its own.",
}
LABELS = {
    "type": "array",
    "items": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}, {"type": "null"}]},
    "description": "The labels of these classes, where the network has labels.",
}
PROBABILITIES = {
    "type": "array",
    "items": {"type": ["object", "null"], "additionalProperties": {"type": "number"}},
    "description": "Of each row the probability of each class, by label or else by index, where outputs are such.",
}
CANDIDATE = {
    "type": "object",
    "properties": {"class": {"type": "integer"}, "label": {"type": "string"}, "probability": {"type": "number"}},
    "required": ["class", "probability"],
}
TOP_K = {
    "type": "array",
    "items": {"type": ["array", "null"], "items": CANDIDATE},
    "description": "Of each row the most probable classes, where they were asked for.",
}


class PredictionSchema(Schema):
    """Documents what `answer` gives."""

    network = fields.String(required=True, metadata={"description": "By name."})
    snapshot = fields.String(required=True, metadata={"description": "The id of the weights that answer."})
    outputs = Plain(OUTPUTS, required=True)
    classes = Plain(CLASSES)
    labels = Plain(LABELS)
    probabilities = Plain(PROBABILITIES)
    top_k = Plain(TOP_K)
    nonfinite = Plain(NONFINITE)


def answer(prediction: Prediction) -> dict[str, Any]:
    model, rows = prediction.model, prediction.outputs.tolist()
    finite = [row if all(map(isfinite, row)) else None for row in rows]
    parts: dict[str, Any] = {"network": model.record.name, "snapshot": model.snapshot.id, "outputs": rows}
    if model.classifier is not None:
        parts |= classified(model.classifier, finite, prediction.top_k)
    if None in finite:
        parts["nonfinite"] = nonfinite({"outputs": rows})
    return parts


def classified(classifier: Classifier, rows: Rows, top_k: int | None) -> dict[str, Any]:
    classes = classifier.classes(rows)
    parts: dict[str, Any] = {"classes": classes}
    if classifier.form.labels:
        parts["labels"] = classifier.labels(classes)
    if classifier.gives_probabilities:
        parts["probabilities"] = classifier.probabilities(rows)
    if top_k is not None:
        parts["top_k"] = classifier.top(rows, top_k)
    return parts
