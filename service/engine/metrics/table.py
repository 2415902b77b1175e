"""The registry of metrics, and the metrics of values; `classification` holds those of classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from service.engine.arrays import Array, Floats
from service.engine.metrics.base import Metric, divided, mean
from service.engine.metrics.classification import (
    F1,
    Accuracy,
    AveragePrecision,
    LogLoss,
    Precision,
    Recall,
    RocAuc,
    TopKAccuracy,
)
from service.schema.fields import Registry


@dataclass(frozen=True, kw_only=True)
class MeanAbsoluteError(Metric):
    name = "mae"
    formula = "1/(N n) Σ |a - y|"
    source = "Willmott & Matsuura 2005"
    higher_is_better = False
    kind = "any"

    def _of(self, outputs: Array, targets: Array, multilabel: bool) -> float:
        return float(np.mean(np.abs(residuals(outputs, targets))))


@dataclass(frozen=True, kw_only=True)
class RootMeanSquaredError(Metric):
    """The mean over the outputs of each output's error."""

    name = "rmse"
    formula = "√(1/N Σ (a - y)²)"
    source = "Willmott & Matsuura 2005"
    higher_is_better = False
    kind = "any"

    def _of(self, outputs: Array, targets: Array, multilabel: bool) -> float:
        return float(np.mean(np.sqrt(np.mean(np.square(residuals(outputs, targets)), axis=0))))


@dataclass(frozen=True, kw_only=True)
class R2(Metric):
    """The mean over the outputs; an output whose targets are all equal is left out, NaN if none is left."""

    name = "r2"
    formula = "1 - Σ (a - y)² / Σ (y - mean y)²"
    source = "Wright 1921; Kvålseth 1985, statistic 1"
    kind = "regression"

    def _of(self, outputs: Array, targets: Array, multilabel: bool) -> float:
        unexplained = np.sum(np.square(residuals(outputs, targets)), axis=0)
        spread = np.sum(np.square(targets - np.mean(targets, axis=0, dtype=np.float64)), axis=0)
        # Equal targets can have a variance from rounding errors, so their range decides.
        return mean(1.0 - divided(unexplained, np.where(np.ptp(targets, axis=0) > 0, spread, 0.0)))


@dataclass(frozen=True, kw_only=True)
class MeanAbsolutePercentageError(Metric):
    """A fraction, not a percentage; NaN if a target is 0."""

    name = "mape"
    formula = "1/(N n) Σ |a - y| / |y|"
    source = "de Myttenaere et al. 2016"
    higher_is_better = False
    kind = "regression"

    def _of(self, outputs: Array, targets: Array, multilabel: bool) -> float:
        if not targets.all():
            return float("nan")
        return float(np.mean(np.abs(residuals(outputs, targets) / targets)))


def residuals(outputs: Array, targets: Array) -> Floats:
    return np.subtract(outputs, targets, dtype=np.float64)


METRICS: Registry[Metric] = Registry(
    "metric",
    Accuracy,
    TopKAccuracy,
    Precision,
    Recall,
    F1,
    RocAuc,
    AveragePrecision,
    LogLoss,
    MeanAbsoluteError,
    RootMeanSquaredError,
    R2,
    MeanAbsolutePercentageError,
)


def higher_is_better(monitored: str) -> bool:
    """Whether higher is better for a metric such as ``loss`` or ``val_top_3_accuracy``."""
    key = monitored.removeprefix("val_")
    return key.endswith("accuracy") or (key in METRICS and METRICS[key].higher_is_better)
