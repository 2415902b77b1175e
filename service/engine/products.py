"""How NumPy multiplies matrices: whether two ways give the same bits on matrices of given layouts."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from service.engine.arrays import Array, extent

Layout = tuple[tuple[int, ...], tuple[int, ...]]
#: Takes left and right factors, and what their products are written to, each (tries, …).
Multiply = Callable[[Array, Array, Array], object]
#: Pairs of matrices that are multiplied both ways, as far as their numbers are so many in all. One pair may hide that a
#: number at an edge, of which there is only one, is summed in another order, which often rounds alike.
TRIES = 64
DRAWN = 1 << 14
CACHE_LINE = 64


def dot_equals_matmul(a: Array, b: Array, out: Array) -> bool:
    """Whether `a.dot(b, out)` and `np.matmul(a, b, out)` give the same bits: with a side of 1 they choose among other
    routines, which may sum in another order."""
    return 1 not in (*a.shape, *b.shape) or _dot_equals_matmul(layout(a), layout(b), layout(out), out.dtype)


@cache
def _dot_equals_matmul(a: Layout, b: Layout, out: Layout, dtype: np.dtype[Any]) -> bool:
    return give_same_bits(dot_each, np.matmul, a, b, out, dtype)


def give_same_bits(one: Multiply, other: Multiply, a: Layout, b: Layout, out: Layout, dtype: np.dtype[Any]) -> bool:
    """Whether two ways multiply matrices of such layouts to the same bits. To try tells, because the choice of a
    routine depends on nothing but the layout."""
    tries = max(1, min(TRIES, DRAWN // (math.prod(a[0]) + math.prod(b[0]))))
    generator = np.random.default_rng(0)
    left, right, expected, actual = (_like(layout, dtype, tries) for layout in (a, b, out, out))
    for matrices in (left, right):
        matrices[...] = generator.normal(size=matrices.shape)
    # Zeros show with which sign a sum begins, and products that underflow whether they are rounded before they are
    # added.
    for share, scale in ((1.0, 1.0), (0.5, 1.0), (1.0, math.sqrt(np.finfo(dtype).smallest_subnormal) / 2)):
        for matrices in (left, right):
            matrices *= scale * (generator.random(matrices.shape) < share)
        one(left, right, expected)
        other(left, right, actual)
        if expected.tobytes() != actual.tobytes():
            return False
    return True


def dot_each(left: Array, right: Array, out: Array) -> None:
    for a, b, c in zip(left, right, out, strict=True):
        a.dot(b, c)


def layout(array: Array) -> Layout:
    return array.shape, array.strides


def _like(layout: Layout, dtype: np.dtype[Any], count: int) -> Array:
    """So many matrices of a layout, each at another place in the lines of the cache: a routine may begin with the
    numbers before a boundary."""
    shape, strides = layout
    size = -(-extent(shape, strides, dtype.itemsize) // CACHE_LINE) * CACHE_LINE + dtype.itemsize
    return as_strided(np.zeros(count * size // dtype.itemsize, dtype), (count, *shape), (size, *strides))
