"""Base of all activations: a value and a derivative, written on a tape."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import numpy as np

from service.engine.arrays import Array
from service.engine.tape import Tape
from service.schema.fields import Spec


class Activation(Spec):
    """a = f(z). `needs_z`: the derivative is computed from z, which must then be kept as well as a."""

    needs_z: ClassVar[bool] = False
    #: Whether stuck units are dead (off for every row) rather than saturated.
    can_die: ClassVar[bool] = False
    derivative: ClassVar[str] = ""

    @abstractmethod
    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        """Write a = f(z). Both have shape (units, rows); unless `needs_z`, they may be one array."""

    @abstractmethod
    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        """Write d *= f'(z), where d is the loss's derivative with respect to a."""

    def stuck(self, a: Array) -> Array | None:
        """The share of units that no longer learn from the rows of `a` (…, units, rows), which may be part of a batch:
        dead (never on) or saturated. None if units of this activation cannot get stuck."""
        return None


def saturated(a: Array, low: float, high: float) -> Array:
    """The share of units outside low … high for every row."""
    return np.asarray(np.mean(np.all((a < low) | (a > high), axis=-1), axis=-1))
