"""Base of all losses: the value of each row and its derivative with respect to the outputs, with one normalisation.

A row's loss is a sum or a mean over the outputs, as each formula says; `reduction` then takes the mean over the rows of
a batch (the default) or their sum. Arrays are (…, outputs, rows).
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

import numpy as np

from service.engine.arrays import Array
from service.engine.tape import Tape
from service.schema.fields import Spec, field
from service.schema.rules import OneOf

#: The task of a network, as its loss implies.
Kind: TypeAlias = Literal["classification", "regression", "any"]
#: Below this a logarithm continues as its tangent: finite, and with a gradient that still pushes the value back up.
CLEARANCE = 1e-7


@dataclass(frozen=True, kw_only=True)
class Loss(Spec):
    #: Allowed targets: any number, a share between 0 and 1, a distribution over the outputs, a count, or a sign.
    targets: ClassVar[str] = "number"
    #: The activation whose output layer lets this loss be computed from the logits.
    from_logits: ClassVar[str | None] = None
    mean_over_outputs: ClassVar[bool] = True
    #: What is predicted; squared and absolute errors work for classes as well as numbers.
    kind: ClassVar[Kind] = "any"

    reduction: str = field(OneOf(("mean", "sum")), default="mean", help="mean or sum over the rows of a batch")

    @abstractmethod
    def rows(self, a: Array, y: Array) -> Array:
        """The loss of each row, shape (…, rows), from outputs a and targets y (…, outputs, rows)."""

    @abstractmethod
    def gradient(self, tape: Tape, a: Array, y: Array, d: Array) -> None:
        """Write d = ∂(loss of a row) / ∂a, up to the constant `gain`, from smooth targets y."""

    def rows_from_logits(self, z: Array, y: Array) -> Array:
        """`rows`, from the logits of the `from_logits` activation, without loss of precision."""
        raise NotImplementedError

    def gradient_from_logits(self, tape: Tape, z: Array, y: Array, d: Array, gain: float) -> None:
        """Write d = gain ∂(loss of a row) / ∂z, from smooth targets that have been multiplied by the gain."""
        raise NotImplementedError

    def smooth(self, y: Array) -> Array:
        """The targets the loss compares with, from the given ones."""
        return y

    def gain(self, outputs: int) -> float:
        """The constant that `gradient` omits, so that it is multiplied together with the batch's."""
        return 1 / outputs if self.mean_over_outputs else 1.0

    def as_probabilities(self, values: Array) -> Array:
        """Outputs or targets as classification metrics need them: between 0 and 1."""
        return values

    def _mean(self, values: Array) -> Array:
        # np.mean would take ten times as long for the few values of a small batch.
        average: Array = np.add.reduce(values, -2) / values.shape[-2]
        return average


def times(gain: float) -> str:
    """A factor as text."""
    return "" if gain == 1 else f"{gain:.4g} "


def logarithm(a: Array) -> Array:
    """log a, continued below the clearance by its tangent."""
    value: Array = np.log(np.maximum(a, CLEARANCE)) + np.minimum(a - CLEARANCE, 0) / CLEARANCE
    return value
