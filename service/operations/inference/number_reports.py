"""How far predicted numbers are from the actual ones: quantiles of the residuals, and a sample of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from service.engine.arrays import Array
from service.operations.models.models import Model

QUANTILES = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)
#: Rows that are shown, spread evenly over all, and outputs.
MAX_POINTS, MAX_OUTPUTS = 200, 20


class Pair(NamedTuple):
    row: int  #: from 0, among the rows that were evaluated
    actual: float
    predicted: float


@dataclass(frozen=True)
class NumberReport:
    """A residual is actual minus predicted, in the user's units."""

    name: str
    mean: float  #: of the residuals
    quantiles: Sequence[tuple[float, float]]  #: of the residuals
    pairs: Sequence[Pair]


def judge_numbers(model: Model, predicted: Array, actual: Array) -> list[NumberReport] | None:
    """From numbers (rows, outputs) in the user's units; None for a network that predicts classes."""
    if model.classifier is not None:
        return None
    names = [str(name) for name in model.signature.output_names][:MAX_OUTPUTS]
    sample = np.unique(np.linspace(0, len(actual) - 1, min(len(actual), MAX_POINTS)).round().astype(np.intp))
    return [_report(name, predicted[:, at], actual[:, at], sample) for at, name in enumerate(names)]


def _report(name: str, predicted: Array, actual: Array, sample: Array) -> NumberReport:
    with np.errstate(all="ignore"):
        residuals = np.subtract(actual, predicted, dtype=np.float64)
        values = _quantiles(residuals)
        mean = float(np.mean(residuals))
    pairs = zip(sample.tolist(), actual[sample].tolist(), predicted[sample].tolist(), strict=True)
    return NumberReport(name, mean, list(zip(QUANTILES, values, strict=True)), [Pair(*pair) for pair in pairs])


def _quantiles(residuals: Array) -> list[float]:
    """Between two rows by interpolation, which infinite residuals do not allow."""
    wanted = np.array(QUANTILES)
    is_finite = np.isfinite(residuals).all()
    values = np.quantile(residuals, wanted) if is_finite else np.quantile(residuals, wanted, method="nearest")
    return [float(value) for value in values]
