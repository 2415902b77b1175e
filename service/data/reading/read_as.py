"""How the cells of a column are written, where it is not the plainest way: kept with a network, to read its rows so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from service.schema.fields import Spec, field, spec_fields
from service.schema.rules import Flag, Items, OneOf, Text

MAX_UNIT = 20
MAX_MISSING_WORD = 100
DECIMALS = (".", ",")
THOUSANDS = (",", ".", "'", " ")
#: In which order a date has its year, month and day.
ORDERS = ("YMD", "DMY", "MDY")


@dataclass(frozen=True, kw_only=True)
class ReadAs(Spec):
    """The defaults are the plain way: `-1234.5`, and ISO 8601."""

    decimal: str = field(OneOf(DECIMALS), default=".", help="what stands before the decimals")
    thousands: str | None = field(OneOf(THOUSANDS), default=None, help="what stands between groups of digits")
    unit: str | None = field(Text(MAX_UNIT), default=None, help="what stands before or behind each number")
    missing: tuple[str, ...] = field(Items(Text(MAX_MISSING_WORD)), default=(), help="words that are missing cells")
    dates: str | None = field(OneOf(ORDERS), default=None, help="order of year, month and day")
    clock: bool = field(Flag(), default=False, help="times of day, in hours: 13:45 is 13.75")

    def to_json(self) -> dict[str, Any]:
        """Only what is not plain, the decimal sign wherever there is one for thousands."""
        plain = {item.name: item.default for item in spec_fields(ReadAs)}
        written = {name: value for name, value in super().to_json().items() if value not in (plain[name], [])}
        return {"decimal": self.decimal, **written} if self.thousands else written


PLAIN = ReadAs()
