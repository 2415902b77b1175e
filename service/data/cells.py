"""One cell of a user's row, from JSON or from text, as a frame keeps it; None is missing."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import numpy as np

from service.data.cell_words import MISSING, NO, ONE, YES, ZERO, number_word
from service.data.frame import FIRST, LAST, Kind
from service.schema.rules import reject, shown

NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
#: Where a plus belongs: before an exponent, and between a time of day and its offset from UTC.
_PLUS: Mapping[Kind, re.Pattern[str]] = MappingProxyType(
    {"number": re.compile(r"([eE]) ([0-9]+)$"), "time": re.compile(r"([T ][0-9:.,]+) ([0-9:]+)$")}
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Read = Callable[[Any], Any]


def from_json(kind: Kind, value: Any) -> Any:
    """Raises SpecError."""
    return None if value is None else JSON[kind](value)


def from_text(kind: Kind, text: str) -> Any:
    """Whether a word stands for a missing category is left to whoever knows the categories. Raises SpecError."""
    word = text.strip()
    return None if not word or (kind != "category" and word.lower() in MISSING) else TEXT[kind](text)


def from_query(kind: Kind, text: str) -> Any:
    """From a URL, where a plus that is not encoded arrives as a space: 1e+16 as "1e 16". Raises SpecError."""
    if kind in _PLUS:
        text = _PLUS[kind].sub(r"\1+\2", text.strip())
    return from_text(kind, text)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise reject(f"must be a number, got {shown(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise reject("must be a finite number")
    return number


def _number_of_text(text: str) -> float:
    word = text.strip()
    if not NUMBER.fullmatch(word):
        raise reject(f"must be a finite number, got {shown(text)}")
    return _number(float(word))


def _flag(value: Any) -> float:
    if value is True or value is False:
        return float(value)
    raise reject(f"must be true or false, got {shown(value)}")


def _flag_of_text(text: str) -> float:
    word = text.strip().lower()
    if word not in YES | NO | {ONE, ZERO}:
        raise reject(f"must be true or false, got {shown(text)}")
    return float(word in YES | {ONE})


def _word(value: Any) -> str:
    """Categories may be written as numbers, such as years."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_word(value)
    raise reject(f"must be a text, got {shown(value)}")


def _moment(value: Any) -> np.datetime64:
    """A time without an offset is in UTC."""
    try:
        told = datetime.fromisoformat(value.strip())
        since = (told if told.tzinfo else told.replace(tzinfo=UTC)) - _EPOCH
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise reject(f"must be a time such as 2024-03-01T12:30:00Z or a date, got {shown(value)}") from None
    moment = np.datetime64(since // timedelta(microseconds=1), "us")
    if not FIRST <= moment <= LAST:
        raise reject(f"must lie in the years 1 to 9999, got {shown(value)}")
    return moment


JSON: Mapping[Kind, Read] = MappingProxyType({"number": _number, "boolean": _flag, "category": _word, "time": _moment})
TEXT: Mapping[Kind, Read] = MappingProxyType(
    {"number": _number_of_text, "boolean": _flag_of_text, "category": lambda text: text, "time": _moment}
)
