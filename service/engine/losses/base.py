"""What every loss is: the value of each row and its derivative by the outputs, with one normalisation.

The loss of one row is a sum or a mean over the outputs, as each formula says; `reduction` then takes the mean over the
rows of a batch (the default) or their sum. Arrays are (…, outputs, rows).
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

#: What a network does, as its loss says.
Kind: TypeAlias = Literal["classification", "regression", "any"]
#: Below this a logarithm goes on as its tangent: finite, and still pushing back what should never have been there.
CLEARANCE = 1e-7


@dataclass(frozen=True, kw_only=True)
class Loss(Spec):
    #: What targets may be: any number, a share between 0 and 1, a distribution over the outputs, a count, or a sign.
    targets: ClassVar[str] = "number"
    #: The activation whose output layer lets this loss be computed from the logits.
    from_logits: ClassVar[str | None] = None
    mean_over_outputs: ClassVar[bool] = True
    #: What is predicted; squared and absolute errors serve classes as well as numbers.
    kind: ClassVar[Kind] = "any"

    reduction: str = field(OneOf(("mean", "sum")), default="mean", help="over the rows of a batch")

    @abstractmethod
    def rows(self, a: Array, y: Array) -> Array:
        """The loss of each row, shape (…, rows), from outputs a and targets y (…, outputs, rows)."""

    @abstractmethod
    def gradient(self, tape: Tape, a: Array, y: Array, d: Array) -> None:
        """Write d = ∂(loss of a row) / ∂a, up to the constant `gain`, from smooth targets y."""

    def rows_from_logits(self, z: Array, y: Array) -> Array:
        """`rows`, from the logits of the `from_logits` activation, without loss of digits."""
        raise NotImplementedError

    def gradient_from_logits(self, tape: Tape, z: Array, y: Array, d: Array, gain: float) -> None:
        """Write d = gain ∂(loss of a row) / ∂z, from smooth targets that have been multiplied by the gain."""
        raise NotImplementedError

    def smooth(self, y: Array) -> Array:
        """The targets that the loss is taken to, from those that are given."""
        return y

    def gain(self, outputs: int) -> float:
        """The constant that `gradient` leaves out, so that one multiplication can take it with the batch's."""
        return 1 / outputs if self.mean_over_outputs else 1.0

    def as_probabilities(self, values: Array) -> Array:
        """Outputs or targets as classification metrics want them: between 0 and 1."""
        return values

    def _mean(self, values: Array) -> Array:
        # np.mean would take ten times as long for the few values of a small batch.
        average: Array = np.add.reduce(values, -2) / values.shape[-2]
        return average


def times(gain: float) -> str:
    """A factor in words."""
    return "" if gain == 1 else f"{gain:.4g} "


def logarithm(a: Array) -> Array:
    """log a, and below the clearance its tangent there."""
    value: Array = np.log(np.maximum(a, CLEARANCE)) + np.minimum(a - CLEARANCE, 0) / CLEARANCE
    return value
