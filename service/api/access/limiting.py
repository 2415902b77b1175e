"""How many requests of each kind a key may send: asked after the gate has let a request in."""

from __future__ import annotations

from service.access.rates import Rates
from service.api.access.rules import Routes
from service.api.http.problems import rate_headers
from service.domain.access import Caller
from service.domain.key_limits import KeyLimits, Rate, read_rate
from service.errors import TooManyRequests


class Limiter:
    """A caller that needs no key has no limits."""

    def __init__(self, rates: Rates, defaults: KeyLimits, routes: Routes) -> None:
        self._rates = rates
        self._defaults = defaults
        self._routes = routes

    def take(self, method: str, path: str, caller: Caller) -> list[tuple[str, str]]:
        """Count a request, and say in headers what is left. Raises TooManyRequests."""
        bucket, rate = self._limit(method, path, caller)
        if rate is None:
            return []
        room = self._rates.take(f"{bucket}/{caller.id}", rate)
        if not room.is_free:
            raise _too_many(bucket, room.limit, rate, room.resets_at, room.retry_seconds)
        return rate_headers(room.limit, room.remaining, room.resets_at)

    def look(self, method: str, path: str, caller: Caller) -> None:
        """Raises TooManyRequests where the request would be one too many; it is not counted."""
        bucket, rate = self._limit(method, path, caller)
        room = rate and self._rates.look(f"{bucket}/{caller.id}", rate)
        if rate and room and not room.is_free:
            raise _too_many(bucket, room.limit, rate, room.resets_at, room.retry_seconds)

    def _limit(self, method: str, path: str, caller: Caller) -> tuple[str, Rate | None]:
        bucket = None if caller.id is None else self._routes.bucket(method, path)
        if bucket is None:
            return "", None
        text = getattr(caller.limits, bucket) or getattr(self._defaults, bucket) or "0"
        return bucket, read_rate(text)


KINDS = {"predict": "Predictions", "train": "New networks and jobs", "uploads": "Uploads"}


def _too_many(bucket: str, limit: int, rate: Rate, resets_at: int, retry_seconds: int) -> TooManyRequests:
    return TooManyRequests(
        f"{KINDS[bucket]} of your key are limited to {limit:,} in {rate.seconds:,} s. Try again in {retry_seconds} s.",
        limit=limit,
        resets_at=resets_at,
        retry_after_seconds=retry_seconds,
    )
