"""Metrics of classifiers: how often, and how confidently, the right class is predicted."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from service.engine.arrays import Array
from service.engine.losses.base import Kind
from service.engine.metrics.base import Metric, divided, mean
from service.engine.metrics.curves import average_precision
from service.engine.metrics.decisions import THRESHOLD, Cells, chosen, decisions, feature_major
from service.schema.fields import field
from service.schema.rules import Integer, OneOf
from service.schema.validation import ValidationIssue


@dataclass(frozen=True, kw_only=True)
class Accuracy(Metric):
    """Share of rows with the right class; with `multilabel`, share of rows with every label right."""

    name = "accuracy"
    formula = "right rows / rows"
    source = "Manning, Raghavan & Schütze 2008, section 8.3"
    by_order = True
    by_decision = True

    def _of(self, outputs: Array, targets: Array, multilabel: bool) -> float:
        if multilabel or outputs.shape[1] == 1:
            wrong = (outputs > THRESHOLD) != (targets > THRESHOLD)
            return 1.0 - np.count_nonzero(wrong.any(axis=1)) / len(outputs)
        return np.count_nonzero(chosen(outputs) & chosen(targets)) / len(outputs)


@dataclass(frozen=True, kw_only=True)
class TopKAccuracy(Metric):
    """Share of rows whose class is among the k largest outputs; NaN for one output or with `multilabel`."""

    name = "top_k_accuracy"
    formula = "rows whose class is among the k largest outputs / rows"
    source = "Russakovsky et al. 2015, section 4.1 (top-5 error)"
    by_order = True

    k: int = field(Integer(minimum=1), default=5, help="number of guesses per row")

    @property
    def key(self) -> str:
        return f"top_{self.k}_accuracy"

    def misfits(self, kind: Kind, outputs: int) -> Iterable[ValidationIssue]:
        yield from super().misfits(kind, outputs)
        if outputs < 2:
            yield ValidationIssue((), f"{self.name} needs several outputs, one per class")
        elif self.k > outputs:
            yield ValidationIssue(("k",), f"must be at most the number of outputs, {outputs}; got {self.k}")

    def _of(self, outputs: Array, targets: Array, multilabel: bool) -> float:
        if multilabel or outputs.shape[1] == 1:
            return float("nan")
        scores, right = feature_major(outputs), feature_major(targets).argmax(axis=0)
        own = np.take_along_axis(scores, right[None], axis=0)
        earlier = np.arange(len(scores))[:, None] < right
        ahead = np.count_nonzero((scores > own) | ((scores == own) & earlier), axis=0)
        return np.count_nonzero(ahead < self.k) / len(outputs)


@dataclass(frozen=True, kw_only=True)
class _Averaged(Metric):
    """Base of the metrics computed from true positives, false positives and false negatives.

    `binary` is for class 1 of a single output, `micro` sums the counts of all classes, `macro` is the mean over the
    classes that occur in targets or outputs, where 0/0 counts as 0. Elsewhere 0/0 is NaN.
    """

    by_decision = True

    average: str | None = field(
        OneOf(("binary", "macro", "micro")), default=None, help="null: binary with one output, otherwise macro"
    )

    def misfits(self, kind: Kind, outputs: int) -> Iterable[ValidationIssue]:
        yield from super().misfits(kind, outputs)
        if self.average == "binary" and outputs > 1:
            yield ValidationIssue(
                ("average",), f"binary needs a single output, this network has {outputs}; use macro or micro"
            )

    def _of(self, outputs: Array, targets: Array, multilabel: bool) -> float:
        average = self.average or ("binary" if outputs.shape[1] == 1 else "macro")
        if average == "binary" and outputs.shape[1] > 1:
            return float("nan")
        guessed, true = decisions(outputs, multilabel), decisions(targets, multilabel)
        if average != "binary" and len(guessed) == 1:
            guessed, true = np.concatenate((~guessed, guessed)), np.concatenate((~true, true))
        counts = np.stack((tally(guessed & true), tally(guessed & ~true), tally(~guessed & true)))
        if average != "macro":
            return float(divided(*self._ratio(*counts.sum(axis=1, keepdims=True)))[0])
        ratios = divided(*self._ratio(*counts[:, counts.any(axis=0)]))
        return mean(np.nan_to_num(ratios))

    @abstractmethod
    def _ratio(self, tp: Array, fp: Array, fn: Array) -> tuple[Array, Array]:
        """Numerator and denominator from true positives, false positives and false negatives."""


@dataclass(frozen=True, kw_only=True)
class Precision(_Averaged):
    """NaN (binary, micro) if nothing is predicted positive."""

    name = "precision"
    formula = "TP / (TP + FP)"
    source = "Manning, Raghavan & Schütze 2008, section 8.3; averages: section 13.6"

    def _ratio(self, tp: Array, fp: Array, fn: Array) -> tuple[Array, Array]:
        return tp, tp + fp


@dataclass(frozen=True, kw_only=True)
class Recall(_Averaged):
    """NaN (binary, micro) if nothing is positive."""

    name = "recall"
    formula = "TP / (TP + FN)"
    source = "Manning, Raghavan & Schütze 2008, section 8.3; averages: section 13.6"

    def _ratio(self, tp: Array, fp: Array, fn: Array) -> tuple[Array, Array]:
        return tp, tp + fn


@dataclass(frozen=True, kw_only=True)
class F1(_Averaged):
    """NaN (binary, micro) if nothing is positive or predicted positive."""

    name = "f1"
    formula = "2 TP / (2 TP + FP + FN)"
    source = "van Rijsbergen 1979, chapter 7; Manning, Raghavan & Schütze 2008, section 8.3; averages: section 13.6"

    def _ratio(self, tp: Array, fp: Array, fn: Array) -> tuple[Array, Array]:
        return 2 * tp, 2 * tp + fp + fn


@dataclass(frozen=True, kw_only=True)
class _OfCurve(Metric):
    """The mean over the outputs of one number of each, from its scores and which rows are positive."""

    @abstractmethod
    def _of_output(self, scores: Array, positive: Cells) -> float: ...

    def _of(self, outputs: Array, targets: Array, multilabel: bool) -> float:
        if np.isnan(outputs).any():
            return float("nan")
        positive = decisions(targets, multilabel)
        return mean(np.array([self._of_output(*pair) for pair in zip(outputs.T, positive, strict=True)]))


@dataclass(frozen=True, kw_only=True)
class RocAuc(_OfCurve):
    """Probability that a positive row scores above a negative one, ties counting half; the mean over the outputs.

    An output is left out if its rows are all positive or all negative; NaN if no output is left or one is NaN.
    """

    name = "roc_auc"
    formula = "(pairs won + ½ pairs tied) / (positives · negatives), one class against the rest"
    source = "Hanley & McNeil 1982; the mean over classes: Fawcett 2006, section 10.2"

    def _of_output(self, scores: Array, positive: Cells) -> float:
        return auc(scores, positive)


@dataclass(frozen=True, kw_only=True)
class AveragePrecision(_OfCurve):
    """Area under the precision-recall curve, a sum of steps; the mean over the outputs.

    An output is left out if its rows are all positive or all negative; NaN if no output is left or one is NaN.
    """

    name = "average_precision"
    formula = "Σ (recallₙ - recallₙ₋₁) precisionₙ over the scores from the highest, one class against the rest"
    source = "Manning, Raghavan & Schütze 2008, section 8.4; as in scikit-learn"

    def _of_output(self, scores: Array, positive: Cells) -> float:
        return average_precision(scores, positive)


@dataclass(frozen=True, kw_only=True)
class LogLoss(Metric):
    """Mean over rows of -log of the probability of the true class; with `multilabel`, mean over rows and outputs.

    Probabilities are clipped to one machine epsilon of their dtype from 0 and 1.
    """

    name = "log_loss"
    formula = "-1/N Σ y log p; one output and multilabel: -1/N Σ (y log p + (1 - y) log(1 - p))"
    source = "Bishop 2006, equations 4.108 and 4.90"
    higher_is_better = False

    def _of(self, outputs: Array, targets: Array, multilabel: bool) -> float:
        p, y = clear_of_the_ends(feature_major(outputs)), feature_major(targets)
        if not multilabel and len(p) > 1:
            return -total(y * np.log(p)) / len(outputs)
        return -total(y * np.log(p) + (1 - y) * np.log1p(-p)) / p.size


def tally(cells: Cells) -> Array:
    """Number of rows per class, from (classes, rows)."""
    return np.array([np.count_nonzero(row) for row in cells])


def auc(scores: Array, positive: Cells) -> float:
    """Area under one ROC curve by counting, for every positive, the negatives below it."""
    winners, losers = scores[positive], np.sort(scores[~positive])
    if not (winners.size and losers.size):
        return float("nan")
    below = np.searchsorted(losers, winners, "left") + np.searchsorted(losers, winners, "right")
    return float(below.sum() / (2 * winners.size * losers.size))


def clear_of_the_ends(p: Array) -> Array:
    epsilon = np.finfo(p.dtype).eps
    return np.clip(p, epsilon, 1 - epsilon)


def total(values: Array) -> float:
    return float(np.sum(values, dtype=np.float64))
