"""How fast a body must arrive: a first byte soon, then a minimum in each time window, and all of it by a deadline."""

from __future__ import annotations

import math
from dataclasses import dataclass

WINDOW_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class PaceLimits:
    first_byte_seconds: float = 10.0
    bytes_per_second: int = 4096  #: as the mean of each window


class Pace:
    """Times are those of one clock, in seconds."""

    def __init__(self, limits: PaceLimits, now: float, seconds: float | None) -> None:
        self._limits = limits
        self._ends_at = math.inf if seconds is None else now + seconds
        self._window_ends_at = now + limits.first_byte_seconds
        self._missing_bytes = 1

    def seconds_left(self, now: float) -> float:
        """Time until the pace must be checked again."""
        return max(0.0, min(self._window_ends_at, self._ends_at) - now)

    def add(self, size_bytes: int, now: float) -> None:
        """Count bytes that have arrived; the first ones start the first window."""
        self._missing_bytes -= size_bytes
        if self._missing_bytes <= 0 and not self._has_begun:
            self._begin_window(now)

    def is_broken(self, now: float) -> bool:
        """Whether the body is too slow; if not, the next window starts once the present one has ended."""
        if now >= self._ends_at:
            return True
        if now < self._window_ends_at:
            return False
        if self._missing_bytes > 0:
            return True
        self._begin_window(now)
        return False

    _has_begun = False

    def _begin_window(self, now: float) -> None:
        self._has_begun = True
        self._window_ends_at = now + WINDOW_SECONDS
        self._missing_bytes = math.ceil(self._limits.bytes_per_second * WINDOW_SECONDS)
