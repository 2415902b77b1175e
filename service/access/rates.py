"""Counts requests over a sliding window, in this process or, where there is a Redis, for all of them together.

The window slides by weighing the count of the period before by the part of it that still lies in the window. One
addition to one counter is all that a request costs, in Redis too.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from typing import NamedTuple, Protocol

from limits.errors import StorageError
from limits.storage import RedisStorage

from service.domain.key_limits import Rate

logger = logging.getLogger(__name__)

#: Counters in this process; beyond it, those of past periods are forgotten.
MAX_COUNTERS = 20_000
#: How long a Redis that did not answer is left alone, and how long it has to answer.
RETRY_SECONDS = 10.0
REDIS_SECONDS = 0.25
PREFIX = "feedforward-limits"


class Counters(Protocol):
    """`expiry` is in seconds. As the storages of `limits` have it."""

    def incr(self, key: str, expiry: int, amount: int = 1) -> int: ...

    def get(self, key: str) -> int: ...


class MemoryCounters:
    """Of this process. That of `limits` starts a thread every 10 ms, which goes through all counters."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._counters: dict[str, tuple[int, float]] = {}
        self._lock = threading.Lock()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        with self._lock:
            count, until = self._counters.get(key) or (0, self._clock() + expiry)
            if not count and len(self._counters) >= MAX_COUNTERS:
                self._forget()
            self._counters[key] = count + amount, until
            return count + amount

    def get(self, key: str) -> int:
        return self._counters.get(key, (0, 0.0))[0]

    def _forget(self) -> None:
        now = self._clock()
        self._counters = {key: kept for key, kept in self._counters.items() if kept[1] > now}
        if len(self._counters) >= MAX_COUNTERS:
            logger.warning("More than %d callers were counted at once; their counts start again from 0.", MAX_COUNTERS)
            self._counters = {}


class RedisCounters:
    """Of all processes. While Redis is away, each process counts for itself."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._redis = RedisStorage(
            url,
            key_prefix=PREFIX,
            wrap_exceptions=True,
            socket_timeout=REDIS_SECONDS,
            socket_connect_timeout=REDIS_SECONDS,
        )
        self._own = MemoryCounters()
        self._clock = clock
        self._away_until = 0.0
        self._is_away = False

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return self._asked(lambda counters: counters.incr(key, expiry, amount=amount))

    def get(self, key: str) -> int:
        return self._asked(lambda counters: counters.get(key))

    def _asked(self, ask: Callable[[Counters], int]) -> int:
        if self._clock() < self._away_until:
            return ask(self._own)
        try:
            count = ask(self._redis)
        except StorageError as error:
            self._away_until = self._clock() + RETRY_SECONDS
            if not self._is_away:
                logger.warning("Redis cannot count requests, so each process does for itself: %s", error.storage_error)
            self._is_away = True
            return ask(self._own)
        if self._is_away:
            self._is_away = False
            logger.warning("Redis counts requests again, for all processes together.")
        return count


class Room(NamedTuple):
    """What a limit leaves after a request."""

    is_free: bool
    limit: int
    remaining: int
    resets_at: int  #: when this period ends, in seconds since 1970
    retry_seconds: int  #: until another request would be free; 0 if one is now


class _Window(NamedTuple):
    """One that ends now: all of this period so far, and a part of the one before."""

    key: str  #: of this period's counter
    limit: int
    seconds: int
    before: int  #: requests of the period before
    rest: float  #: seconds that are left of this period
    ends_at: int

    def fits(self, count: int) -> bool:
        return self.before * self.rest / self.seconds + count <= self.limit

    def room(self, count: int) -> Room:
        remaining = int(self.limit - self.before * self.rest / self.seconds - count)
        return Room(True, self.limit, remaining, self.ends_at, 0)

    def full(self, count: int) -> Room:
        """Where one more does not fit: it will in this period, as the one before leaves, or else in the next one."""
        if count < self.limit:
            wait = self.rest - (self.limit - count - 1) / self.before * self.seconds
        else:
            wait = self.rest + self.seconds * (1 - (self.limit - 1) / count)
        return Room(False, self.limit, 0, self.ends_at, max(math.ceil(wait), 1))


class Rates:
    """`share` processes count apart, so each lets its part of a limit through."""

    def __init__(self, counters: Counters, *, share: int = 1, clock: Callable[[], float] = time.time) -> None:
        self._counters = counters
        self._share = share
        self._clock = clock
        self._before: dict[str, tuple[int, int]] = {}

    def take(self, who: str, rate: Rate) -> Room:
        """Count a request, unless it is too many."""
        window = self._window(who, rate)
        count = self._counters.incr(window.key, 2 * rate.seconds)
        if window.fits(count):
            return window.room(count)
        self._counters.incr(window.key, 2 * rate.seconds, -1)
        return window.full(count - 1)

    def look(self, who: str, rate: Rate) -> Room:
        """Whether a request would be free; it is not counted."""
        window = self._window(who, rate)
        count = self._counters.get(window.key)
        return window.room(count) if window.fits(count + 1) else window.full(count)

    def _window(self, who: str, rate: Rate) -> _Window:
        seconds, now = rate.seconds, self._clock()
        period, name = int(now // seconds), f"{who}/{seconds}"
        ends_at = (period + 1) * seconds
        limit = -(-rate.requests // self._share)
        return _Window(f"{name}/{period}", limit, seconds, self._count_before(name, period), ends_at - now, ends_at)

    def _count_before(self, name: str, period: int) -> int:
        """The count of the period before, which no longer changes."""
        known = self._before.get(name)
        if known is None or known[0] != period:
            known = period, self._counters.get(f"{name}/{period - 1}")
            if len(self._before) >= MAX_COUNTERS:
                self._before = {}
            self._before[name] = known
        return known[1]
