"""Hundreds of clients that send headers and bodies slowly, in part or never, while others are answered as if alone.

    python -m drills slow [--seconds 600] [--connections 500]

Health checks and predictions are asked for at a steady rate, first of the idle service, then beside the slow clients.
"""

from __future__ import annotations

import argparse
import selectors
import socket
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

from benchmarks.proc import children_of, shared_memory_of
from tests.acceptance.client import Client
from tests.acceptance.running import RunningService, running

NETWORK = {"name": "or", "inputs": 2, "layers": [{"type": "dense", "units": 1}]}
JSON = "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
#: What each kind of client sends first, and then once a second.
KINDS = {
    "headers": (b"POST /predict HTTP/1.1\r\nHost: localhost\r\n", b"X: y\r\n"),
    "silent body": (f"{JSON}Content-Length: 1000\r\n\r\n{{".encode(), b""),
    "dripping chunks": (f"{JSON}Transfer-Encoding: chunked\r\n\r\n".encode(), b"1\r\n \r\n"),
    "dripping file": (
        b"POST /datasets HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: 100000\r\n\r\na,b\n",
        b"1",
    ),
}
ASKED = {
    "health": ("GET", "/healthz", None),
    "GET /predict": ("GET", "/predict?network=or&x=1,2", None),
    "POST /predict": ("POST", "/predict", {"network": "or", "inputs": [[1, 2]]}),
}
WARM_UP_SECONDS = 25.0
PAUSE_SECONDS = 0.02
#: How much slower than idle, and how much larger than before.
MAX_SLOWDOWN, MAX_GROWTH = 2.0, 1.05
#: What counts as fast on any machine.
FAST_SECONDS = 0.1


@dataclass
class Figures:
    seconds: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in ASKED})
    failures: list[str] = field(default_factory=list)

    def p99(self, name: str) -> float:
        return quantiles(self.seconds[name], n=100)[98]


@dataclass
class Outcome:
    idle: Figures
    beside: Figures
    given_up: Counter[str]  #: connections that the service has closed, by their kind
    memory_before: int
    memory_after: int

    @property
    def faults(self) -> list[str]:
        slow = [
            f"{name}: p99 {self.beside.p99(name) * 1000:.1f} ms, idle {self.idle.p99(name) * 1000:.1f} ms"
            for name in ASKED
            if self.beside.p99(name) > max(MAX_SLOWDOWN * self.idle.p99(name), FAST_SECONDS)
        ]
        grown = self.memory_after > MAX_GROWTH * self.memory_before
        memory = [f"memory: {self.memory_before:,} bytes before, {self.memory_after:,} after"] if grown else []
        return [*self.beside.failures[:5], *slow, *memory]


class SlowClients:
    """All of them in one thread; one that the service disconnects starts again."""

    def __init__(self, port: int, count: int) -> None:
        self._port = port
        self._selector = selectors.DefaultSelector()
        self._stopping = threading.Event()
        self.given_up: Counter[str] = Counter()
        for number in range(count):
            self._open(list(KINDS)[number % len(KINDS)])
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]  # each is a socket
        self._selector.close()

    def _open(self, kind: str) -> None:
        connection = socket.create_connection(("127.0.0.1", self._port), timeout=10)
        connection.sendall(KINDS[kind][0])
        connection.setblocking(False)
        self._selector.register(connection, selectors.EVENT_READ, kind)

    def _run(self) -> None:
        drips_at = time.monotonic() + 1
        while not self._stopping.is_set():
            for key, _ in self._selector.select(timeout=0.1):
                self._begin_again(key)
            if time.monotonic() >= drips_at:
                self._drip()
                drips_at += 1

    def _begin_again(self, key: selectors.SelectorKey) -> None:
        """Any response to an unfinished request ends it."""
        self._selector.unregister(key.fileobj)
        key.fileobj.close()  # type: ignore[union-attr]
        self.given_up[key.data] += 1
        self._open(key.data)

    def _drip(self) -> None:
        for key in list(self._selector.get_map().values()):
            if drop := KINDS[key.data][1]:
                try:
                    key.fileobj.send(drop)  # type: ignore[union-attr]
                except OSError:  # closed; the next look begins again
                    pass


def drill(folder: Path, *, seconds: float, connections: int, say: Callable[[str], None] = print) -> Outcome:
    with running(folder) as service:
        client = Client(service.url)
        client.post("/networks", NETWORK)
        # What a first attack leaves, threads and the memory they keep, is there before the memory is looked at.
        with slow_clients(service.port, connections):
            ask_for(min(WARM_UP_SECONDS, seconds / 4), client)
        idle = ask_for(max(2.0, seconds / 10), client)
        before = memory_of(service)
        say(f"idle: {described(idle)}")
        with slow_clients(service.port, connections) as slow:
            beside = ask_for(seconds, client)
        say(f"beside {connections} slow connections: {described(beside)}; given up: {dict(slow.given_up)}")
        after = settled_memory(service, before)
        say(f"memory: {before / 2**20:.1f} MiB before, {after / 2**20:.1f} MiB after")
        return Outcome(idle, beside, slow.given_up, before, after)


@contextmanager
def slow_clients(port: int, count: int) -> Iterator[SlowClients]:
    clients = SlowClients(port, count)
    try:
        yield clients
    finally:
        clients.stop()


def ask_for(seconds: float, client: Client) -> Figures:
    figures, ends_at = Figures(), time.monotonic() + seconds
    while time.monotonic() < ends_at:
        for name, (method, path, body) in ASKED.items():
            began = time.perf_counter()
            try:
                status = client.ask(method, path, body).status
            except OSError as error:
                figures.failures.append(f"{name}: {error}")
                continue
            figures.seconds[name].append(time.perf_counter() - began)
            if status != 200:
                figures.failures.append(f"{name}: {status}")
        time.sleep(PAUSE_SECONDS)
    return figures


def described(figures: Figures) -> str:
    times = [f"{name} p99 {figures.p99(name) * 1000:.1f} ms" for name in ASKED]
    return ", ".join([*times, f"{len(figures.failures)} failures of {sum(map(len, figures.seconds.values()))}"])


def memory_of(service: RunningService) -> int:
    """Of the processes that answer: granian's children."""
    return sum(shared_memory_of(int(child)) for child in children_of(service.pid))


def settled_memory(service: RunningService, aim: int) -> int:
    """Once threads that are no longer needed have ended, which granian does after half a minute."""
    ends_at = time.monotonic() + 40
    while (found := memory_of(service)) > MAX_GROWTH * aim and time.monotonic() < ends_at:
        time.sleep(1)
    return found


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m drills slow", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--connections", type=int, default=500)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        outcome = drill(Path(folder) / "data", seconds=given.seconds, connections=given.connections)
    print("\n".join(f"FAILED {fault}" for fault in outcome.faults) or "well")
    return 1 if outcome.faults else 0
