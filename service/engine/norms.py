"""Norms of vectors, also of those whose square is beyond their dtype. To be called where NumPy does not warn of
overflow, which is looked for here: to say so each time would cost as much as a small vector's norm."""

from __future__ import annotations

import math

import numpy as np

from service.engine.arrays import Array


def norm(vector: Array) -> float:
    """‖v‖ of one flat vector: not finite only where a number of v is not, or where no float64 could hold it."""
    squared = np.dot(vector, vector)
    return math.sqrt(squared) if math.isfinite(squared) else float(_rescaled(vector))


def norms(vectors: Array) -> Array:
    """`norm` along the last axis."""
    squared: Array = np.einsum("...p,...p->...", vectors, vectors)
    roots: Array = np.sqrt(squared)
    return roots if np.isfinite(squared).all() else np.where(np.isfinite(squared), roots, _rescaled(vectors))


def shrink(vectors: Array, limit: float) -> None:
    """v = v min(1, limit / ‖v‖) in place, along the last axis; vectors (…, p)."""
    vectors *= (limit / np.maximum(norms(vectors), limit)).astype(vectors.dtype)[..., None]


def _rescaled(vectors: Array) -> Array:
    """In float64 and by the largest number of each vector, so that no square overflows."""
    largest = np.abs(vectors).max(axis=-1, keepdims=True).astype(np.float64)
    small = vectors / largest
    of_each: Array = largest[..., 0] * np.sqrt(np.einsum("...p,...p->...", small, small))
    return of_each
