"""How well classes are recognised: per class, in pairs, and beyond a single decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from service.data.signatures.classes import Classifier
from service.engine.arrays import Array
from service.engine.metrics.base import divided
from service.engine.metrics.classification import auc
from service.engine.metrics.curves import Bin, Curves, brier, calibration, curves
from service.engine.metrics.decisions import decisions
from service.operations.models.models import Model

#: With more classes, a table of all pairs is too large to read.
MAX_CONFUSED = 1000
#: Of more classes, those with the most rows have curves.
MAX_CURVES = 20

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ClassReport:
    """How well one class is recognised; a quotient 0/0 is NaN."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int  #: rows that are of this class


@dataclass(frozen=True)
class ClassCurves:
    """One class against all others, by its score."""

    label: str
    roc_auc: float | None  #: None without rows of the class, or without others; so are its curves
    curves: Curves | None
    brier: float | None  #: None where scores are no probabilities
    calibration: Sequence[Bin] | None


@dataclass(frozen=True)
class ClassJudgement:
    reports: Sequence[ClassReport]
    confusion: npt.NDArray[np.intp] | None  #: rows by (true class, predicted class), where each has one
    curves: Sequence[ClassCurves]


def judge_classes(model: Model, outputs: Array, targets: Array) -> ClassJudgement | None:
    """None where the network or the targets (rows, outputs) name no classes."""
    classifier = model.classifier
    if classifier is None:
        return None
    if not classifier.multilabel and classifier.form.classes_of(targets) is None:
        return None
    loss = model.network.spec.loss
    with np.errstate(all="ignore"):
        scores, truth = loss.as_probabilities(outputs), loss.as_probabilities(targets)
        wanted = decisions(truth, classifier.multilabel)
        guessed = decisions(classifier.decided(scores), classifier.multilabel)
        true, predicted = _both(wanted), _both(guessed)
    return ClassJudgement(
        _reports(classifier, true, predicted),
        None if classifier.multilabel else _confusion(true, predicted),
        _curves(classifier, scores, wanted),
    )


def _both(cells: Mask) -> Mask:
    """(classes, rows): whether a row is of a class; a single output names two."""
    return np.concatenate((~cells, cells)) if len(cells) == 1 else cells


def _reports(classifier: Classifier, true: Mask, predicted: Mask) -> list[ClassReport]:
    right, support, assigned = (cells.sum(axis=1) for cells in (true & predicted, true, predicted))
    quotients = zip(
        divided(right, assigned).tolist(),
        divided(right, support).tolist(),
        divided(2 * right, assigned + support).tolist(),
        support.tolist(),
        strict=True,
    )
    return [ClassReport(name, *numbers) for name, numbers in zip(classifier.form.names, quotients, strict=True)]


def _confusion(true: Mask, predicted: Mask) -> npt.NDArray[np.intp] | None:
    count = len(true)
    if count > MAX_CONFUSED:
        return None
    pairs = true.argmax(axis=0) * count + predicted.argmax(axis=0)
    return np.bincount(pairs, minlength=count * count).reshape(count, count)


def _curves(classifier: Classifier, scores: Array, wanted: Mask) -> list[ClassCurves]:
    """Of a single output those of the positive class: the other one's say the same."""
    names = classifier.form.names[-len(wanted) :]
    most = np.sort(np.argsort(-wanted.sum(axis=1), kind="stable")[:MAX_CURVES])
    return [_curve(classifier, names[index], scores[:, index], wanted[index]) for index in most]


def _curve(classifier: Classifier, label: str, scores: Array, positive: Mask) -> ClassCurves:
    lines = curves(scores, positive)
    is_probable = classifier.gives_probabilities and not np.isnan(scores).any()
    return ClassCurves(
        label,
        auc(scores, positive) if lines else None,
        lines,
        brier(scores, positive) if is_probable else None,
        calibration(scores, positive) if is_probable else None,
    )
