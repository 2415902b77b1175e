"""Identifiers that sort by the time they were made, so that a keyset page needs no second column."""

from __future__ import annotations

import secrets
import threading
import time

CHANCE_BITS = 48
#: How far apart ids of one millisecond are at most.
STEP_BITS = 32


class _Numbers:
    """Ascending numbers: the milliseconds since 1970, then chance."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def next(self) -> int:
        now = time.time_ns() // 1_000_000
        # The highest bit is left out, so that many more of this millisecond find room behind.
        drawn = now << CHANCE_BITS | secrets.randbits(CHANCE_BITS - 1)
        with self._lock:
            is_later = now > self._last >> CHANCE_BITS
            self._last = drawn if is_later else self._last + 1 + secrets.randbits(STEP_BITS)
            return self._last


_numbers = _Numbers()


def new_id(prefix: str) -> str:
    """Return e.g. ``job_019a9d3c4f6b8a1e0c7d2f41``: 12 hex digits of milliseconds, 12 of chance.

    Those of one process sort as they were made, also within a millisecond.
    """
    return f"{prefix}_{_numbers.next():024x}"
