"""When a request is sent again, and after how long."""

from __future__ import annotations

import random
from dataclasses import dataclass

import httpx

from feedforward_client.requests import Request

BUSY = frozenset({429, 503})
FIRST_SECONDS = 0.25
LONGEST_SECONDS = 30.0
# A connection that was never made has carried no request.
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True)
class Retries:
    """At most `count` further attempts, after waits that double, with jitter, or as long as `Retry-After` says."""

    count: int = 4

    def after_error(self, request: Request, error: httpx.TransportError, attempt: int) -> float | None:
        """Seconds to wait before the next attempt; None: raise."""
        is_slow = isinstance(error, httpx.ReadTimeout) and not request.creates  # It would be as slow again.
        is_safe = (request.is_repeatable and not is_slow) or isinstance(error, UNSENT)
        return backoff(attempt) if is_safe and attempt < self.count else None

    def after_answer(self, response: httpx.Response, attempt: int) -> float | None:
        """A busy service has done nothing yet, so any request may be sent again."""
        if response.status_code not in BUSY or attempt >= self.count:
            return None
        seconds = response.headers.get("Retry-After", "")
        wait = float(seconds) if seconds.isdecimal() else backoff(attempt)
        return wait if wait <= LONGEST_SECONDS else None


def backoff(attempt: int) -> float:
    return min(LONGEST_SECONDS, FIRST_SECONDS * 2.0**attempt) * random.uniform(0.5, 1.0)
