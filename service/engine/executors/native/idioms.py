"""Runs of calls that occur in every step, as one pass over the memory with the same operations in the same order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from service.engine.arrays import Array, extent
from service.engine.executors.native.axes import OPERANDS, NotLowered, steps
from service.engine.executors.native.row import ADAM, MASK, SCALED, SGD, Row, address, of_dtype, row
from service.engine.tape import Call

FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


def mask(greater: Sequence[Any], multiply: Sequence[Any]) -> Row | None:
    """δ = δ [a > 0], the derivative of a rectifier."""
    (a, zero, on), (d, again, out) = greater, multiply
    if not (again is on and out is d and _are_flat(a, d) and a.shape == d.shape and zero.ndim == 0 and not zero):
        return None
    return row(of_dtype(MASK, d.dtype), map(address, (a, d)), [d.size]) if _are_apart(a, d) else None


def scaled(multiply: Sequence[Any], add: Sequence[Any]) -> Row | None:
    """s = c w, g = g + s, the gradient of a penalty."""
    (w, factor, s), (g, again, out) = multiply, add
    arrays = [w, s, g]
    if not (again is s and out is g and _are_alike(arrays) and _are_apart(*arrays)) or w.dtype not in FLOATS:
        return None
    if factor.ndim or factor.dtype != w.dtype:
        return None
    addresses = [address(array) for array in arrays]
    try:
        numbers = steps(g.shape, arrays, addresses)
    except NotLowered:
        return None
    if numbers[-OPERANDS:] != [w.itemsize] * OPERANDS:  # the last axis has length 1
        return None
    return row(of_dtype(SCALED, w.dtype), [*addresses, address(factor)], numbers)


def sgd(multiply: Sequence[Any], subtract: Sequence[Any]) -> Row | None:
    """Δ = η g, W = W - Δ."""
    (g, rate, out), (w, step, into) = multiply, subtract
    if not (out is g and step is g and into is w):
        return None
    return _update(SGD, [g, None, None, w], [None, None, None, rate])


def adam(*calls: Sequence[Any]) -> Row | None:
    """The update of `optimizers.Adam`, then W = W - Δ."""
    (m, beta1, m1), (m2, g, m3), (*squared,), (v, beta2, v1), (v2, g2, v3), (v4, g3), *rest = calls
    (g4, epsilon, g5), (m4, g6, g7), (g8, rate, g9), (w, g10, w1) = rest
    gs = [*squared, g2, g3, g4, g5, g6, g7, g8, g9, g10]
    for array, others in ((g, gs), (m, [m1, m2, m3, m4]), (v, [v1, v2, v3, v4]), (w, [w1])):
        if any(other is not array for other in others):
            return None
    return _update(ADAM, [g, m, v, w], [beta1, beta2, epsilon, rate])


#: By the function of an idiom's first call: those of all its calls, the longest idiom first.
IDIOMS: dict[Callable[..., object], tuple[tuple[list[Callable[..., object]], Callable[..., Row | None]], ...]] = {
    np.multiply: (
        (
            [np.multiply, np.add, np.multiply, np.multiply, np.add]
            + [np.sqrt, np.add, np.divide, np.multiply, np.subtract],
            adam,
        ),
        ([np.multiply, np.subtract], sgd),
        ([np.multiply, np.add], scaled),
    ),
    np.greater: (([np.greater, np.multiply], mask),),
}


def idiom(calls: Sequence[Call], start: int) -> tuple[Row, int] | None:
    """The row for the idiom with which the calls from one on begin, and the number of its calls."""
    for functions, build in IDIOMS.get(calls[start].function, ()):
        own = calls[start : start + len(functions)]
        if [call.function for call in own] == functions:
            found = build(*(call.arguments for call in own))
            if found is not None:
                return found, len(functions)
    return None


def _update(kind: int, vectors: list[Array | None], scalars: list[Array | None]) -> Row | None:
    """An update of the parameters of one network, or of each network of a stack: vectors (…, parameters), and scalars
    that are 0-d or one per network."""
    given = [vector for vector in vectors if vector is not None]
    first = given[0]
    of_each = [scalar for scalar in scalars if scalar is not None and scalar.ndim]
    if first.dtype not in FLOATS or not _are_alike(given) or not _are_apart(*given):
        return None
    networks = len(first) if first.ndim == 2 else 1
    if any(scalar.dtype != first.dtype for scalar in scalars if scalar is not None):
        return None
    if first.ndim > 2 or any(scalar.shape != (networks, 1) or scalar.ndim != first.ndim for scalar in of_each):
        return None
    if networks > 1 and any(vector.strides != first.strides for vector in given[:-1]):
        return None
    if len(of_each) not in (0, sum(scalar is not None for scalar in scalars[2:])):
        return None
    size = first.itemsize
    distances = [array.strides[0] // size if array.ndim == 2 else 0 for array in (first, given[-1])]
    step = of_each[0].strides[0] // size if of_each else 0
    pointers = [0 if scalar is None else address(scalar) for scalar in scalars]
    addresses = [0 if vector is None else address(vector) for vector in vectors]
    return row(of_dtype(kind, first.dtype), addresses, [networks, first.shape[-1], *distances, step, *pointers])


def _are_alike(arrays: Sequence[Array]) -> bool:
    """Whether the arrays are of one shape and dtype, without gaps in the last axis."""
    first = arrays[0]
    return all(
        array.shape == first.shape and array.dtype == first.dtype and array.strides[-1:] == (array.itemsize,)
        for array in arrays
    )


def _are_flat(*arrays: Array) -> bool:
    return all(array.dtype == arrays[0].dtype and array.flags.c_contiguous for array in arrays) and (
        arrays[0].dtype in FLOATS
    )


def _are_apart(*arrays: Array) -> bool:
    spans = sorted((address(a), address(a) + extent(a.shape, a.strides, a.itemsize)) for a in arrays)
    return all(end <= start for (_, end), (start, _) in zip(spans, spans[1:], strict=False))
