"""A prediction as JSON or CSV, and its schema."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from typing import Any

import numpy as np
from marshmallow import Schema, fields

from service.api.http.fields import Plain
from service.api.http.numbers import NONFINITE, nonfinite
from service.api.predict.chosen import CHOSEN, chosen
from service.api.predict.written import can_be_written, written_probabilities
from service.data.extra_columns import NO_INPUT, TARGET
from service.data.preprocessing.report import Cells
from service.data.signatures.classes import Classifier
from service.data.signatures.numbered import numbered
from service.data.signatures.output_rows import OutputRows, output_rows
from service.operations.inference.intervals import class_sets, intervals
from service.operations.inference.prediction import Prediction

OUTPUTS = {
    "type": "array",
    "items": {"type": "array", "items": {"type": ["number", "null"]}},
    "description": "One list per row.",
}
CLASSES = {
    "type": "array",
    "items": {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}, {"type": "null"}]},
    "description": "Class index per row; a list of indexes if each output is a separate yes or no.",
}
LABELS = {
    "type": "array",
    "items": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}, {"type": "null"}]},
    "description": "Labels of `classes`, if the network has labels.",
}
PROBABILITIES = {
    "type": "array",
    "items": {"type": ["object", "null"], "additionalProperties": {"type": "number"}},
    "description": "Class probabilities per row, by label or index, if the outputs are probabilities.",
}
CANDIDATE = {
    "type": "object",
    "title": "Candidate",
    "properties": {"class": {"type": "integer"}, "label": {"type": "string"}, "probability": {"type": "number"}},
    "required": ["class", "probability"],
}
TOP_K = {
    "type": "array",
    "items": {"type": ["array", "null"], "items": CANDIDATE},
    "description": "The most probable classes per row, if requested.",
}


PREDICTIONS = {
    "type": "array",
    "items": {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean", "null"]}},
    "description": "The prediction per row in the table's own terms: for each target column a label, a number or a "
    "boolean.",
}
IMPUTED = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "title": "Imputed",
        "properties": {"rows": {"type": "integer"}, "value": {"type": ["string", "number", "boolean"]}},
    },
    "description": "By column: the number of rows without a value, and the value used instead.",
}
UNSEEN = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "title": "Unseen",
        "properties": {
            "rows": {"type": "integer"},
            "values": {"type": "array", "items": {"type": "string"}, "description": "The most frequent ones."},
        },
    },
    "description": "By column: the number of rows with a category that the network has not seen in training.",
}
HELD = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "title": "Held",
        "properties": {
            "rows": {"type": "integer"},
            "low": {"type": "number", "description": "The lowest value in the training rows."},
            "high": {"type": "number", "description": "The highest one."},
        },
    },
    "description": "By target: the number of rows whose prediction lay outside the range of the training rows and was "
    "set to its nearest end, and that range.",
}
IGNORED = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "title": "Ignored",
        "properties": {"reason": {"type": "string", "enum": [TARGET, NO_INPUT]}},
    },
    "description": "By column of the rows that was ignored: the reason, `target` for what the network predicts, "
    "`no_input` for any other column that it does not take.",
}


INTERVALS = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "title": "Interval",
            "properties": {"low": {"type": ["number", "null"]}, "high": {"type": ["number", "null"]}},
            "required": ["low", "high"],
        },
    },
    "description": "If requested, per row and predicted number, by target or by index: a range that holds the true "
    "value in at least the requested share of rows like the validation rows (split conformal prediction).",
}
SETS = {
    "type": "array",
    "items": {"type": ["array", "null"], "items": {"type": "string"}},
    "description": "If requested, per row: classes, the most probable first, among which the true one is in at least "
    "the requested share of rows like the validation rows.",
}


ATTRIBUTIONS = {
    "type": "array",
    "items": {
        "type": "object",
        "title": "Attribution",
        "properties": {
            "output": {
                "type": ["integer", "string"],
                "description": "The explained output, by label or index.",
            },
            "value": {"type": ["number", "null"], "description": "The output for the row."},
            "baseline": {"type": ["number", "null"], "description": "The output for the baseline."},
            "inputs": {
                "type": "object",
                "additionalProperties": {"type": ["number", "null"]},
                "description": "Each input's contribution to value - baseline, by feature name or index.",
            },
            "gap": {
                "type": ["number", "null"],
                "description": "value - baseline minus the sum of the contributions: the integration error.",
            },
        },
        "required": ["output", "value", "baseline", "inputs", "gap"],
    },
    "description": "Contribution of each input to the prediction, per row, if requested.",
}


class PredictionSchema(Schema.from_dict(CHOSEN)):  # type: ignore[misc]  # made of fields
    """Documents what `answer` returns."""

    network = fields.String(required=True, metadata={"description": "The network's name."})
    outputs = Plain(OUTPUTS, required=True)
    predictions = Plain(PREDICTIONS)
    classes = Plain(CLASSES)
    labels = Plain(LABELS)
    probabilities = Plain(PROBABILITIES)
    top_k = Plain(TOP_K)
    imputed = Plain(IMPUTED)
    unseen = Plain(UNSEEN)
    intervals = Plain(INTERVALS)
    sets = Plain(SETS)
    ignored = Plain(IGNORED)
    held = Plain(HELD)
    attributions = Plain(ATTRIBUTIONS)
    nonfinite = Plain(NONFINITE)
    id = fields.String(
        metadata={
            "description": "Under which the log keeps the answer, if the network has one: name it in `POST /feedback`, "
            "with the number of the row."
        }
    )


def answer(prediction: Prediction, *, as_json: bool = False) -> dict[str, Any]:
    """Numbers stay those of the network's dtype, which JSON then shows in its shortest digits.

    With `as_json`, for `encode` alone, outputs and probabilities of many rows are JSON already.
    """
    model, rows = prediction.model, output_rows(prediction.outputs)
    parts: dict[str, Any] = {"network": model.record.name, **chosen(model), "outputs": rows.numbers}
    if model.classifier is not None:
        parts |= classified(model.classifier, rows, prediction.top_k, is_written=as_json)
    by_target = model.signature.by_target(rows.numbers, parts.get("classes", ()), parts.get("labels", ()))
    if by_target is not None:
        parts["predictions"] = by_target
    if prediction.level is not None:
        parts |= _covering(prediction, prediction.level)
    if prediction.id is not None:
        parts["id"] = prediction.id
    parts |= prediction.cells.to_json()
    if prediction.attributions is not None:
        parts["attributions"] = [asdict(attribution) for attribution in prediction.attributions]
    written = {} if rows.all_finite else {"outputs": prediction.outputs.tolist()}
    if (written or "attributions" in parts) and (
        kinds := nonfinite({"attributions": parts.get("attributions", []), **written})
    ):
        parts["nonfinite"] = kinds
    return parts


def _covering(prediction: Prediction, level: float) -> dict[str, Any]:
    model = prediction.model
    if model.classifier is None:
        return {"intervals": intervals(model, prediction.outputs, level)}
    return {"sets": class_sets(model, prediction.outputs, level)}


#: What spreadsheets take for the begin of a formula (OWASP, "CSV Injection").
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def as_csv(prediction: Prediction, *, escape_formulas: bool = False, cells: bool = False) -> str:
    """One line per row: the prediction and the class probabilities, or the outputs of a network of numbers.

    With `cells`, two more columns name the columns of the row that were imputed, or held an unknown category.
    """
    parts = answer(prediction)
    predictions = parts.get("predictions") or [
        ({"label": parts["labels"][index]} if "labels" in parts else {})
        | dict(zip(numbered("output", len(row)), row, strict=True))
        for index, row in enumerate(parts["outputs"])
    ]
    chances = parts.get("probabilities") or [None] * len(predictions)
    lines = [
        row | {f"probability of {name}": share for name, share in (chance or {}).items()}
        for row, chance in zip(predictions, chances, strict=True)
    ]
    lines = [row | note for row, note in zip(lines, _covered_cells(parts, len(lines)), strict=True)]
    if cells:
        notes = (prediction.cells or Cells()).by_row(len(lines))
        lines = [row | note for row, note in zip(lines, notes, strict=True)]
    text = io.StringIO()
    names = list(dict.fromkeys(name for line in lines for name in line))
    shown = without_formula if escape_formulas else plain
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(map(shown, names))
    writer.writerows([shown(line.get(name)) for name in names] for line in lines)
    return text.getvalue()


def _covered_cells(parts: dict[str, Any], rows: int) -> list[dict[str, Any]]:
    """Intervals and sets as cells."""
    if "intervals" in parts:
        return [
            {f"{name} {end}": number for name, ends in row.items() for end, number in ends.items()}
            for row in parts["intervals"]
        ]
    return [{"set": "; ".join(found or ())} for found in parts["sets"]] if "sets" in parts else [{}] * rows


def without_formula(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula: a text that begins like one gets an apostrophe in front."""
    cell = plain(cell)
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def plain(cell: Any) -> Any:
    """A cell as our own CSV reader accepts it; a number that is not finite is left empty."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return None if isinstance(cell, float | np.floating) and not np.isfinite(cell) else cell


def classified(
    classifier: Classifier, rows: OutputRows, top_k: int | None, *, is_written: bool = False
) -> dict[str, Any]:
    classes = classifier.classes(rows)
    parts: dict[str, Any] = {"classes": classes}
    if classifier.form.labels:
        parts["labels"] = classifier.labels(classes)
    if classifier.gives_probabilities and is_written and can_be_written(rows):
        parts |= written_probabilities(rows, classifier.form.names)
    elif classifier.gives_probabilities:
        parts["probabilities"] = classifier.probabilities(rows)
    if top_k is not None:
        parts["top_k"] = classifier.top(rows, top_k)
    return parts
