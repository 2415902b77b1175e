"""How an evaluation is written: its JSON Schema, and the JSON itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from service.engine.metrics.curves import Bin, Point
from service.operations.inference.class_reports import ClassCurves, ClassJudgement
from service.operations.inference.evaluated_rows import ALL, GIVEN, PARTS, EvaluatedOn
from service.operations.inference.naive import Naive
from service.operations.inference.number_reports import NumberReport

NUMBER, ORNULL = {"type": "number"}, {"type": ["number", "null"]}
COUNT, WORD = {"type": "integer"}, {"type": "string"}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(items: Any, description: str) -> dict[str, Any]:
    return {"type": ["array", "null"], "items": items, "description": description}


EVALUATED_ON = {
    **_object(
        rows={"enum": [GIVEN, *PARTS, ALL]},
        job={"type": ["string", "null"], "description": "The training whose rows they are."},
        dataset={"type": ["string", "null"]},
        counts={"type": ["object", "null"], "additionalProperties": COUNT, "description": "Rows of each of its parts."},
    ),
    "description": "Which rows: `given` with the request, a part of a training's rows, or `all` of a data set or of a "
    "training.",
}
NAIVE = {
    **_object(
        answer={"type": "object", "additionalProperties": ORNULL},
        label={"type": ["string", "null"], "description": "The most frequent class."},
        loss=ORNULL,
        metrics={"type": "object", "additionalProperties": ORNULL},
    ),
    "description": "The best constant answer for these rows, and what it achieves: the shares of the classes, so that "
    "the majority is predicted; the mean of numbers, or the median for an absolute loss.",
}
REPORT = _object(
    label=WORD,
    precision=ORNULL,
    recall=ORNULL,
    f1=ORNULL,
    support={"type": "integer", "description": "Number of rows of this class."},
)
CLASSES = _list(REPORT, "Per class, by label or index; null if neither network nor targets define classes.")
CONFUSION = {
    "type": ["object", "null"],
    "properties": {
        "labels": {"type": "array", "items": WORD},
        "counts": {"type": "array", "items": {"type": "array", "items": COUNT}},
    },
    "description": "Confusion matrix: rows are true classes, columns are predicted classes. Null if a row may have "
    "several classes, and beyond 1000 classes.",
}
CURVES = _list(
    _object(
        label=WORD,
        roc_auc=ORNULL,
        average_precision=ORNULL,
        brier_score=ORNULL,
        roc=_list(
            _object(threshold=ORNULL, false_positive_rate=NUMBER, true_positive_rate=NUMBER),
            "At most 200 points; a threshold of null is above every score.",
        ),
        precision_recall=_list(_object(threshold=NUMBER, recall=NUMBER, precision=NUMBER), "At most 200 points."),
        calibration=_list(
            _object(**{"from": NUMBER, "to": NUMBER}, rows=COUNT, predicted=NUMBER, observed=NUMBER),
            "Bins of probability: the mean of it, and the share of rows that are of the class. Null where scores are "
            "no probabilities.",
        ),
    ),
    "One class against all others, by its score: of two classes told by one output the positive one, and of more than "
    "20 classes those with the most rows. Null without classes.",
)
TARGETS = _list(
    _object(
        name=WORD,
        residual_mean=ORNULL,
        residual_quantiles={"type": "array", "items": _object(quantile=NUMBER, value=ORNULL)},
        points={"type": "array", "items": _object(row=COUNT, actual=ORNULL, predicted=ORNULL)},
    ),
    "Per predicted number: quantiles of the residuals, actual minus predicted in your units, and at most 200 rows, "
    "spread evenly over all. Null for a network that predicts classes.",
)


def evaluated_on(on: EvaluatedOn) -> dict[str, Any]:
    counts = None if on.counts is None else dict(on.counts)
    return {"rows": on.rows, "job": on.job.id if on.job else None, "dataset": on.dataset, "counts": counts}


def naive(found: Naive) -> dict[str, Any]:
    return {"answer": found.answer, "label": found.label, "loss": found.loss, "metrics": found.metrics}


def reports(found: ClassJudgement | None) -> list[dict[str, Any]] | None:
    return None if found is None else [asdict(report) for report in found.reports]


def confusion(found: ClassJudgement | None) -> dict[str, Any] | None:
    if found is None or found.confusion is None:
        return None
    return {"labels": [report.label for report in found.reports], "counts": found.confusion.tolist()}


def class_curves(found: ClassJudgement | None) -> list[dict[str, Any]] | None:
    return None if found is None else [_curves(one) for one in found.curves]


def targets(found: Iterable[NumberReport] | None) -> list[dict[str, Any]] | None:
    return None if found is None else [_target(one) for one in found]


def _curves(one: ClassCurves) -> dict[str, Any]:
    lines = one.curves
    return {
        "label": one.label,
        "roc_auc": one.roc_auc,
        "average_precision": lines.average_precision if lines else None,
        "brier_score": one.brier,
        "roc": _points(lines.roc, "false_positive_rate", "true_positive_rate") if lines else None,
        "precision_recall": _points(lines.precision_recall, "recall", "precision") if lines else None,
        "calibration": None if one.calibration is None else [_bin(bin) for bin in one.calibration],
    }


def _points(points: Iterable[Point], x: str, y: str) -> list[dict[str, Any]]:
    return [{"threshold": point.threshold, x: point.x, y: point.y} for point in points]


def _bin(bin: Bin) -> dict[str, Any]:
    edges = {"from": bin.low, "to": bin.high}
    return {**edges, "rows": bin.rows, "predicted": bin.predicted, "observed": bin.observed}


def _target(one: NumberReport) -> dict[str, Any]:
    return {
        "name": one.name,
        "residual_mean": one.mean,
        "residual_quantiles": [{"quantile": quantile, "value": value} for quantile, value in one.quantiles],
        "points": [pair._asdict() for pair in one.pairs],
    }
