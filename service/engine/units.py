"""The user's units: how a network's outputs relate to the numbers in the user's table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from service.engine.arrays import Array, Floats


@dataclass(frozen=True)
class Units:
    """user's number = scale · learnt number + shift, per output; both (outputs,), in float64.

    Rows with scaled targets carry it (`Rows.units`), so that every metric is in the user's units: in training, in
    validation and in `evaluate`. The loss stays that of the learnt numbers, which training minimises.
    """

    scale: Floats
    shift: Floats
    low: Floats | None = None  #: the user's numbers are held to these, (outputs,); ±inf for no bound
    high: Floats | None = None

    def __post_init__(self) -> None:
        for name in ("scale", "shift"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), np.float64))
        if self.scale.ndim != 1 or self.scale.shape != self.shift.shape:
            raise ValueError(f"scale and shift must have one shape, got {self.scale.shape} and {self.shift.shape}")
        if not (np.isfinite(self.scale).all() and np.isfinite(self.shift).all() and self.scale.all()):
            raise ValueError("scale and shift must be finite, and no scale 0")

    def restore(self, learnt: Array) -> Floats:
        """The user's numbers, (rows, outputs), from learnt ones, held to their range if there is one."""
        numbers = self.unbounded(learnt)
        return numbers if self.low is None else np.clip(numbers, self.low, self.high)

    def unbounded(self, learnt: Array) -> Floats:
        """The user's numbers as they come from learnt ones."""
        numbers: Floats = learnt * self.scale + self.shift
        return numbers

    def restore_targets(self, learnt: Array) -> Floats:
        """`restore`, but a number that rounding makes indistinguishable from 0 becomes 0: that was its value, and a
        percentage error of it would be meaningless."""
        numbers = self.unbounded(learnt)
        precision: np.floating[Any] = np.finfo(learnt.dtype).eps
        numbers[np.abs(numbers) <= precision * np.abs(self.shift)] = 0
        return numbers
