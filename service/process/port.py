"""The address to listen on, checked before anything starts."""

from __future__ import annotations

import errno
import socket

from service.process.errors import CannotStart

REASONS = {
    errno.EADDRINUSE: "is taken. Stop what is using it, or choose another with --port.",
    errno.EACCES: "may not be opened by this user. Choose one above 1023 with --port.",
    errno.EADDRNOTAVAIL: "cannot be opened: this machine has no such address. Choose another with --host.",
}


def free_address(host: str, port: int) -> str:
    """Return the numeric address of `host`, on which `port` is free."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError):
        raise CannotStart(f"The address {host} is not known. Choose another with --host.") from None
    # The server shares its port among its processes and would share it with a stranger's too, so look without sharing.
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as error:
            reason = REASONS.get(error.errno or 0, f"cannot be opened: {error.strerror}.")
            raise CannotStart(f"Port {port} on {host} {reason}") from None
    return str(address[0])
