"""The ways in which a drill fails."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE_SECONDS = 60.0


class DrillFailed(Exception):
    """The service did not do what it promises; the message says what."""


class Missing(Exception):
    """What a drill needs is not on this machine; the message says what."""


def must(holds: object, message: str) -> None:
    if not holds:
        raise DrillFailed(message)


def until(condition: Callable[[], T | None], what: str, *, within_seconds: float = PATIENCE_SECONDS) -> T:
    """Return the first true value of `condition`."""
    deadline = time.monotonic() + within_seconds
    while not (value := condition()):
        must(time.monotonic() < deadline, f"{what} did not come about within {within_seconds:g} s")
        time.sleep(0.02)
    return value
