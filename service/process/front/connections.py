"""The connections of this process, by their clients: the server has no way to break one off."""

from __future__ import annotations

import ipaddress
import os
import socket
from contextlib import suppress
from pathlib import Path

DESCRIPTORS = Path("/dev/fd")


def cut(client: str) -> None:
    """Shut the connection of a client down, as in ``127.0.0.1:4711`` or ``[::1]:4711``; it then sees that it broke."""
    host, _, port = client.rpartition(":")
    wanted = ipaddress.ip_address(host.strip("[]")), int(port)
    for name in os.listdir(DESCRIPTORS):  # noqa: PTH208  # names alone
        with suppress(OSError):
            _cut_if(int(name), wanted)


def _cut_if(descriptor: int, wanted: tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, int]) -> None:
    """Raises OSError for what is no connection."""
    copy = os.dup(descriptor)
    try:
        connection = socket.socket(fileno=copy)
    except OSError:
        os.close(copy)
        raise
    with connection:
        if connection.family not in (socket.AF_INET, socket.AF_INET6):
            return
        host, port, *_ = connection.getpeername()
        if (ipaddress.ip_address(host), port) == wanted:
            connection.shutdown(socket.SHUT_RDWR)
