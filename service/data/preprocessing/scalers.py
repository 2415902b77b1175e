"""Scalers of numbers, fitted on the cells that are present, in float64."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from service.schema.fields import Registry, Spec, field
from service.schema.rules import Integer, Items, Number
from service.schema.validation import ValidationIssue

Floats = npt.NDArray[np.float64]
EPSILON = 2.0**-52
#: Variances beyond these may have lost their digits.
TINY, HUGE = 1e-280, 1e300


@dataclass(frozen=True, kw_only=True)
class Scaling(Spec):
    """What a scaler has learnt: y = (x - shift) / scale, or with knots the share of the cells that are at most x."""

    shift: float = field(Number(), default=0.0)
    scale: float = field(Number(above=0), default=1.0)
    knots: tuple[float, ...] = field(Items(Number()), default=())

    def apply(self, x: Floats, out: Floats) -> None:
        """NaN stays NaN."""
        if self.knots:
            out[...] = _shares(x, np.array(self.knots))
        else:
            np.subtract(x, self.shift, out=out)
            np.divide(out, self.scale, out=out)


class Scaler(Spec):
    linear: ClassVar[bool] = True

    @abstractmethod
    def fit(self, x: Floats) -> Scaling:
        """From one or more finite numbers."""


@dataclass(frozen=True, kw_only=True)
class Standard(Scaler):
    """Mean 0 and standard deviation 1."""

    name = "standard"
    formula = "(x - mean) / standard deviation"

    def fit(self, x: Floats) -> Scaling:
        mean, variance = float(x.mean()), float(x.var())
        if TINY < variance < HUGE:
            return Scaling(shift=mean, scale=_deviation(x.size, mean, variance) or 1.0)
        # Squares overflow or vanish, or all numbers are the same: times a power of 2, which loses no digit.
        exponent = math.frexp(float(np.abs(x).max()))[1]
        small = np.ldexp(x, -exponent)
        mean = float(small.mean())
        scale = math.ldexp(_deviation(x.size, mean, float(small.var())), exponent)
        return Scaling(shift=math.ldexp(mean, exponent), scale=scale or 1.0)


@dataclass(frozen=True, kw_only=True)
class Robust(Scaler):
    """Median 0 and interquartile range 1: robust against outliers."""

    name = "robust"
    formula = "(x - median) / (75 % quantile - 25 % quantile)"

    def fit(self, x: Floats) -> Scaling:
        low, middle, high = (float(number) for number in np.quantile(x, (0.25, 0.5, 0.75)))
        return Scaling(shift=middle, scale=positive(high - low, high))


@dataclass(frozen=True, kw_only=True)
class MinMax(Scaler):
    """Scaled to 0 to 1."""

    name = "min_max"
    formula = "(x - smallest) / (largest - smallest)"

    def fit(self, x: Floats) -> Scaling:
        low, high = float(x.min()), float(x.max())
        return Scaling(shift=low, scale=positive(high - low, high))


@dataclass(frozen=True, kw_only=True)
class Quantile(Scaler):
    """The share of training rows with a smaller value: uniform from 0 to 1, whatever the distribution."""

    name = "quantile"
    formula = "share of rows at most x"
    linear = False

    knots: int = field(Integer(minimum=2, maximum=10_000), default=100, help="number of quantiles to keep")

    def fit(self, x: Floats) -> Scaling:
        if 2 <= x.size <= self.knots:
            return Scaling(knots=tuple(np.sort(x).tolist()))
        knots = np.quantile(x, np.linspace(0, 1, self.knots if x.size > 1 else 2))
        return Scaling(knots=tuple(np.maximum.accumulate(knots).tolist()))


@dataclass(frozen=True, kw_only=True)
class NoScaling(Scaler):
    """No scaling."""

    name = "none"
    formula = "x"

    def fit(self, x: Floats) -> Scaling:
        return Scaling()


SCALERS = Registry("scaler", Standard, Robust, MinMax, Quantile, NoScaling)
#: Those that can be undone by a multiplication and a sum, for targets.
LINEAR_SCALERS = Registry("target scaler", Standard, Robust, MinMax, NoScaling)


def scaling_issues(scaling: Scaling, *, linear: bool) -> Iterable[ValidationIssue]:
    """What is wrong with a given scaling for a scaler that is linear or not."""
    if linear and scaling.knots:
        yield ValidationIssue(("knots",), "must be empty: this scaler has none")
    if len(scaling.knots) == 1 or list(scaling.knots) != sorted(scaling.knots):
        yield ValidationIssue(("knots",), "must be at least 2 numbers in ascending order")


def _deviation(count: int, mean: float, variance: float) -> float:
    """0 for a constant column, whose variance is rounding alone (Chan, Golub & LeVeque 1983, eq. 1.7)."""
    bound = count * EPSILON * variance + (count * mean * EPSILON) * (count * mean * EPSILON)
    return 0.0 if variance <= bound else variance**0.5


def positive(spread: float, largest: float) -> float:
    """A range to divide by; 1 where it is no more than rounding."""
    return spread if spread > 10 * np.finfo(np.float64).eps * max(abs(largest), np.finfo(np.float64).tiny) else 1.0


def _shares(x: Floats, knots: Floats) -> Floats:
    """Where a value repeats, knots are equal: its share is the middle of theirs, found from both sides; at the ends it
    is 0 and 1."""
    shares = np.linspace(0, 1, len(knots))
    middle: Floats = (np.interp(x, knots, shares) - np.interp(-x, -knots[::-1], -shares[::-1])) / 2
    middle[x >= knots[-1]] = 1
    middle[x <= knots[0]] = 0
    return middle
