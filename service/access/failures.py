"""Counts wrong keys by the address that they come from."""

from __future__ import annotations

import ipaddress

from service.access.rates import Rates, Room
from service.domain.key_limits import Rate
from service.errors import TooManyRequests


class Failures:
    """A right key always works, so that nobody locks out others behind one address; signing in has to wait."""

    def __init__(self, rates: Rates, rate: Rate | None) -> None:
        self._rates = rates
        self._rate = rate

    def note(self, address: str) -> None:
        """Count a failure. Raises TooManyRequests where there have been too many."""
        if self._rate is not None:
            _check(self._rates.take(_counted(address), self._rate))

    def check(self, address: str) -> None:
        """Raises TooManyRequests where there have been too many."""
        if self._rate is not None:
            _check(self._rates.look(_counted(address), self._rate))


def _check(room: Room) -> None:
    if not room.is_free:
        raise TooManyRequests(
            f"Too many keys from your address were wrong. Try again in {room.retry_seconds} s.",
            limit=room.limit,
            resets_at=room.resets_at,
            retry_after_seconds=room.retry_seconds,
        )


def _counted(address: str) -> str:
    """Count an IPv6 client by its /64 network, all of whose addresses it can use."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return f"failures/{address[:50]}"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return f"failures/{ipaddress.ip_network((parsed, 64), strict=False)}"
    return f"failures/{address}"
