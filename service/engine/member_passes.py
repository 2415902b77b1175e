"""The passes of an ensemble through its members: those of one recipe are a stack, which may read some inputs alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from service.engine.arrays import Array
from service.engine.layers.average import MeanBackward
from service.engine.layers.base import Backward
from service.engine.tape import Features, Tape


def only_inputs(tape: Tape, x: Features, read: Array) -> Features:
    own = tape.features(len(read))
    tape.call(np.take, x.values, read, 0, own.values, "clip", help="the inputs that these members read")
    return own


class StackBackward(NamedTuple):
    """The backward pass of the members of one recipe: their places among all, and the inputs that they read."""

    part: slice
    read: Array | None
    backward: Backward


def backward_to_inputs(
    tape: Tape,
    of_mean: MeanBackward,
    stacks: Sequence[StackBackward],
    delta: Array,
    inputs: int,
    d: Array,
    wants_dx: bool,
) -> Array | None:
    of_mean(d, delta)
    into = np.zeros((inputs, delta.shape[-1]), tape.dtype)
    tape.call(into.fill, 0, help="dx = 0")
    for part, read, backward in stacks:
        with tape.stacked(part.stop - part.start):
            dx = backward(delta[part], wants_dx)
        if dx is None:
            return None
        tape.call(_add_over_members, into, slice(None) if read is None else read, dx, help="dx = Σ dx over the members")
    return into


def _add_over_members(into: Array, read: Any, dx: Array) -> None:
    into[read] += dx.sum(axis=0)
