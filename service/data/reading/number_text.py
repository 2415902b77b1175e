"""One number as people write it: `1.234,50 €`, `(1 234.5)`, `−12 %`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from service.data.reading.read_as import ReadAs

SPACES = "\u00a0\u2009\u202f\u2007\u2008\u2002"
APOSTROPHES = "’‘´`"
MINUSES = "−–﹣－"
PLAINER = str.maketrans(
    {**dict.fromkeys(SPACES, " "), **dict.fromkeys(APOSTROPHES, "'"), **dict.fromkeys(MINUSES, "-")}
)

SYMBOLS = "$€£¥￥₩￦₹₽₺₴₪฿₫₱₦₡₲₵₸₼₾¢"
CODES = [
    "USD",
    "EUR",
    "GBP",
    "JPY",
    "KRW",
    "CNY",
    "RMB",
    "CHF",
    "CAD",
    "AUD",
    "NZD",
    "SEK",
    "NOK",
    "DKK",
    "INR",
    "BRL",
    "MXN",
    "ZAR",
    "RUB",
    "TRY",
    "PLN",
    "CZK",
    "HUF",
    "RON",
    "SGD",
    "HKD",
    "TWD",
    "THB",
    "IDR",
    "MYR",
    "PHP",
    "VND",
    "ILS",
    "AED",
    "SAR",
    "UAH",
]
#: What may stand before a number; other letters there are part of a code, such as A12.
_BEFORE = rf"(?:[A-Z]{{0,3}}[{SYMBOLS}]|{'|'.join(CODES)}|Rs\.?|kr\.?|Fr\.?|zł)"
_NEVER = r"\s0-9()+,'*?#<>=:;\"&|\\@_\[\]{}"
_BEHIND = rf"[^{_NEVER}.\-/][^{_NEVER}]{{0,11}}"

#: How a zero is written where a shape keeps it: in front of all other digits.
FRONT_ZERO = "\x01"


@dataclass(frozen=True)
class Separators:
    decimal: str
    thousands: str | None = None


PLAIN = Separators(".")
#: In the order in which they are preferred.
KNOWN = (
    PLAIN,
    Separators(","),
    Separators(".", ","),
    Separators(",", "."),
    Separators(".", "'"),
    Separators(",", "'"),
    Separators(".", " "),
    Separators(",", " "),
)


@dataclass(frozen=True)
class Parts:
    """A number taken apart. `body` is its digits and their separators; `is_accounted` says that it is below zero as
    accounts write it: `(12)` or `12-`."""

    body: str
    exponent: str
    negative: bool
    unit: str | None
    is_accounted: bool

    @property
    def separators(self) -> frozenset[str]:
        return frozenset(self.body) & frozenset(".,' ")


def _cell_pattern(digit: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?P<open>\()?\s*(?P<sign>[+-])?\s*(?P<before>{_BEFORE})?\s*(?P<inner>[+-])?\s*"
        rf"(?P<body>{digit}(?:[.,' ]?{digit})*[.,]?|[.,]{digit}+)"
        rf"(?P<exponent>[eE][+-]?{digit}+)?\s*(?P<behind>{_BEHIND})?\s*(?P<trailing>-)?\s*(?P<close>\))?"
    )


_CELL = _cell_pattern("[0-9]")
#: The same of a shape, in which every digit is 0.
_SHAPE = _cell_pattern(f"[0{FRONT_ZERO}]")


def parts_of(text: str, *, is_shape: bool = False) -> Parts | None:
    """None for what is no number in any way of writing."""
    found = (_SHAPE if is_shape else _CELL).fullmatch(text.strip().translate(PLAINER))
    if found is None:
        return None
    signs = [sign for sign in (found["sign"], found["inner"], found["trailing"]) if sign]
    is_bracketed = found["open"] is not None
    if is_bracketed != (found["close"] is not None) or len(signs) + is_bracketed > 1:
        return None
    units = [unit for unit in (found["before"], found["behind"]) if unit]
    if len(units) > 1:
        return None
    return Parts(
        found["body"],
        found["exponent"] or "",
        is_bracketed or signs == ["-"],
        units[0] if units else None,
        is_bracketed or found["trailing"] is not None,
    )


@cache
def body_pattern(separators: Separators, *, is_shape: bool = False) -> re.Pattern[str]:
    """Which bodies are numbers that are written with these separators."""
    digit, first = (f"[0{FRONT_ZERO}]", "0") if is_shape else ("[0-9]", "[1-9]")
    point, whole = re.escape(separators.decimal), f"{digit}+"
    if separators.thousands is not None:
        comma = re.escape(separators.thousands)
        whole = rf"(?:{whole}|{first}{digit}{{0,2}}(?:{comma}{digit}{{3}})+"
        # In India 12,34,567 is 1234567.
        whole += rf"|{first}{digit}?(?:,{digit}{{2}})+,{digit}{{3}})" if separators.thousands == "," else ")"
    return re.compile(rf"{whole}(?:{point}{digit}*)?|{point}{digit}+")


def read_number(text: str, read_as: ReadAs) -> float | None:
    """None for what is no number in this column.

    A plain number is one, unless its point may mean thousands: `1.234` in a column with a decimal comma is
    ambiguous.
    """
    parts = parts_of(text)
    if parts is None or parts.unit not in (None, read_as.unit):
        return None
    separators = Separators(read_as.decimal, read_as.thousands)
    body = parts.body
    if body_pattern(separators).fullmatch(body):
        body = body.replace(separators.thousands or "\0", "").replace(separators.decimal, ".")
    elif body_pattern(PLAIN).fullmatch(body) is None or may_be_grouped(body):
        return None
    number = float(body + parts.exponent)
    return -number if parts.negative else number


def may_be_grouped(body: str) -> bool:
    """Whether a point or a comma in it may stand between thousands."""
    return any(
        body_pattern(Separators(other, mark)).fullmatch(body)
        for mark, other in ((".", ","), (",", "."))
        if mark in body
    )
