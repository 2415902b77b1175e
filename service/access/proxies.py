"""What the proxies in front of the service say of a request. Nobody else is believed.

`Forwarded` (RFC 7239) is never read: proxies that set `X-Forwarded-…` pass it on as a client has written it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
FOR, PROTO, HOST = "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"
#: A chain of proxies longer than this is none.
MAX_HOPS = 20


class Headers(Protocol):
    """Request headers by their names in small letters."""

    def get(self, name: str, /) -> str | None: ...


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A request as the first trusted proxy saw it."""

    client: str  #: address
    scheme: str
    #: Headers to replace, by names in small letters; None: to remove.
    changed: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Proxies:
    networks: Collection[Network] = ()
    secret_headers: tuple[str, ...] = ()  #: that nobody else may send, such as who was signed in

    def trusts(self, address: str) -> bool:
        parsed = _parsed(address)
        return parsed is not None and any(parsed in network for network in self.networks)

    def seen(self, headers: Headers, client: str, scheme: str) -> Seen:
        """`client` is the address that the connection comes from."""
        if not self.trusts(client):
            return Seen(client=client, scheme=scheme, changed=dict.fromkeys(self.secret_headers))
        chain = _listed(headers.get(FOR))
        first, hops = self._first_client(chain, client)
        proto = _at(_listed(headers.get(PROTO)), hops).lower()
        host = _at(_listed(headers.get(HOST)), hops)
        # What comes through a proxy is never of this machine, even where the proxy does not say from whom it is.
        changed = {FOR: ", ".join(chain) or client} | ({"host": host} if host else {})
        return Seen(client=first, scheme=proto if proto in ("http", "https") else scheme, changed=changed)

    def _first_client(self, chain: list[str], client: str) -> tuple[str, int]:
        """The last address that no trusted proxy has, and how many trusted proxies came after it."""
        hops = 0
        for hop in reversed(chain[-MAX_HOPS:]):
            hops += 1
            address = _parsed(_without_port(hop))
            if address is None:
                break
            client = str(address)
            if not self.trusts(client):
                break
        return client, max(hops, 1)


def _listed(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def _at(values: list[str], hops: int) -> str:
    """What the first of so many proxies has added; one proxy alone may have set the value for all of them."""
    return values[-min(hops, len(values))] if values else ""


def _without_port(text: str) -> str:
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
