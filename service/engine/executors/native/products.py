"""Products of matrices and of vectors, by the loops of `np.matmul` and `np.vecdot`."""

from __future__ import annotations

import numpy as np

from service.engine.arrays import Array
from service.engine.executors.native.axes import NotLowered
from service.engine.executors.native.loops import loop_of
from service.engine.executors.native.row import PRODUCT, Row, address, product_numbers, row
from service.engine.executors.native.small import small
from service.engine.products import dot_equals_matmul


def product(a: Array, b: Array, out: Array, *, dot: bool = False) -> Row:
    """out = a b, of matrices or of stacks of them; as `a.dot(b, out)` computes it if `dot`."""
    found = loop_of(np.matmul, a.dtype.char + b.dtype.char + out.dtype.char)
    if found is None or any(np.may_share_memory(out, matrix) for matrix in (a, b)) or out.ndim not in (2, 3):
        raise NotLowered
    computed = small(a, b, out, dot=dot)
    if computed is not None:
        return computed
    if dot and not dot_equals_matmul(a, b, out):
        raise NotLowered
    return row(PRODUCT, map(address, (a, b, out)), product_numbers(a, b, out), loop=found[0], data=found[1])


def dots(a: Array, b: Array, out: Array) -> list[Row]:
    """out = Σ a b along the last axis, with a row for each network of a stack: the vectors of one lie evenly."""
    found = loop_of(np.vecdot, a.dtype.char + b.dtype.char + out.dtype.char)
    if found is None or any(np.may_share_memory(out, vectors) for vectors in (a, b)):
        raise NotLowered
    a, b = (np.broadcast_to(vectors, (*out.shape, vectors.shape[-1])) for vectors in (a, b))
    places = list(np.ndindex(out.shape[:-1]))
    return [_dots(a[place], b[place], out[(*place, ...)], *found) for place in places]


def _dots(a: Array, b: Array, out: Array, loop: int, data: int) -> Row:
    count, outer = (len(out), [array.strides[0] for array in (a, b, out)]) if out.ndim else (1, [0, 0, 0])
    numbers = [count, a.shape[-1], 0, 0, *outer, a.strides[-1], b.strides[-1]]
    return row(PRODUCT, map(address, (a, b, out)), numbers, loop=loop, data=data)
