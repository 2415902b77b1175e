"""Columns of numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from service.data.frame import Column
from service.data.preprocessing.column import Floats, InputColumn, Learnt, Values, written_as
from service.data.preprocessing.imputers import NUMBER_IMPUTERS, Imputer, Mean, NoImputation
from service.data.preprocessing.scalers import SCALERS, Scaler, Scaling, Standard, scaling_issues
from service.data.reading.read_as import ReadAs
from service.schema.fields import Choice, Nested, Spec, field
from service.schema.rules import Flag, Number
from service.schema.validation import ValidationIssue


@dataclass(frozen=True, kw_only=True)
class Clip(Spec):
    """The range that numbers are clipped to, in the user's units."""

    low: float | None = field(Number(), default=None, help="lower bound")
    high: float | None = field(Number(), default=None, help="upper bound")

    def cross_check(self) -> Iterable[ValidationIssue]:
        if self.low is None and self.high is None:
            return [ValidationIssue((), "needs low, high or both")]
        if self.low is not None and self.high is not None and self.low >= self.high:
            return [ValidationIssue(("high",), f"must be above low, {self.low:g}, got {self.high:g}")]
        return []


@dataclass(frozen=True, kw_only=True)
class NumberState(Spec):
    fill: float = field(Number(), default=0.0)
    scaling: Scaling = field(Nested(Scaling), default=Scaling())


@dataclass(frozen=True, kw_only=True)
class NumberColumn(InputColumn):
    """Numbers: clipped, then log-transformed, then scaled."""

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
    required: bool = field(
        Flag(), default=False, help="whether every row must name the column, even if its cell is missing"
    )
    read_as: ReadAs | None = written_as()

    @property
    def is_required(self) -> bool:
        return isinstance(self.impute, NoImputation)

    @property
    def encoded(self) -> tuple[str, ...]:
        return ("", "missing") if self.indicator else ("",)

    @property
    def is_plain(self) -> bool:
        """Whether it is nothing but a shift and a scale."""
        return self.scale.linear and not (self.indicator or self.log or self.clip)

    def neutral(self) -> NumberState:
        return NumberState(fill=self._fill_of(np.zeros(1)))

    def state_issues(self, state: NumberState) -> Iterable[ValidationIssue]:
        return (issue.under("scaling") for issue in scaling_issues(state.scaling, linear=self.scale.linear))

    def fit(self, column: Column) -> Learnt:
        present = column.values[~column.missing] if column.missing.any() else column.values
        if not present.size:
            state = self.neutral()
            return Learnt(state, (f"has no value in any training row: {state.fill:g} is used instead",))
        scaling = self.scale.fit(self._changed(present))
        constant = present.min() == present.max()
        warnings = ("has the same value in every training row, and carries no information",) if constant else ()
        return Learnt(NumberState(fill=self._fill_of(present), scaling=scaling), warnings)

    def write(self, state: NumberState, cells: Values, out: Floats) -> None:
        numbers = out[0]
        state.scaling.apply(self._changed(cells), numbers)
        finite = np.isfinite(numbers)
        if self.indicator:
            out[1] = 0
        if finite.all():
            return
        missing = np.isnan(cells)
        if self.indicator:
            out[1] = missing
        one = np.empty(1)
        state.scaling.apply(self._changed(np.array([state.fill])), one)
        np.copyto(numbers, one, where=missing)

    def shown_fill(self, state: NumberState) -> float:
        return state.fill

    def _fill_of(self, present: Floats) -> float:
        return self.impute.fit(present) if isinstance(self.impute, Imputer) else 0.0

    def _changed(self, x: Any) -> Any:
        if self.clip is not None:
            x = np.clip(x, self.clip.low, self.clip.high)
        return np.copysign(np.log1p(np.abs(x)), x) if self.log else x
