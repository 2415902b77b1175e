"""Columns of numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from service.data.frame import Column
from service.data.preprocessing.column import Floats, InputColumn, Learnt, Values, written_as
from service.data.preprocessing.imputers import NUMBER_IMPUTERS, Imputer, Mean, NoImputation
from service.data.preprocessing.piecewise import DEFAULT_BINS, knots_of, write_bins
from service.data.preprocessing.scalers import SCALERS, Scaler, Scaling, Standard, scaling_issues
from service.data.reading.read_as import ReadAs
from service.schema.fields import Choice, Nested, Spec, field
from service.schema.rules import Flag, Integer, Items, Number, OneOf
from service.schema.validation import ValidationIssue


@dataclass(frozen=True, kw_only=True)
class Clip(Spec):
    """The range that numbers are clipped to, in the user's units: given, or learnt in training."""

    low: float | None = field(Number(), default=None, help="lower bound")
    high: float | None = field(Number(), default=None, help="upper bound")
    quantile: float | None = field(
        Number(above=0, below=0.5),
        default=None,
        help="instead of bounds: learn them from the training rows, as this quantile and the opposite one, each moved "
        "outwards by the distance between the two (after the logarithm, if one is taken)",
        exclude_default=True,
    )

    def cross_check(self) -> Iterable[ValidationIssue]:
        if self.low is None and self.high is None:
            return [] if self.quantile is not None else [ValidationIssue((), "needs low, high or both, or a quantile")]
        if self.quantile is not None:
            return [ValidationIssue(("quantile",), "must not be given with low or high")]
        if self.low is not None and self.high is not None and self.low >= self.high:
            return [ValidationIssue(("high",), f"must be above low, {self.low:g}, got {self.high:g}")]
        return []


@dataclass(frozen=True, kw_only=True)
class NumberState(Spec):
    fill: float = field(Number(), default=0.0)
    scaling: Scaling = field(Nested(Scaling), default=Scaling())
    #: Learnt bounds of `clip`, in the user's units.
    low: float | None = field(Number(), default=None, exclude_default=True)
    high: float | None = field(Number(), default=None, exclude_default=True)
    #: Edges of the bins, of scaled numbers.
    knots: tuple[float, ...] = field(Items(Number()), default=(), exclude_default=True)


