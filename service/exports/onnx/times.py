"""Columns of times as nodes: int64 inputs, microseconds since 1970 in UTC, with NumPy's NaT as a missing cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np

from service.data.preprocessing.time import MICROSECONDS_A_DAY, PARTS, TimeColumn, TimeState
from service.exports.onnx.graph import FLOAT64, INT64, Value
from service.exports.onnx.scalings import scaled
from service.exports.source import NotExportable

#: What `np.datetime64("NaT")` is as a whole number.
NOT_A_TIME = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Calendar:
    """The proleptic Gregorian calendar by whole numbers (Hinnant 2014, "chrono-compatible low-level date algorithms",
    civil_from_days). Years begin in March, so that a leap day is the last one; an era has 400 years."""

    times: Value  #: microseconds since 1970, (rows, 1)

    @cached_property
    def days(self) -> Value:
        return self.times // MICROSECONDS_A_DAY

    @cached_property
    def of_day(self) -> Value:
        return self.times % MICROSECONDS_A_DAY

    @cached_property
    def _era(self) -> Value:
        return (self.days + 719_468) // 146_097

    @cached_property
    def _year_of_era(self) -> Value:
        day = (self.days + 719_468) % 146_097
        return (day - day // 1460 + day // 36_524 - day // 146_096) // 365

    @cached_property
    def _day_of_year(self) -> Value:
        """From the 1st of March, from 0."""
        year = self._year_of_era
        return (self.days + 719_468) % 146_097 - (year * 365 + year // 4 - year // 100)

    @cached_property
    def _months(self) -> Value:
        """From March, from 0."""
        return (self._day_of_year * 5 + 2) // 153

    @property
    def day(self) -> Value:
        return self._day_of_year - (self._months * 153 + 2) // 5

    @property
    def month(self) -> Value:
        return (self._months + 2) % 12

    @cached_property
    def year(self) -> Value:
        is_next = (self._months >= 10).cast(INT64)
        return self._year_of_era + self._era * 400 + is_next

    @property
    def day_of_year(self) -> Value:
        """From the 1st of January, from 0."""
        before = self.year - 1
        return self.days - (before * 365 + before // 4 - before // 100 + before // 400 - 719_162)

    @property
    def weekday(self) -> Value:
        return (self.days + 3) % 7


NUMBERS: Mapping[str, Callable[[Calendar], Value]] = MappingProxyType(
    {
        "elapsed": lambda at: at.times.cast(FLOAT64) / MICROSECONDS_A_DAY,
        "year": lambda at: at.year,
        "month": lambda at: at.month,
        "day": lambda at: at.day,
        "day_of_year": lambda at: at.day_of_year,
        "weekday": lambda at: at.weekday,
        "hour": lambda at: at.of_day // 3_600_000_000,
        "minute": lambda at: at.of_day // 60_000_000 % 60,
        "second": lambda at: at.of_day // 1_000_000 % 60,
    }
)


def time(column: TimeColumn, state: TimeState, x: Value) -> list[Value]:
    missing = x.equals(NOT_A_TIME)
    at = Calendar(missing.where(x.graph.constant(state.fill, INT64), x))
    encoded = list(_parts(column, state, at))
    if column.is_required:
        encoded = [missing.where(x.graph.constant(np.nan, FLOAT64), part) for part in encoded]
    return [*encoded, missing.cast(FLOAT64)] if column.indicator else encoded


def _parts(column: TimeColumn, state: TimeState, at: Calendar) -> Iterator[Value]:
    scalings = iter(state.scalings)
    for name in column.parts:
        if name not in NUMBERS:
            raise NotExportable(f"onnx has no form of the part {name} of a time here")
        numbers, period = NUMBERS[name](at).cast(FLOAT64), PARTS[name].period
        if period is None:
            yield scaled(next(scalings), numbers)
        else:
            angles = numbers * (2 * np.pi / period)
            yield from (angles.call("Sin"), angles.call("Cos"))
