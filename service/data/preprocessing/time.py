"""Columns of moments in time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from service.data.frame import Column
from service.data.kinds.time import FIRST, LAST
from service.data.preprocessing.column import Floats, InputColumn, Learnt, Values, written_as
from service.data.preprocessing.imputers import TIME_IMPUTERS, Imputer, Median, NoImputation
from service.data.preprocessing.scalers import Scaling, Standard, scaling_issues
from service.data.reading.read_as import ReadAs
from service.schema.fields import Choice, Nested, Spec, field
from service.schema.rules import Flag, Integer, Items, OneOf
from service.schema.validation import ValidationIssue

Times = npt.NDArray[np.datetime64]
MICROSECONDS_A_DAY = 86_400_000_000
FIRST_FILL, LAST_FILL = (int(moment.astype(np.int64)) for moment in (FIRST, LAST))


@dataclass(frozen=True)
class Part:
    """A part of a time. With a period it becomes a sine and a cosine, so that 23:00 is near 0:00."""

    of: Callable[[Times], Any]
    period: float | None = None


def _days(times: Times) -> Any:
    return times.astype("datetime64[D]").astype(np.int64)


def _of_day(times: Times) -> Any:
    return times.astype(np.int64) % MICROSECONDS_A_DAY


PARTS: Mapping[str, Part] = MappingProxyType(
    {
        "elapsed": Part(lambda times: times.astype(np.int64) / MICROSECONDS_A_DAY),
        "year": Part(lambda times: times.astype("datetime64[Y]").astype(np.int64) + 1970),
        "month": Part(lambda times: times.astype("datetime64[M]").astype(np.int64) % 12, 12),
        "day": Part(lambda times: _days(times) - _days(times.astype("datetime64[M]")), 31),
        "day_of_year": Part(lambda times: _days(times) - _days(times.astype("datetime64[Y]")), 365.2425),
        "weekday": Part(lambda times: (_days(times) + 3) % 7, 7),
        "hour": Part(lambda times: _of_day(times) // 3_600_000_000, 24),
        "minute": Part(lambda times: _of_day(times) // 60_000_000 % 60, 60),
        "second": Part(lambda times: _of_day(times) // 1_000_000 % 60, 60),
    }
)

DEFAULT_PARTS = ("elapsed", "month", "weekday", "hour")


@dataclass(frozen=True, kw_only=True)
class TimeState(Spec):
    fill: int = field(
        Integer(minimum=FIRST_FILL, maximum=LAST_FILL),
        default=0,
        help="microseconds since 1970, UTC, in the years 1 to 9999",
    )
    scalings: tuple[Scaling, ...] = field(
        Items(Nested(Scaling)), default=(), help="scalings of the parts without a period"
    )


@dataclass(frozen=True, kw_only=True)
class TimeColumn(InputColumn):
    """Times in UTC, by parts: years and elapsed days standardised, other parts as sine and cosine."""

    name = "time"
    kind = "time"
    state = TimeState

    parts: tuple[str, ...] = field(
        Items(OneOf(tuple(PARTS)), at_least=1),
        default=DEFAULT_PARTS,
        help="the parts to use",
    )
    impute: Spec = field(Choice(TIME_IMPUTERS), default=Median(), help="value for missing cells")
    indicator: bool = field(
        Flag(), default=False, help="an additional input that is 1 if the cell is missing, otherwise 0"
    )
    required: bool = field(
        Flag(), default=False, help="whether every row must name the column, even if its cell is missing"
    )
    read_as: ReadAs | None = written_as()

    def cross_check(self) -> Iterable[ValidationIssue]:
        for index, part in enumerate(self.parts):
            if part in self.parts[:index]:
                yield ValidationIssue(("parts", index), f"occurs twice: {part}")

    @property
    def is_required(self) -> bool:
        return isinstance(self.impute, NoImputation)

    @cached_property
    def encoded(self) -> tuple[str, ...]:
        names = [name for part in self.parts for name in ((part,) if PARTS[part].period is None else _round(part))]
        return (*names, "missing") if self.indicator else tuple(names)

    def neutral(self) -> TimeState:
        return TimeState(scalings=(Scaling(),) * len(self._straight))

    def state_issues(self, state: TimeState) -> Iterable[ValidationIssue]:
        if len(state.scalings) != len(self._straight):
            yield ValidationIssue(("scalings",), f"must be {len(self._straight)}, one for each part without a period")
        for place, scaling in enumerate(state.scalings):
            yield from (issue.under("scalings", place) for issue in scaling_issues(scaling, linear=True))

    def fit(self, column: Column) -> Learnt:
        present = column.values[~column.missing]
        if not present.size:
            return Learnt(self.neutral(), ("has no value in any training row",))
        fill = self._fill_of(present)
        scalings = tuple(Standard().fit(np.asarray(part.of(present), np.float64)) for part in self._straight)
        constant = present.min() == present.max()
        warnings = ("has the same value in every training row, and carries no information",) if constant else ()
        return Learnt(TimeState(fill=fill, scalings=scalings), warnings)

    def write(self, state: TimeState, cells: Values, out: Floats) -> None:
        missing = np.isnat(cells)
        times = np.where(missing, np.datetime64(state.fill, "us"), cells) if missing.any() else cells
        scalings, row = iter(state.scalings), 0
        for name in self.parts:
            part = PARTS[name]
            numbers = np.asarray(part.of(times), np.float64)
            if part.period is None:
                next(scalings).apply(numbers, out[row])
                row += 1
                continue
            angles = numbers * (2 * np.pi / part.period)
            np.sin(angles, out=out[row])
            np.cos(angles, out=out[row + 1])
            row += 2
        if self.indicator:
            out[row] = missing

    def shown_fill(self, state: TimeState) -> str:
        return f"{np.datetime64(state.fill, 'us')}Z"

    def _fill_of(self, present: Times) -> int:
        if not isinstance(self.impute, Imputer):
            return 0
        # As float64 the last microseconds of the year 9999 are the first of the next.
        fill = round(self.impute.fit(present.astype(np.int64).astype(np.float64)))
        return min(max(fill, FIRST_FILL), LAST_FILL)

    @property
    def _straight(self) -> list[Part]:
        return [PARTS[name] for name in self.parts if PARTS[name].period is None]


def _round(part: str) -> tuple[str, str]:
    return f"{part} (sine)", f"{part} (cosine)"
