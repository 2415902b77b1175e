"""Intervals of numbers, and sets of classes, that hold the true value in a given share of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from service.data.calibration import Calibration
from service.data.signatures.output_rows import output_rows
from service.engine.arrays import Array
from service.engine.calibration import rows_needed
from service.operations.models.models import Model
from service.schema.rules import Number
from service.schema.validation import DataError, ValidationIssue

#: By the name of an output.
Interval = dict[str, dict[str, float]]
LEVEL = Number(above=0, below=1)


def read_level(model: Model, value: Any) -> float:
    """The share of rows that is to be covered. Raises SpecError or DataError."""
    level = LEVEL.read(value)
    calibration = model.calibration
    if calibration is None:
        message = "needs weights that were trained with validation rows, which say how far predictions are off"
        raise DataError([ValidationIssue((), message)])
    if not calibration.scores:
        raise DataError([ValidationIssue((), "needs a network that predicts numbers, or one of several classes")])
    if None in calibration.quantiles(level):
        found = f"{level:g} needs {rows_needed(level):,} validation rows, and these weights have {calibration.rows:,}"
        raise DataError([ValidationIssue((), found)])
    return level


def intervals(model: Model, outputs: Array, level: float) -> list[Interval]:
    """Of each row of outputs in the user's units, by output: prediction ± a quantile of the validation rows' errors."""
    names, half = list(map(str, model.signature.output_names)), np.array(quantiles(model, level))
    lows, highs = (outputs - half).tolist(), (outputs + half).tolist()
    return [
        {name: {"low": low, "high": high} for name, low, high in zip(names, *ends, strict=True)}
        for ends in zip(lows, highs, strict=True)
    ]


def class_sets(model: Model, outputs: Array, level: float) -> list[list[str] | None]:
    """Of each row the classes whose probability is high enough, the most probable first: at least one (Sadinle, Lei &
    Wasserman 2019, section 2). None for a row that is not finite."""
    assert model.classifier is not None
    least = 1 - quantiles(model, level)[0]
    return [
        None if shares is None else _likely(shares, least)
        for shares in model.classifier.probabilities(output_rows(outputs))
    ]


def _likely(shares: dict[str, float], least: float) -> list[str]:
    ordered = sorted(shares, key=lambda name: -shares[name])
    return [name for name in ordered if shares[name] >= least] or ordered[:1]


def quantiles(model: Model, level: float) -> Sequence[float]:
    """For a level that `read_level` has accepted: of each number, or the only one of classes."""
    calibration = model.calibration
    assert isinstance(calibration, Calibration)
    return [quantile for quantile in calibration.quantiles(level) if quantile is not None]
