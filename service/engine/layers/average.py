"""The mean of an ensemble's members, as the last node of their network. No spec names it: `members` makes one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from service.engine.activations.base import Activation
from service.engine.arrays import Array
from service.engine.layers.base import Backward, Layer, Place, Tensor
from service.engine.tape import Features, Tape
from service.schema.fields import field
from service.schema.rules import Integer
from service.schema.validation import DataError, ValidationIssue

WEIGHTS = "weights"


@dataclass(frozen=True, kw_only=True)
class Average(Layer):
    name = "average"
    formula = "a = Σ w a / Σ w over the members"
    source = "Hansen & Salamon 1990"

    members: int = field(Integer(minimum=2), help="how many it averages")
    units: int = field(Integer(minimum=1), help="outputs of each of them")

    def outputs(self, inputs: int) -> int:
        return self.units

    def tensors(self, inputs: int) -> tuple[Tensor, ...]:
        return (Tensor(WEIGHTS, (self.members,), trained=False),)

    def initialize(self, inputs: int, values: Mapping[str, Array], generator: np.random.Generator) -> None:
        values[WEIGHTS].fill(1 / self.members)

    def adopt(self, inputs: int, given: Mapping[str, Array], values: Mapping[str, Array]) -> None:
        weights = given[WEIGHTS]
        if (weights < 0).any() or not weights.any():
            raise DataError([ValidationIssue((WEIGHTS,), "must be at least 0, and not all of them 0")])
        super().adopt(inputs, given, values)

    def forward(self, tape: Tape, at: Place, x: Features, into: Array | None) -> tuple[Array | Features, Backward]:
        raise TypeError("the scores of members are averaged by `write_mean`")


#: Takes ∂L/∂(scores of the mean), (outputs, rows), and writes ∂L/∂(scores of each member).
MeanBackward = Callable[[Array, Array], None]


def write_mean(tape: Tape, activation: Activation, z: Array, weights: Array, into: Array) -> MeanBackward:
    """Write the scores (outputs, rows) of the mean of the members' outputs, from their scores (members, outputs, rows),
    which are overwritten.

    `weights` (members, 1, rows or 1) sum to 1 over the members. Of probabilities the score is their logarithm or logit,
    computed from logarithms: the softmax or sigmoid of it is the mean, however certain the members are.
    """
    if activation.name in ("softmax", "sigmoid"):
        with np.errstate(divide="ignore"):
            logarithms = np.log(weights).astype(tape.dtype)
        write = _softmax_scores if activation.name == "softmax" else _sigmoid_scores
        return write(tape, z, logarithms, into)
    return _write_numbers(tape, activation, z, weights.astype(tape.dtype), into)


def _write_numbers(tape: Tape, activation: Activation, z: Array, weights: Array, into: Array) -> MeanBackward:
    outputs = z
    if activation.name != "linear":
        outputs = np.empty_like(z)
        with tape.stacked(len(z)):
            activation.apply(tape, z, outputs)
    weighted = np.empty_like(z)
    tape.call(np.multiply, outputs, weights, weighted, help="w a")
    tape.call(np.add.reduce, weighted, 0, None, into[None], True, help="Σ w a")

    def backward(d: Array, of_members: Array) -> None:
        tape.call(np.multiply, weights, d, of_members, help="δ = w δ")
        if activation.name != "linear":
            with tape.stacked(len(z)):
                activation.derive(tape, z, outputs, of_members)

    return backward


def _softmax_scores(tape: Tape, z: Array, logarithms: Array, into: Array) -> MeanBackward:
    total = np.empty((len(z), 1, z.shape[2]), tape.dtype)
    _log_sum_exp(tape, z, 1, total, said="ln Σ exp z")
    tape.call(np.subtract, z, total, z, help="ln a = z - ln Σ exp z")
    tape.call(np.add, z, logarithms, z, help="ln w a")
    _log_sum_exp(tape, z, 0, into[None], said="z = ln Σ w a")
    return lambda d, of_members: tape.call(
        _through_softmax, d, z, logarithms, into, of_members, help="δ = δ w a / Σ w a - a Σ δ w a / Σ w a"
    )


def _log_sum_exp(tape: Tape, z: Array, axis: int, into: Array, *, said: str) -> None:
    """With the largest taken out, so that none overflows; in calls that need no Python between them, as that of
    `logaddexp` would."""
    largest, shifted = np.empty_like(into), np.empty_like(z)
    tape.call(np.maximum.reduce, z, axis, None, largest, True, help="max z")
    tape.call(np.subtract, z, largest, shifted, help="z - max z")
    tape.call(np.exp, shifted, shifted, help="exp(z - max z)")
    tape.call(np.add.reduce, shifted, axis, None, into, True, help="Σ exp(z - max z)")
    tape.call(np.log, into, into, help="ln Σ exp(z - max z)")
    tape.call(np.add, into, largest, into, help=said)


def _through_softmax(d: Array, z: Array, logarithms: Array, into: Array, of_members: Array) -> None:
    shares = d * np.exp(z - into)
    of_members[...] = shares - np.exp(z - logarithms) * shares.sum(axis=1, keepdims=True)


def _sigmoid_scores(tape: Tape, z: Array, logarithms: Array, into: Array) -> MeanBackward:
    minus, share, rest = np.empty_like(z), np.empty_like(z), np.empty_like(into)
    zero = tape.constant(0.0)
    tape.call(np.negative, z, minus, help="-z")
    for source, target, said in ((minus, into, "a"), (z, rest, "(1 - a)")):
        tape.call(np.logaddexp, zero, source, share, help="ln(1 + exp z)")
        tape.call(np.subtract, logarithms, share, share, help=f"ln w {said}")
        _log_sum_exp(tape, share, 0, target[None], said=f"ln Σ w {said}")
    tape.call(np.subtract, into, rest, into, help="z = ln Σ w a - ln Σ w (1 - a)")
    return lambda d, of_members: tape.call(
        _through_sigmoid, d, z, logarithms, into, of_members, help="δ = δ w a (1 - a) / (Σ w a Σ w (1 - a))"
    )


def _through_sigmoid(d: Array, z: Array, logarithms: Array, into: Array, of_members: Array) -> None:
    of_members[...] = d * np.exp(logarithms + _log_slope(z) - _log_slope(into))


def _log_slope(z: Array) -> Array:
    """ln a (1 - a) of a sigmoid."""
    slope: Array = -(np.logaddexp(0, z) + np.logaddexp(0, -z))
    return slope
