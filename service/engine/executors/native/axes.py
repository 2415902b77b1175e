"""How NumPy walks arrays: it drops axes of length 1, joins those that lie in memory as one, and the last is the inner
one, for arrays whose elements are in C order."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from service.engine.arrays import Array, extent


class NotLowered(Exception):
    """Python has to make this call."""


#: Axes of a row: planes, lines, and the elements of a line.
AXES = 3
OPERANDS = 3
#: An axis: its length, and each operand's step.
Axis = list[int]


def steps(shape: tuple[int, ...], arrays: Sequence[Array], addresses: Sequence[int]) -> list[int]:
    """The numbers of an EACH row: the lengths of its axes, outermost first, then each operand's steps along them."""
    known = _walk(shape, tuple((array.shape, array.strides, array.itemsize) for array in arrays))
    if known is None:
        raise NotLowered
    _reject_overlap(known, addresses)
    return known.numbers


class _Walk(NamedTuple):
    numbers: list[int]
    extents: list[int]  #: of each operand, in bytes
    as_out: list[bool]  #: whether an operand is walked as the last one, the output


@lru_cache(maxsize=1024)  # the steps of a block make the same calls over other parts of its buffers
def _walk(shape: tuple[int, ...], layouts: tuple[tuple[tuple[int, ...], tuple[int, ...], int], ...]) -> _Walk | None:
    """None where NumPy walks in another way."""
    strides = [_broadcast(*layout, shape) for layout in layouts]
    if any(stride < 0 for of_axes in strides for stride in of_axes):
        return None  # NumPy would turn the axis
    try:
        axes = _joined([[length, *of_axis] for length, *of_axis in zip(shape, *strides, strict=True) if length != 1])
    except NotLowered:
        return None
    if len(axes) > AXES:
        return None
    axes = [[1] + [0] * len(layouts)] * (AXES - len(axes)) + axes
    numbers = [axis[0] for axis in axes]
    for axis in axes:
        numbers += axis[1:] + [0] * (OPERANDS - len(layouts))
    return _Walk(numbers, [extent(*layout) for layout in layouts], [of_axes == strides[-1] for of_axes in strides])


def _broadcast(own: tuple[int, ...], strides: tuple[int, ...], itemsize: int, shape: tuple[int, ...]) -> Sequence[int]:
    return strides if own == shape else np.broadcast_to(as_strided(np.empty(0, np.int8), own, strides), shape).strides


def _joined(axes: list[Axis]) -> list[Axis]:
    joined: list[Axis] = []
    for axis in axes:
        if not joined:
            joined.append(axis)
            continue
        outer = joined[-1]
        pairs = list(zip(outer[1:], axis[1:], strict=True))
        decisive = [inner <= step for step, inner in pairs if step and inner]
        if decisive and not any(decisive):
            raise NotLowered  # not in C order, so NumPy would exchange the axes
        if all(step == inner * axis[0] for step, inner in pairs):
            joined[-1] = [outer[0] * axis[0], *axis[1:]]
        else:
            joined.append(axis)
    return joined


def _reject_overlap(walk: _Walk, addresses: Sequence[int]) -> None:
    """An input may be the output, element by element, or apart from it."""
    *inputs, out = zip(addresses, walk.extents, walk.as_out, strict=True)
    for start, size, as_out in inputs:
        if start == out[0] and as_out:
            continue
        if start < out[0] + out[1] and out[0] < start + size:
            raise NotLowered
