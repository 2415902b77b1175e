"""Fitted scalings as nodes, in float64."""

from __future__ import annotations

from functools import reduce
from operator import add

import numpy as np

from service.data.preprocessing.scalers import Scaling
from service.exports.onnx.graph import FLOAT64, Value


def scaled(scaling: Scaling, x: Value) -> Value:
    """Of x (rows, 1) without missing numbers."""
    return _shares(x, np.array(scaling.knots)) if scaling.knots else (x - scaling.shift) / scaling.scale


def _shares(x: Value, knots: np.ndarray) -> Value:
    """The share of the training rows below x: as far as x is on the way from each knot to the next, in all of their
    number. Where knots are equal, x takes half a step at the knot and half behind it; at the first knot it takes all
    behind, at the last one all at it."""
    steps = len(knots) - 1
    widths, starts = np.diff(knots), knots[:-1]
    rises = widths > 0
    parts = []
    if rises.any():
        ways = ((x - starts[rises][None]) / widths[rises][None]).at_least(0.0).at_most(1.0)
        parts.append(ways @ np.full((int(rises.sum()), 1), 1 / steps))
    if not rises.all():
        jumps, counts = np.unique(starts[~rises], return_counts=True)
        at = np.where(jumps == knots[0], 0.0, np.where(jumps == knots[-1], 1.0, 0.5))
        for reached, share in ((x >= jumps[None], at), (x > jumps[None], 1 - at)):
            parts.append(reached.cast(FLOAT64) @ (share * counts / steps)[:, None])
    return reduce(add, parts)
