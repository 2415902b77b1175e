"""How much one key may ask for. None leaves a limit to the service's settings, and 0 is no limit."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from typing import Any, NamedTuple

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
RATE_PATTERN = rf"0|[1-9][0-9]{{0,8}}/({'|'.join(SECONDS)})"


class Rate(NamedTuple):
    """So many requests in any period of so many seconds."""

    requests: int
    seconds: int

    def is_within(self, other: Rate) -> bool:
        """Whether whatever this one lets through, the other one does too."""
        return self.requests <= other.requests and self.requests * other.seconds <= other.requests * self.seconds


@lru_cache(maxsize=1024)
def read_rate(text: str) -> Rate | None:
    """`100/second`; None for `0`, no limit. Raises ValueError."""
    if not re.fullmatch(RATE_PATTERN, text):
        raise ValueError("must be a number of requests per second, minute, hour or day, such as 100/second, or 0")
    number, _, unit = text.partition("/")
    return Rate(int(number), SECONDS[unit]) if unit else None


@dataclass(frozen=True, kw_only=True)
class KeyLimits:
    """Rates are texts such as `100/second`."""

    predict: str | None = None  #: requests to predict, evaluate and explain
    train: str | None = None  #: new networks and jobs
    uploads: str | None = None  #: data sets uploaded or read again
    running_jobs: int | None = None  #: at the same time
    queued_jobs: int | None = None  #: that wait at the same time
    stored_bytes: int | None = None  #: of data sets, rows of jobs and snapshots together

    def rate(self, bucket: str) -> Rate | None:
        text: str | None = getattr(self, bucket)
        return None if text is None else read_rate(text)

    def over(self, others: KeyLimits) -> KeyLimits:
        """These, and the others where these say nothing."""
        return KeyLimits(**{**asdict(others), **self.given()})

    def given(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None}

    def beyond(self, others: KeyLimits) -> list[str]:
        """The limits that are higher than the others. Both must be complete."""
        return [item.name for item in fields(self) if self._is_beyond(item.name, others)]

    def _is_beyond(self, name: str, others: KeyLimits) -> bool:
        if name in COUNTS:
            most = getattr(others, name) or math.inf
            return bool((getattr(self, name) or math.inf) > most)
        mine, theirs = self.rate(name), others.rate(name)
        return theirs is not None and (mine is None or not mine.is_within(theirs))


#: Those of the settings.
NO_LIMITS = KeyLimits()
#: The names of the rates.
BUCKETS = ("predict", "train", "uploads")
#: Those of the numbers.
COUNTS = ("running_jobs", "queued_jobs", "stored_bytes")
MAX_COUNT = 2**60


def limits_of(given: Mapping[str, Any] | None) -> KeyLimits:
    return KeyLimits(**(given or {}))
