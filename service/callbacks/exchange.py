"""One HTTP request of which the response is read too, to a checked address, within a time limit."""

from __future__ import annotations

import http.client
import io
import socket
from collections.abc import Mapping
from typing import Any, NamedTuple

from service.callbacks.request import NOT_HTTP, Failed, connected, head, left
from service.callbacks.target import Target

#: Bytes sent at a time, so that the time limit is looked at in between.
PIECE = 256 * 1024


class Reply(NamedTuple):
    status: int
    body: bytes


def exchange(
    method: str,
    target: Target,
    headers: Mapping[str, str],
    body: bytes,
    *,
    private: str | None,
    timeout_seconds: float,
    max_bytes: int,
) -> Reply:
    """Send a request and read its response; it follows no redirect, and uses no proxy of the environment.

    `private` says why the target may not be a private address; None: it may. Raises Rejected and Failed, with a
    sentence; a response of more than `max_bytes` is Failed too.
    """
    with connected(target, private=private, timeout_seconds=timeout_seconds) as (connection, ends_at):
        _send(connection, head(method, target, headers, len(body)), ends_at)
        for start in range(0, len(body), PIECE):
            _send(connection, body[start : start + PIECE], ends_at)
        return _read(connection, ends_at, method, max_bytes)


def _send(connection: socket.socket, data: bytes, ends_at: float) -> None:
    connection.settimeout(left(ends_at))
    connection.sendall(data)


def _read(connection: socket.socket, ends_at: float, method: str, max_bytes: int) -> Reply:
    source: Any = _Source(connection, ends_at)
    response = http.client.HTTPResponse(source, method=method)
    try:
        response.begin()
        body = response.read(max_bytes + 1)
    except http.client.RemoteDisconnected:
        raise Failed("The connection was closed without an answer.") from None
    except http.client.HTTPException:
        raise Failed(NOT_HTTP) from None
    finally:
        response.close()
    if len(body) > max_bytes:
        raise Failed(f"The response has more than {max_bytes:,} bytes.")
    return Reply(response.status, body)


class _Source:
    """What `HTTPResponse` reads from, as a socket looks to it."""

    def __init__(self, connection: socket.socket, ends_at: float) -> None:
        self._connection, self._ends_at = connection, ends_at

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Timed(self._connection, self._ends_at))


class _Timed(io.RawIOBase):
    """A response that comes byte by byte ends in time too: each read has what is left of it."""

    def __init__(self, connection: socket.socket, ends_at: float) -> None:
        self._connection, self._ends_at = connection, ends_at

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connection.settimeout(left(self._ends_at))
        return self._connection.recv_into(buffer)
