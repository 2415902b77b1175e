"""Cron expressions in a time zone, as Debian's cron reads them; see docs/schedules.md."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from service.errors import FieldError, Invalid

FIELDS = 5
MAX_CRON, MAX_TIMEZONE = 200, 100
DEFAULT_TIMEZONE = "UTC"


def check(cron: str, timezone: str) -> None:
    """Raises Invalid with the fields cron and timezone."""
    if issues := [*_cron_issues(cron), *_timezone_issues(timezone)]:
        raise Invalid(fields=issues)


def next_time(cron: str, timezone: str, after: float) -> float:
    """The first time after a moment, both in seconds since 1970.

    Raises Invalid where there is none in 50 years, or this machine does not know the time zone.
    """
    start = datetime.fromtimestamp(after, _zone(timezone))
    # At the end of summer time an hour comes twice, and a time in it may lie before the start.
    found = (time.timestamp() for time in CronSim(cron, start))
    try:
        return next(moment for moment in found if moment > after)
    except (StopIteration, OverflowError):
        raise Invalid(fields=[FieldError(("cron",), "names no time in the next 50 years")]) from None


def _cron_issues(cron: str) -> Iterator[FieldError]:
    if len(cron) > MAX_CRON:
        yield FieldError(("cron",), f"must have at most {MAX_CRON} characters, got {len(cron)}")
    elif len(cron.split()) != FIELDS:
        words = "must have five fields: minute, hour, day of the month, month, day of the week"
        yield FieldError(("cron",), f"{words}; got {len(cron.split())}")
    else:
        try:
            CronSim(cron, datetime.fromtimestamp(0, UTC))
        except (CronSimError, ValueError, AssertionError) as error:
            reason = f" ({str(error).lower()})" if str(error) else ""
            yield FieldError(("cron",), f'must be a cron expression such as "0 3 * * *"{reason}')


def _timezone_issues(timezone: str) -> Iterator[FieldError]:
    if timezone != DEFAULT_TIMEZONE and timezone not in _timezones():
        yield FieldError(("timezone",), "must be the name of a time zone such as Europe/Zurich")


def _zone(timezone: str) -> tzinfo:
    if timezone == DEFAULT_TIMEZONE:
        return UTC
    try:
        return ZoneInfo(timezone)
    except (KeyError, ValueError, OSError):
        raise Invalid(fields=[FieldError(("timezone",), f"is not known on this machine: {timezone}")]) from None


@lru_cache(maxsize=1)
def _timezones() -> frozenset[str]:
    """Those that this machine knows; finding them reads a folder."""
    return frozenset(available_timezones())
