"""How NumPy walks arrays: it drops axes of length 1, joins those that lie in memory as one, and the last is the inner
one, for arrays whose elements are in C order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from service.engine.arrays import Array
from service.engine.executors.native.row import extent


class NotLowered(Exception):
    """Python has to make this call."""


#: Axes of a row: planes, lines, and the elements of a line.
AXES = 3
OPERANDS = 3
#: An axis: its length, and each operand's step.
Axis = list[int]


def steps(shape: tuple[int, ...], arrays: Sequence[Array], addresses: Sequence[int]) -> list[int]:
    """The numbers of an EACH row: the lengths of its axes, outermost first, then each operand's steps along them."""
    views = [array if array.shape == shape else np.broadcast_to(array, shape) for array in arrays]
    strides = [view.strides for view in views]
    if any(stride < 0 for of_axes in strides for stride in of_axes):
        raise NotLowered  # NumPy would turn the axis
    _reject_overlap(arrays, strides, addresses)
    axes = _joined([[length, *of_axis] for length, *of_axis in zip(shape, *strides, strict=True) if length != 1])
    if len(axes) > AXES:
        raise NotLowered
    axes = [[1] + [0] * len(arrays)] * (AXES - len(axes)) + axes
    numbers = [axis[0] for axis in axes]
    for axis in axes:
        numbers += axis[1:] + [0] * (OPERANDS - len(arrays))
    return numbers


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


def _reject_overlap(arrays: Sequence[Array], strides: Sequence[tuple[int, ...]], addresses: Sequence[int]) -> None:
    """An input may be the output, element by element, or apart from it."""
    *inputs, out = zip(arrays, strides, addresses, strict=True)
    end = out[2] + extent(out[0].shape, out[0].strides, out[0].itemsize)
    for array, of_axes, start in inputs:
        if start == out[2] and of_axes == out[1]:
            continue
        if start < end and out[2] < start + extent(array.shape, array.strides, array.itemsize):
            raise NotLowered
