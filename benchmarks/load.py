"""A client that asks one thing over and over: HTTP/1.1 with kept connections, each asking again once it is answered."""

from __future__ import annotations

import re
import selectors
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import quantiles
from time import perf_counter

_LENGTH = re.compile(rb"\ncontent-length: *(\d+)", re.IGNORECASE)

Headers = Mapping[str, str]
NO_HEADERS: Headers = {}


@dataclass(frozen=True)
class Load:
    """What came of one round: the seconds that each answer took, and those of the whole round."""

    latencies: list[float]
    seconds: float

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, percent: int) -> float:
        return quantiles(self.latencies, n=100)[percent - 1]


class Connection:
    def __init__(self, port: int, path: str, body: bytes | None, headers: Headers) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        if body is not None:
            headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
        head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._request = f"{head}\r\n".encode() + (body or b"")

    def ask(self) -> None:
        self.asked_at = perf_counter()
        self._answer = b""
        self.socket.sendall(self._request)

    def read(self) -> float | None:
        """The seconds the answer took, once it is all there."""
        self._answer += self.socket.recv(65536)
        head, ended, body = self._answer.partition(b"\r\n\r\n")
        found = _LENGTH.search(head)
        if not ended or found is None or len(body) < int(found[1]):
            return None
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(self._answer.decode())
        return perf_counter() - self.asked_at


@contextmanager
def connected(
    port: int, path: str, body: bytes | None, headers: Headers, count: int
) -> Iterator[selectors.BaseSelector]:
    with ExitStack() as stack, selectors.DefaultSelector() as selector:
        for _ in range(count):
            connection = Connection(port, path, body, headers)
            stack.enter_context(connection.socket)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        yield selector


def ask_for(
    seconds: float,
    port: int,
    path: str,
    *,
    connections: int,
    body: bytes | None = None,
    headers: Headers = NO_HEADERS,
) -> Load:
    """Ask for so long, on so many connections at once: a GET, or a POST of a body."""
    latencies = []
    with connected(port, path, body, headers, connections) as selector:
        began = perf_counter()
        for registered in selector.get_map().values():
            registered.data.ask()
        while perf_counter() - began < seconds:
            for ready, _ in selector.select(timeout=30):
                if (took := ready.data.read()) is not None:
                    latencies.append(took)
                    ready.data.ask()
        return Load(latencies, perf_counter() - began)
