"""Maps values to pixel positions on a chart, and picks round numbers for the ticks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Axis:
    """Maps values from `low` to `high` onto pixels from `start` to `end`, evenly or by their logarithm."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False
    whole: bool = False  #: ticks at whole numbers only

    def position(self, value: float) -> float:
        share = (self._scaled(value) - self._scaled(self.low)) / (self._scaled(self.high) - self._scaled(self.low))
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        """About five round numbers within the axis, in order."""
        return _decades(self.low, self.high) if self.logarithmic else _steps(self.low, self.high, whole=self.whole)

    def _scaled(self, value: float) -> float:
        return math.log10(value) if self.logarithmic else value


def value_axis(values: Sequence[float], *, start: float, end: float, logarithmic: bool) -> Axis:
    """An axis that covers all `values` (finite; positive if logarithmic) with a margin around them."""
    low, high = min(values), max(values)
    if logarithmic:
        margin = max((high / low) ** 0.05, 1.05)
        return Axis(low=low / margin, high=high * margin, start=start, end=end, logarithmic=True)
    margin = (high - low) * 0.05 or abs(high) * 0.1 or 1.0
    # A loss is never below zero: a margin below zero would suggest otherwise.
    floor = 0.0 if 0 <= low < margin else low - margin
    return Axis(low=floor, high=high + margin, start=start, end=end)


def epoch_axis(epochs: Sequence[int], *, start: float, end: float) -> Axis:
    low, high = min(epochs), max(epochs)
    return Axis(low=low, high=max(high, low + 1), start=start, end=end, whole=True)


def _steps(low: float, high: float, *, whole: bool) -> list[float]:
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= 0.7 * rough)
    step = max(step, 1.0) if whole else step
    # Multiples of the step: a running sum would accumulate rounding errors.
    return [count * step for count in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _decades(low: float, high: float) -> list[float]:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    factors = (1, 2, 5) if last - first <= 3 else (1,)
    every = max(1, (last - first) // 8)
    ticks = [factor * 10.0**power for power in range(first, last + 1, every) for factor in factors]
    within = [tick for tick in ticks if low <= tick <= high]
    return within if len(within) > 1 else _steps(low, high, whole=False)
