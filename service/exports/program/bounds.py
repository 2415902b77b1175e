"""What intervals and sets of classes are made with, in an exported program (split conformal prediction)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def around(numbers: np.ndarray, half: float | Sequence[float]) -> np.ndarray:
    """The numbers less and plus half a width, (rows, 2) or (rows, outputs, 2)."""
    middle, off = numbers.astype(float), np.array(half)
    return np.stack([middle - off, middle + off], axis=-1)


def likely(chances: np.ndarray, least: float) -> np.ndarray:
    """Which classes are probable enough, at least the most probable one, (rows, classes); none if a row has no
    probabilities."""
    best = chances.argmax(axis=1)[:, None] == np.arange(chances.shape[1])
    return ((chances.astype(float) >= least) | best) & np.isfinite(chances).all(axis=1, keepdims=True)
