"""Memory that threads free, so that other threads of the process can use it."""

from __future__ import annotations

import ctypes
from contextlib import suppress

#: mallopt(3), and the number: with one for each thread, as is usual, every thread would keep what its largest request
#: has freed. Python's threads take turns, so that two are enough.
_M_ARENA_MAX, ARENAS = -8, 2


def limit_arenas() -> None:
    """To be called before there are threads. Without glibc it does nothing."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, ARENAS)
