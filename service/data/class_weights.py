"""How much each class counts: weights by class, as weights of the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from service.data.matrices import Matrix
from service.data.targets import TargetForm
from service.engine.rows import Rows
from service.schema.rules import Number, shown, unknown
from service.schema.validation import DataError, SpecError, ValidationIssue

PATH = ("class_weights",)
ONE_CLASS_EACH = "needs a target that names one class for each row"
#: Weights by label, or BALANCED: as a job remembers them.
ClassWeights = Mapping[str, float]
#: A label may be "balanced" too, but no weight is True.
BALANCED: ClassWeights = {"balanced": True}

_WEIGHT = Number(minimum=0)


def read_class_weights(value: Any, labels: Sequence[str]) -> ClassWeights:
    """Read "balanced", a weight for each class in order, or weights by label; a class not named counts 1.

    Raises DataError.
    """
    if value == "balanced" and isinstance(value, str):
        return BALANCED
    if isinstance(value, Mapping):
        return _read_items([(label, weight) for label, weight in value.items()], labels)
    if isinstance(value, list | tuple):
        if len(value) != len(labels):
            raise DataError(
                [ValidationIssue((), f"must have one weight for each of {len(labels)} classes, got {len(value)}")]
            )
        return _read_items(list(enumerate(value)), labels)
    raise DataError(
        [ValidationIssue((), f'must be "balanced", a list of weights, or weights by label; got {shown(value)}')]
    )


def weigh_by_class(rows: Rows, weights: ClassWeights | None, form: TargetForm) -> Rows:
    """Training rows, each weighted by its class too; None leaves them as they are.

    Raises DataError with paths below `class_weights`.
    """
    if weights is None:
        return rows
    classes = form.classes_of(rows.targets)
    if classes is None:
        raise DataError([ValidationIssue(PATH, ONE_CLASS_EACH)])
    try:
        return rows.weighted(weigh_rows(classes, weights, form.names))
    except DataError as error:
        # The issue's path is the first row's, which does not say which class's weight is wrong.
        raise DataError([ValidationIssue(PATH, error.issues[0].message)]) from error


def weigh_rows(classes: npt.NDArray[np.intp], weights: ClassWeights, labels: Sequence[str]) -> Matrix:
    """The weight of each row, by its class.

    "balanced" weighs class c by rows / (classes present · rows of c), so that all classes present count the same.
    """
    if weights.get("balanced") is True:
        counts = np.bincount(classes, minlength=len(labels))
        per_class = classes.size / (np.count_nonzero(counts) * np.maximum(counts, 1))
    else:
        per_class = np.array([weights.get(label, 1.0) for label in labels])
    return per_class[classes]


def _read_items(items: Sequence[tuple[str | int, Any]], labels: Sequence[str]) -> dict[str, float]:
    weights: dict[str, float] = {}
    issues: list[ValidationIssue] = []
    for place, weight in items:
        label = labels[place] if isinstance(place, int) else place
        if label not in labels:
            issues.append(ValidationIssue((place,), unknown(label, labels, "label")))
            continue
        try:
            weights[label] = _WEIGHT.read(weight)
        except SpecError as error:
            issues.extend(issue.under(place) for issue in error.issues)
    if not issues and len(weights) == len(labels) and not any(weights.values()):
        issues.append(ValidationIssue((), "must not all be 0: no row would have any weight"))
    if issues:
        raise DataError(issues)
    return weights
