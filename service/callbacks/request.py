"""One HTTP request to an untrusted receiver: to a checked address, within a time limit, following no redirect."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence

from service.callbacks.addresses import addresses_of, is_public
from service.callbacks.target import Target

#: Only the status line and the headers of a response are read.
MAX_HEAD_BYTES = 64 * 1024
#: Maximum addresses of one host to try.
MAX_ADDRESSES = 4
STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: .*)?", re.DOTALL)
NOT_HTTP = "The response is not HTTP."
PRIVATE = "and FEEDFORWARD_CALLBACK_PRIVATE does not allow that"


class Rejected(Exception):
    """Requests to this target are never allowed."""


class Failed(Exception):
    """There was no response; the next attempt may succeed."""


def post(
    target: Target, headers: Mapping[str, str], body: bytes, *, private_allowed: bool, timeout_seconds: float
) -> int:
    """Send the body and return the status of the response. Raises Rejected and Failed, with a sentence.

    The connection goes to exactly the address that was checked, so that a name cannot resolve to another one in
    between. Proxies of the environment are not used.
    """
    with connected(target, private=None if private_allowed else PRIVATE, timeout_seconds=timeout_seconds) as opened:
        connection, ends_at = opened
        connection.settimeout(left(ends_at))
        connection.sendall(head("POST", target, headers, len(body)) + body)
        return _read_status(connection, ends_at)


@contextlib.contextmanager
def connected(target: Target, *, private: str | None, timeout_seconds: float) -> Iterator[tuple[socket.socket, float]]:
    """A connection, and the moment at which all that is done with it must have ended, by `time.monotonic`.

    `private` says why the target may not be a private address; None: it may. Raises Rejected and Failed, also for what
    goes wrong inside.
    """
    ends_at = time.monotonic() + timeout_seconds
    try:
        with _connected(target, _allowed(addresses_of(target), private), ends_at) as connection:
            yield connection, ends_at
    except TimeoutError:
        raise Failed(f"There was no answer within {timeout_seconds:g} seconds.") from None
    except ssl.SSLCertVerificationError as error:
        raise Failed(f"The certificate of {target.host} cannot be trusted: {error.verify_message}.") from None
    except (socket.gaierror, UnicodeError):
        raise Failed(f"The name {target.host} is not known.") from None
    except OSError as error:
        raise Failed(f"The connection failed: {error.strerror or type(error).__name__}.") from None


def _allowed(addresses: Sequence[str], private: str | None) -> Sequence[str]:
    allowed = [address for address in addresses if private is None or is_public(address)]
    if not allowed:
        raise Rejected(f"The address is private, {private}.")
    return allowed[:MAX_ADDRESSES]


def _connected(target: Target, addresses: Sequence[str], ends_at: float) -> socket.socket:
    """Connect to the first address that accepts, each within its share of the time."""
    for tried, address in enumerate(addresses):
        last = tried == len(addresses) - 1
        try:
            plain = socket.create_connection((address, target.port), left(ends_at) / (len(addresses) - tried))
        except OSError:
            if last:
                raise
        else:
            return _secured(plain, target, ends_at) if target.scheme == "https" else plain
    raise AssertionError("there is at least one address")


def _secured(plain: socket.socket, target: Target, ends_at: float) -> ssl.SSLSocket:
    with contextlib.ExitStack() as on_failure:
        on_failure.callback(plain.close)
        plain.settimeout(left(ends_at))
        secured = ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)
        on_failure.pop_all()
        return secured


def head(method: str, target: Target, headers: Mapping[str, str], length: int) -> bytes:
    """The lines in front of a body."""
    every = {"Host": target.authority, **headers, "Content-Length": str(length), "Connection": "close"}
    lines = [f"{method} {target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in every.items()), "", ""]
    return "\r\n".join(lines).encode("ascii")


def _read_status(connection: socket.socket, ends_at: float) -> int:
    received = b""
    while len(received) < MAX_HEAD_BYTES:
        connection.settimeout(left(ends_at))
        more = connection.recv(4096)
        received += more
        status = _status_in(received)
        if status is not None:
            return status
        if not more:
            raise Failed(NOT_HTTP)
    raise Failed("The headers of the response are too long.")


def _status_in(received: bytes) -> int | None:
    """The status of the final response, once received; a status from 100 to 199 only announces another."""
    while True:
        line, complete, _ = received.partition(b"\r\n")
        if not complete:
            return None
        status = STATUS_LINE.fullmatch(line)
        if status is None:
            raise Failed(NOT_HTTP)
        if not status[1].startswith(b"1"):
            return int(status[1])
        _, complete, received = received.partition(b"\r\n\r\n")
        if not complete:
            return None


def left(ends_at: float) -> float:
    """The seconds left. Raises TimeoutError when there are none."""
    left = ends_at - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
