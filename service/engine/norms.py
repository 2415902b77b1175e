"""Norms of vectors, including those whose square overflows their dtype. Call them with NumPy's overflow warnings off:
overflow is detected here, and switching the warnings for each call would cost as much as a small vector's norm."""

from __future__ import annotations

import math

import numpy as np

from service.engine.arrays import Array


def norm(vector: Array) -> float:
    """‖v‖ of one flat vector: not finite only if a number of v is not, or if no float64 can represent it."""
    squared = np.dot(vector, vector)
    return math.sqrt(squared) if math.isfinite(squared) else float(_rescaled(vector))


def each_norm(vectors: Array) -> Array:
    """`norm` of each vector along the last axis, to the bit: NumPy sums the products of each as it does alone."""
    squared = np.vecdot(vectors, vectors)
    roots: Array = np.sqrt(squared, dtype=np.float64)
    for place in np.argwhere(~np.isfinite(squared)):
        roots[*place] = norm(vectors[*place])
    return roots


def norms(vectors: Array) -> Array:
    """`norm` along the last axis."""
    squared: Array = np.einsum("...p,...p->...", vectors, vectors)
    roots: Array = np.sqrt(squared)
    return roots if np.isfinite(squared).all() else np.where(np.isfinite(squared), roots, _rescaled(vectors))


def shrink(vectors: Array, limit: float) -> None:
    """v = v min(1, limit / ‖v‖) in place, along the last axis; vectors (…, p)."""
    vectors *= (limit / np.maximum(norms(vectors), limit)).astype(vectors.dtype)[..., None]


def _rescaled(vectors: Array) -> Array:
    """In float64 and scaled by the largest number of each vector, so that no square overflows."""
    largest = np.abs(vectors).max(axis=-1, keepdims=True).astype(np.float64)
    small = vectors / largest
    of_each: Array = largest[..., 0] * np.sqrt(np.einsum("...p,...p->...", small, small))
    return of_each
