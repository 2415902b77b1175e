"""An alias moves between two versions while the network is asked: no failure, and no answer from any other version.

    python -m benchmarks.moves [--moves 1000] [--rate 200] [--database postgresql://…]

Starts the service with two web processes, on SQLite or on an empty PostgreSQL database. Each answer must be wholly of
one version, and of the one that the alias pointed at when it was asked, or to which it was being moved meanwhile.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any, NamedTuple

from service.storage import migrate
from tests.acceptance.client import Client
from tests.acceptance.running import RunningService, running

ALIAS = "/networks/moved/aliases/production"
SPEC = {
    "name": "moved",
    "inputs": 2,
    "dtype": "float64",
    "layers": [{"type": "dense", "units": 1, "weights": [[0.0], [0.0]], "biases": [0.0]}],
}
#: Some of the requests are a GET, some a POST: each has a fast path of its own.
REQUESTS = (
    ("GET", "/predict?network=moved&x=1,1", None),
    ("POST", "/predict", json.dumps({"network": "moved", "inputs": [[1, 1], [2, 2], [3, 3]]})),
    ("GET", "/predict?_model=moved&x=1,1", None),
)
ASKING_THREADS = 8


class Move(NamedTuple):
    version: int
    sent: float
    answered: float


class Asked(NamedTuple):
    version: int
    sent: float
    answered: float


@dataclass
class Load:
    """What came of it; `failures` are sentences."""

    moves: list[Move] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def outdated(self) -> list[Asked]:
        """Answers of a version that the alias did not point at between question and answer."""
        return [one for one in self.asked if one.version not in self._possible(one)]

    def _possible(self, one: Asked) -> set[int]:
        before = [move.version for move in self.moves if move.answered < one.sent][-1:]
        meanwhile = [move.version for move in self.moves if move.sent <= one.answered and move.answered >= one.sent]
        return {*before, *meanwhile}


def publish(client: Client) -> None:
    """Versions 1, 2 and 3, which answer with their number, and one alias of a network and one of a model."""
    client.post("/networks", SPEC)
    for number in (1, 2, 3):
        layers = [{"name": "dense_1", "weights": [[0.0], [0.0]], "biases": [float(number)]}]
        made = client.post("/networks/moved/snapshots", {"layers": layers})
        client.post("/networks/moved/versions", {"snapshot": made["id"]})
    move(client, 1)


def move(client: Client, version: int) -> Move:
    sent = time.monotonic()
    for path, body in (
        (ALIAS, {"version": version}),
        ("/models/moved/aliases/production", {"network": "moved", "version": version}),
    ):
        answer = client.ask("PUT", path, body)
        assert answer.status == 200, answer.body
    return Move(version, sent, time.monotonic())


def load(port: int, *, moves: int, rate: float) -> Load:
    """Move so often, twenty times a second, and ask at this rate meanwhile."""
    client, found, over = Client(f"http://127.0.0.1:{port}"), Load(), threading.Event()
    found.moves.append(move(client, 1))
    began = time.monotonic()
    with ThreadPoolExecutor(ASKING_THREADS) as threads:
        asking = [
            threads.submit(_ask, port, number, rate / ASKING_THREADS, found, over) for number in range(ASKING_THREADS)
        ]
        try:
            for number in range(moves):
                found.moves.append(move(client, 2 - number % 2))
                time.sleep(max(0.0, began + (number + 1) / 20 - time.monotonic()))
        finally:
            over.set()
        for thread in asking:
            thread.result()
    found.seconds = time.monotonic() - began
    return found


def _ask(port: int, number: int, rate: float, found: Load, over: threading.Event) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    due = time.monotonic()
    while not over.is_set():
        method, path, body = REQUESTS[number % len(REQUESTS)]
        sent = time.monotonic()
        connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        answer = connection.getresponse()
        read = answer.read()
        _judge(answer.status, json.loads(read), sent, found)
        number, due = number + 1, due + 1 / rate
        over.wait(max(0.0, due - time.monotonic()))
    connection.close()


def _judge(status: int, answer: Any, sent: float, found: Load) -> None:
    outputs = {row[0] for row in answer.get("outputs", ())}
    if status != 200 or outputs != {float(answer["version"])}:
        found.failures.append(f"{status}: {answer}")
    elif answer["version"] not in (1, 2):
        found.failures.append(f"a third version: {answer}")
    else:
        found.asked.append(Asked(answer["version"], sent, time.monotonic()))


def run(folder: Path, *, moves: int, rate: float, database: str | None = None) -> Load:
    os.environ["FEEDFORWARD_WEB_WORKERS"] = "2"
    if database is not None:
        os.environ["DATABASE_URL"] = database
        migrate.upgrade(database)
    with running(folder / "data") as service:
        return on(service, moves=moves, rate=rate)


def on(service: RunningService, *, moves: int, rate: float) -> Load:
    publish(Client(service.url))
    return load(service.port, moves=moves, rate=rate)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moves", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--database")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = run(Path(folder), moves=options.moves, rate=options.rate, database=options.database)
    took = [one.answered - one.sent for one in found.asked]
    print(f"{len(found.moves)} moves, {len(found.asked)} answers in {found.seconds:.1f} s", end=", ")
    print(f"{len(found.asked) / found.seconds:.0f} a second, p99 {1e3 * quantiles(took, n=100)[98]:.1f} ms")
    print(f"{len(found.failures)} failures, {len(found.outdated)} outdated answers")
    if found.failures or found.outdated:
        raise SystemExit("\n".join([*found.failures[:5], *map(str, found.outdated[:5])]))


if __name__ == "__main__":
    main()
