"""One date or moment as people write it: `31/12/2020`, `2023. 6. 5.`, `5 Jun 2023 13:45`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

#: English names of months, by their first three letters.
MONTHS = {
    name: place
    for place, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
#: Years of two digits up to here are of this century.
LAST_SHORT_YEAR = 68

_NAME = r"(?P<name>(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)\.?"
_DAY, _MONTH, _YEAR = r"(?P<day>[0-9]{1,2})", r"(?P<month>[0-9]{1,2})", r"(?P<year>[0-9]{4})"
_ANY_YEAR = r"(?P<year>[0-9]{4}|[0-9]{2})"
_TIME = (
    r"(?:(?:T|,?\s+)(?P<half_before>AM|PM|오전|오후)?\s?(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?\s?(?P<half>[AaPp]\.?[Mm]\.?)?"
    r"\s?(?P<zone>Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_WEEKDAY = r"(?:(?i:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"


def _both(separator: str, first: str, second: str, third: str) -> str:
    return rf"{first}{separator}{second}{separator}{third}"


#: By the order of year, month and day. Each pattern has one sign between the parts.
PATTERNS: Mapping[str, tuple[re.Pattern[str], ...]] = {
    "YMD": tuple(
        re.compile(_WEEKDAY + date + _TIME)
        for date in (
            *(_both(sign, _YEAR, _MONTH, _DAY) for sign in ("-", "/", r"\.")),
            rf"{_YEAR}\. {_MONTH}\. {_DAY}\.?",
            rf"{_YEAR}년 ?{_MONTH}월 ?{_DAY}일",
            rf"{_YEAR}年{_MONTH}月{_DAY}日",
            rf"{_YEAR}(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})",
            _both("[-/ ]", _YEAR, _NAME, _DAY),
        )
    ),
    "DMY": tuple(
        re.compile(_WEEKDAY + date + _TIME)
        for date in (
            *(_both(sign, _DAY, _MONTH, _ANY_YEAR) for sign in ("-", "/", r"\.", r"\. ")),
            _both(r"[-/ ]", _DAY, _NAME, _ANY_YEAR),
        )
    ),
    "MDY": tuple(
        re.compile(_WEEKDAY + date + _TIME)
        for date in (
            *(_both(sign, _MONTH, _DAY, _ANY_YEAR) for sign in ("-", "/", r"\.", r"\. ")),
            rf"{_NAME} {_DAY}(?:st|nd|rd|th)?,? {_YEAR}",
            _both(r"[-/]", _NAME, _DAY, _ANY_YEAR),
        )
    ),
}


def match_moment(text: str, order: str) -> re.Match[str] | None:
    word = text.strip()
    return next((found for pattern in PATTERNS[order] if (found := pattern.fullmatch(word))), None)


def read_moment(text: str, order: str) -> datetime | None:
    """In UTC, as is a moment without an offset; None for what is none in this order."""
    found = match_moment(text, order)
    if found is None:
        return None
    given = found.groupdict()
    try:
        zone = _offset(given.get("zone"))
        moment = datetime(_year(given["year"]), _month(given), int(given["day"]), *_clock(given), tzinfo=zone)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def is_plain_date(text: str, order: str) -> bool:
    found = match_moment(text, order)
    return found is not None and found["hour"] is None


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year <= LAST_SHORT_YEAR else 1900)


def _month(given: Mapping[str, str | None]) -> int:
    name = given.get("name")
    return MONTHS[name[:3].lower()] if name else int(given["month"] or 0)


def _clock(given: Mapping[str, str | None]) -> tuple[int, int, int, int]:
    if given["hour"] is None:
        return 0, 0, 0, 0
    hour, half = int(given["hour"]), given["half"] or given["half_before"]
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(f"no hour of half a day: {hour}")
        hour = hour % 12 + 12 * (half[0] in "pP" or half == "오후")
    micros = int((given["fraction"] or "0").ljust(6, "0")[:6])
    return hour, int(given["minute"] or 0), int(given["second"] or 0), micros


def _offset(text: str | None) -> timezone:
    if text is None or text in ("Z", "UTC", "GMT"):
        return UTC
    hours, minutes = int(text[1:3]), int(text[3:].lstrip(":") or 0)
    since = timedelta(hours=hours, minutes=minutes)
    return timezone(-since if text[0] == "-" else since)
