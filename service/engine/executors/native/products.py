"""Products of matrices, by the loop of `np.matmul`."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from service.engine.arrays import Array
from service.engine.executors.native.axes import NotLowered
from service.engine.executors.native.loops import loop_of
from service.engine.executors.native.row import PRODUCT, Row, address, extent, row

Layout = tuple[tuple[int, ...], tuple[int, ...]]


def product(a: Array, b: Array, out: Array, *, dot: bool = False) -> Row:
    """out = a b, of matrices or of stacks of them; as `a.dot(b, out)` computes it if `dot`."""
    found = loop_of(np.matmul, a.dtype.char + b.dtype.char + out.dtype.char)
    if found is None or any(np.may_share_memory(out, matrix) for matrix in (a, b)) or out.ndim not in (2, 3):
        raise NotLowered
    if dot and 1 in (*a.shape, *b.shape) and not _same_bits(_layout(a), _layout(b), _layout(out), out.dtype):
        raise NotLowered
    (m, n), p = a.shape[-2:], b.shape[-1]
    stacks = [matrix.strides[0] if matrix.ndim == 3 else 0 for matrix in (a, b, out)]
    count = out.shape[0] if out.ndim == 3 else 1
    numbers = [count, m, n, p, *stacks, *a.strides[-2:], *b.strides[-2:], *out.strides[-2:]]
    return row(PRODUCT, map(address, (a, b, out)), numbers, loop=found[0], data=found[1])


def _layout(array: Array) -> Layout:
    return array.shape, array.strides


@cache
def _same_bits(a: Layout, b: Layout, out: Layout, dtype: np.dtype[Any]) -> bool:
    """Whether `dot` and `matmul` agree on matrices of this layout: with a side of 1 they choose among other routines,
    which may sum in another order. One try tells, because the choice depends on nothing else."""
    generator = np.random.default_rng(0)
    left, right, expected, actual = (_like(layout, dtype) for layout in (a, b, out, out))
    for matrix in (left, right):
        matrix[...] = generator.normal(size=matrix.shape) * generator.integers(0, 2, matrix.shape)
    left.dot(right, expected)
    np.matmul(left, right, actual)
    return expected.tobytes() == actual.tobytes()


def _like(layout: Layout, dtype: np.dtype[Any]) -> Array:
    memory = np.zeros(extent(*layout, dtype.itemsize) // dtype.itemsize, dtype)
    return as_strided(memory, *layout)
