"""Products so small that to call BLAS takes longer than to compute them. BLAS sums the terms of most of them one by
one: then the loop does, with the same bits."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from typing import Any

import numpy as np

from service.engine.arrays import Array
from service.engine.executors.native.library import fuses, loaded, part
from service.engine.executors.native.row import SMALL, Row, address, of_dtype, product_numbers, row
from service.engine.products import Layout, dot_each, give_same_bits, layout

#: `enum rounding` of loop.c.
FUSED_SUM, FUSED_AND_ADDED, ROUNDED = range(3)
#: Multiplications of one product. With more of them BLAS is faster.
MOST_MULTIPLIED = 256
#: Terms of one sum, for which loop.c has room.
MOST_SUMMED = 64


def small(a: Array, b: Array, out: Array, *, dot: bool) -> Row | None:
    """The row for a product, or those of a stack, that the loop computes itself; None where BLAS has to."""
    (m, n), p = a.shape[-2:], b.shape[-1]
    if not 0 < m * n * p <= MOST_MULTIPLIED or n > MOST_SUMMED or out.strides[-1] != out.itemsize:
        return None
    each = (matrix[0] if matrix.ndim == 3 else matrix for matrix in (a, b, out))
    rounding = _rounding(*map(layout, each), out.dtype, dot)
    return None if rounding is None else _row(rounding, a, b, out)


def _row(rounding: int, a: Array, b: Array, out: Array) -> Row:
    kind = of_dtype(SMALL, out.dtype)
    return row(kind, map(address, (a, b, out)), product_numbers(a, b, out), data=rounding)


@cache
def _rounding(a: Layout, b: Layout, out: Layout, dtype: np.dtype[Any], dot: bool) -> int | None:
    """How NumPy sums the products of such matrices."""
    way = dot_each if dot else np.matmul
    known = (each for each in _roundings() if give_same_bits(way, partial(_multiply, each), a, b, out, dtype))
    return next(known, None)


def _roundings() -> Sequence[int]:
    return (FUSED_SUM, FUSED_AND_ADDED, ROUNDED) if fuses() else (ROUNDED,)


def _multiply(rounding: int, a: Array, b: Array, out: Array) -> None:
    table = np.array([_row(rounding, a, b, out)], np.int64)
    part(loaded(brief=True), table, 0, 1)()