@dataclass(frozen=True, kw_only=True)
class NumberColumn(InputColumn):
    """Numbers: clipped, then log-transformed, then scaled, then bounded smoothly; in bins too, if encoded piecewise."""

    name = "number"
    kind = "number"
    state = NumberState

    scale: Scaler = field(Choice(SCALERS), default=Standard(), help="how numbers are scaled")
    impute: Spec = field(Choice(NUMBER_IMPUTERS), default=Mean(), help="value for missing cells")
    indicator: bool = field(
        Flag(), default=False, help="an additional input that is 1 if the cell is missing, otherwise 0"
    )
    log: bool = field(
        Flag(), default=False, help="sign(x) log(1 + |x|) instead of x, for numbers of very different magnitudes"
    )
    clip: Clip | None = field(Nested(Clip), default=None, help="the range that numbers are clipped to")
    smooth_clip: float | None = field(
        Number(above=0),
        default=None,
        help="bound b that scaled numbers approach smoothly: z / √(1 + (z / b)²) instead of z",
        exclude_default=True,
    )
    encode: str = field(
        OneOf(("number", "piecewise")),
        default="number",
        help="one number, or also the share of each of several bins that lies below it, from 0 to 1: such an input "
        "bends at the edges of its bin, so a network learns steps and thresholds sooner",
        exclude_default=True,
    )
    bins: int | None = field(
        Integer(minimum=2, maximum=256),
        default=None,
        help=f"how many bins of about equally many training rows; null: {DEFAULT_BINS}",
        exclude_default=True,
    )
    required: bool = field(
        Flag(), default=False, help="whether every row must name the column, even if its cell is missing"
    )
    read_as: ReadAs | None = written_as()

    def cross_check(self) -> Iterable[ValidationIssue]:
        if self.bins is not None and not self.is_piecewise:
            yield ValidationIssue(("bins",), 'needs "encode": "piecewise"')

    @property
    def is_required(self) -> bool:
        return isinstance(self.impute, NoImputation)

    @property
    def is_piecewise(self) -> bool:
        return self.encode == "piecewise"

    @property
    def bin_count(self) -> int:
        return (self.bins or DEFAULT_BINS) if self.is_piecewise else 0

    @cached_property
    def encoded(self) -> tuple[str, ...]:
        bins = (f"bin {place + 1}" for place in range(self.bin_count))
        return ("", *bins, *(("missing",) if self.indicator else ()))

    @property
    def is_plain(self) -> bool:
        """Whether it is nothing but a shift and a scale."""
        changed = self.indicator or self.log or self.clip or self.smooth_clip or self.is_piecewise
        return self.scale.linear and not changed

    def neutral(self) -> NumberState:
        return NumberState(fill=self._fill_of(np.zeros(1)), knots=(0.0,) if self.is_piecewise else ())

    def state_issues(self, state: NumberState) -> Iterable[ValidationIssue]:
        yield from (issue.under("scaling") for issue in scaling_issues(state.scaling, linear=self.scale.linear))
        if self.is_piecewise and not 1 <= len(state.knots) <= self.bin_count + 1:
            yield ValidationIssue(("knots",), f"must be 1 to {self.bin_count + 1} numbers, got {len(state.knots)}")
        if not self.is_piecewise and state.knots:
            yield ValidationIssue(("knots",), "must not be given: this column is not encoded piecewise")
        if any(low >= high for low, high in pairwise(state.knots)):
            yield ValidationIssue(("knots",), "must be in ascending order, and each different")
        if not self._learns_clip and not (state.low is None and state.high is None):
            yield ValidationIssue(("low",), "must not be given: this column learns no range to clip to")
        if state.low is not None and state.high is not None and state.low >= state.high:
            yield ValidationIssue(("high",), f"must be above low, {state.low:g}, got {state.high:g}")

    def fit(self, column: Column) -> Learnt:
        present = column.values[~column.missing] if column.missing.any() else column.values
        if not present.size:
            state = self.neutral()
            return Learnt(state, (f"has no value in any training row: {state.fill:g} is used instead",))
        low, high = self._bounds_of(present)
        bounds = self.clip_range(NumberState(low=low, high=high))
        clipped = self._clipped_by(*bounds, present)
        scaling = self.scale.fit(clipped)
        z = np.empty(present.size)
        self._scale(scaling, clipped, z)
        constant = present.min() == present.max()
        warnings = ("has the same value in every training row, and carries no information",) if constant else ()
        knots = knots_of(z, self.bin_count) if self.is_piecewise else ()
        state = NumberState(fill=self._fill_of(present), scaling=scaling, low=low, high=high, knots=knots)
        return Learnt(state, warnings)

    def write(self, state: NumberState, cells: Values, out: Floats) -> None:
        numbers = out[0]
        self._finish(state, cells, numbers)
        if self.indicator:
            out[-1] = 0
        if not np.isfinite(numbers).all():
            missing = np.isnan(cells)
            if self.indicator:
                out[-1] = missing
            one = np.empty(1)
            self._finish(state, np.array([state.fill]), one)
            np.copyto(numbers, one, where=missing)
        if self.is_piecewise:
            write_bins(numbers, state.knots, out[1 : 1 + self.bin_count])

    def shown_fill(self, state: NumberState) -> float:
        return state.fill

    def _fill_of(self, present: Floats) -> float:
        return self.impute.fit(present) if isinstance(self.impute, Imputer) else 0.0

    @property
    def _learns_clip(self) -> bool:
        return self.clip is not None and self.clip.quantile is not None

    def _bounds_of(self, present: Floats) -> tuple[float | None, float | None]:
        """The range to clip to that is learnt, in the user's units; None for an end without a bound.

        If both quantiles are the same number, the smallest and the largest take their place.
        """
        if self.clip is None or self.clip.quantile is None:
            return None, None
        x = self._logarithm(present)
        low, high = np.quantile(x, (self.clip.quantile, 1 - self.clip.quantile))
        if not low < high:
            low, high = x.min(), x.max()
        distance = high - low
        ends = [float(self._in_units(end)) for end in (low - distance, high + distance)]
        bounds = [end if np.isfinite(end) else None for end in ends]
        return (bounds[0], bounds[1]) if distance > 0 else (None, None)

    def clip_range(self, state: NumberState) -> tuple[float | None, float | None]:
        """That numbers are clipped to; None for an end without a bound."""
        if self.clip is None or self._learns_clip:
            return state.low, state.high
        return self.clip.low, self.clip.high

    def _clipped_by(self, low: float | None, high: float | None, x: Any) -> Any:
        """Numbers clipped and, with `log`, as logarithms."""
        if low is not None or high is not None:
            x = np.clip(x, low, high)
        return self._logarithm(x)

    def _finish(self, state: NumberState, x: Floats, out: Floats) -> None:
        """Numbers in the user's units as the network takes them."""
        self._scale(state.scaling, self._clipped_by(*self.clip_range(state), x), out)

    def _scale(self, scaling: Scaling, x: Floats, out: Floats) -> None:
        scaling.apply(x, out)
        if self.smooth_clip is not None:
            np.divide(out, np.hypot(1, out / self.smooth_clip), out=out)  # without squares, which could overflow

    def _logarithm(self, x: Any) -> Any:
        return np.copysign(np.log1p(np.abs(x)), x) if self.log else x

    def _in_units(self, x: Any) -> Any:
        """What `_logarithm` came from."""
        return np.copysign(np.expm1(np.abs(x)), x) if self.log else x
