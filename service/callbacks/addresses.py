"""Which addresses a callback may reach: those of the open internet, unless private ones are allowed.

Otherwise a user who may submit jobs could make a worker send requests into its own network.
"""

from __future__ import annotations

import ipaddress
import socket

from service.callbacks.target import Target

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: IPv4 that Python counts as public: protocol assignments, 6to4 relays, and Azure's metadata address.
NOT_FOR_ALL = tuple(map(ipaddress.IPv4Network, ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")))
#: All IPv6 addresses in public use; below, the ranges of it that lead or map elsewhere.
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
ELSEWHERE = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
#: Addresses that a gateway translates to IPv4 (RFC 6052): the IPv4 address is checked.
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(text: str) -> bool:
    """Whether an address, as `socket` writes it, belongs to the open internet."""
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or _behind_a_gateway(address)
        if inner is None:
            return address in GLOBAL_UNICAST and not any(address in network for network in ELSEWHERE)
        address = inner
    special = address.is_multicast or address.is_reserved or any(address in network for network in NOT_FOR_ALL)
    return address.is_global and not special


def addresses_of(target: Target) -> list[str]:
    """Resolve the host of a target. Raises OSError."""
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def written_address(target: Target) -> str | None:
    """The address if the host is one, in any notation (`127.1` and `0x7f000001` count); otherwise None."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return None
    return str(found[0][4][0])


def _behind_a_gateway(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    return ipaddress.IPv4Address(address.packed[-4:]) if address in NAT64 else None
