"""Columns of numbers and of booleans as nodes: float64 inputs, in which NaN is a missing cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from service.data.preprocessing.boolean import BooleanColumn, BooleanState
from service.data.preprocessing.number import NumberColumn, NumberState
from service.exports.onnx.graph import FLOAT64, Value
from service.exports.onnx.scalings import scaled


def number(column: NumberColumn, state: NumberState, x: Value) -> list[Value]:
    """A cell that is missing where none may be becomes NaN, as do the outputs."""
    missing = x.is_nan()
    x = _clipped(column, state, missing.where(x.graph.constant(state.fill, FLOAT64), x))
    if column.log:
        x = x.call("Sign") * abs(x).log1p()
    z = scaled(state.scaling, x)
    if column.smooth_clip is not None:
        z = _bounded(z, column.smooth_clip)
    parts = [z, *([_bins(z, state.knots, column.bin_count)] if column.is_piecewise else [])]
    if column.is_required:
        parts = [missing.where(x.graph.constant(np.nan, FLOAT64), part) for part in parts]
    return [*parts, *_indicator(missing, wanted=column.indicator)]


def _clipped(column: NumberColumn, state: NumberState, x: Value) -> Value:
    low, high = column.clip_range(state)
    x = x if low is None else x.at_least(low)
    return x if high is None else x.at_most(high)


def _bounded(z: Value, bound: float) -> Value:
    """z / √(1 + (z / bound)²), without squares that could overflow."""
    ratio = abs(z / bound)
    longer = ratio.at_least(1.0)
    shorter = ratio.at_most(1.0) / longer
    return z / (longer * (shorter * shorter + 1).call("Sqrt"))


def _bins(z: Value, knots: Sequence[float], count: int) -> Value:
    """The share of each bin that lies below z, (rows, bins); a bin that no knots make starts behind every number."""
    used = len(knots) - 1
    starts = np.full((1, count), np.finfo(np.float64).max)
    widths = np.ones((1, count))
    starts[0, :used], widths[0, :used] = knots[:-1], np.diff(knots)
    return ((z - starts) / widths).at_least(0.0).at_most(1.0)


def plain_numbers(columns: Sequence[tuple[NumberColumn, NumberState]], x: Value) -> Value:
    """Several columns that are shifted and scaled only, at once: (rows, columns)."""
    fills = [np.nan if column.is_required else state.fill for column, state in columns]
    scalings = [state.scaling for _, state in columns]
    filled = x.is_nan().where(x.graph.constant([fills], FLOAT64), x)
    return (filled - [[scaling.shift for scaling in scalings]]) / [[scaling.scale for scaling in scalings]]


def boolean(column: BooleanColumn, state: BooleanState, x: Value) -> list[Value]:
    missing = x.is_nan()
    filled = x if column.is_required else missing.where(x.graph.constant(state.fill, FLOAT64), x)
    return [filled, *_indicator(missing, wanted=column.indicator)]


def _indicator(missing: Value, *, wanted: bool) -> list[Value]:
    return [missing.cast(FLOAT64)] if wanted else []
