"""Prediction throughput compared with an empty Flask route in a server with the same settings.

    python -m benchmarks.serving [--rounds 9] [--seconds 1]

First `GET /predict` (64-32-10, relu and softmax), and a `POST` of one row and of 256, against the empty route, in short
rounds that take turns; then predictions of an idle service against those of one whose worker trains. Each line is the
median over the rounds. It also shows the processor time of the server for one answer: on a busy machine that is
steadier than the rest.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np

from benchmarks.load import Load, ask_for
from benchmarks.proc import ProcessorTime
from benchmarks.settings import DIGITS
from tests.acceptance.client import Client
from tests.acceptance.running import ROOT, free_port, running

LARGE = {**DIGITS, "name": "large", "inputs": 256, "layers": [{"type": "dense", "units": 256}, *DIGITS["layers"]]}
CONNECTIONS = (1, 8)
ENDED = ("cancelled", "succeeded", "failed")


class Target:
    """One thing that is asked, and what came of it."""

    def __init__(self, server: int, port: int, path: str, body: bytes | None = None) -> None:
        self._port, self._path, self._body = port, path, body
        self._loads: list[Load] = []
        self._processor_seconds: list[float] = []
        self._processor = ProcessorTime.of_busiest_child(
            server, lambda: ask_for(1, port, path, connections=8, body=body)
        )

    def ask(self, seconds: float, connections: int) -> None:
        before = self._processor.read()
        load = ask_for(seconds, self._port, self._path, connections=connections, body=self._body)
        self._loads.append(load)
        self._processor_seconds.append((self._processor.read() - before) / len(load.latencies))

    def take(self) -> dict[str, float]:
        """The medians of all rounds so far, which are then forgotten."""
        figures = {
            "requests/s": median(load.per_second for load in self._loads),
            "p50 ms": 1e3 * median(load.percentile(50) for load in self._loads),
            "p99 ms": 1e3 * median(load.percentile(99) for load in self._loads),
            "server µs": 1e6 * median(self._processor_seconds),
        }
        self._loads, self._processor_seconds = [], []
        return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=1.0, help="of one round")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "data") as service, empty_server() as floor:
        client = Client(service.url)
        for network in (DIGITS, LARGE):
            client.post("/networks", network)
        row = ",".join(str(value / 16) for value in np.random.default_rng(0).integers(0, 17, 64))
        predict = Target(service.pid, service.port, f"/predict?network=digits&x={row}")
        one, many = (Target(service.pid, service.port, "/predict", rows_of(count)) for count in (1, 256))
        empty = Target(floor.pid, floor.port, "/")
        for connections in CONNECTIONS:
            for name, target in (("GET", predict), ("POST of one row", one), ("POST of 256 rows", many)):
                against_empty(empty, target, name, connections, options)
        while_training(client, predict, options)


def rows_of(count: int) -> bytes:
    rows = np.random.default_rng(count).integers(0, 17, (count, 64)) / 16
    return json.dumps({"network": "digits", "inputs": rows.tolist()}).encode()


def against_empty(empty: Target, predict: Target, name: str, connections: int, options: argparse.Namespace) -> None:
    for _ in range(options.rounds):
        for target in (empty, predict):
            target.ask(options.seconds, connections)
    report(
        f"{name}, {connections} connection{'s' * (connections > 1)}", {"empty": empty.take(), "predict": predict.take()}
    )


def while_training(client: Client, predict: Target, options: argparse.Namespace) -> None:
    """One connection, so that client and server together need one processor, and the training has the other."""
    figures: dict[str, list[dict[str, float]]] = {"idle": [], "training": []}
    for _ in range(options.rounds):
        predict.ask(options.seconds, 1)
        figures["idle"].append(predict.take())
        with training(client):
            predict.ask(options.seconds, 1)
        figures["training"].append(predict.take())
    medians = {name: {key: median(one[key] for one in rounds) for key in rounds[0]} for name, rounds in figures.items()}
    report("1 connection, while a job trains", medians)


@contextmanager
def training(client: Client) -> Iterator[None]:
    generator = np.random.default_rng(0)
    data = {"inputs": generator.random((2000, 256)).tolist(), "targets": generator.integers(0, 10, 2000).tolist()}
    job = client.post("/train", {"network": "large", "data": data, "epochs": 100_000})["id"]
    until(lambda: client.get(f"/jobs/{job}")["epoch"] > 0)
    yield
    client.post(f"/jobs/{job}/cancel", {})
    until(lambda: client.get(f"/jobs/{job}")["status"] in ENDED)


def until(condition: Callable[[], bool], *, within_seconds: float = 60) -> None:
    deadline = time.monotonic() + within_seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit("the job did not get there in time")
        time.sleep(0.05)


def report(title: str, rows: dict[str, dict[str, float]]) -> None:
    """The first row is what the second is compared with."""
    first, second = rows.values()
    print(f"\n{title:34}" + "".join(f"{key:>12}" for key in first))
    for name, figures in rows.items():
        print(f"{name:34}" + "".join(f"{value:12.2f}" for value in figures.values()))
    print(f"{'ratio':34}" + "".join(f"{second[key] / first[key]:12.2f}" for key in first), flush=True)


class EmptyServer(NamedTuple):
    pid: int
    port: int


@contextmanager
def empty_server() -> Iterator[EmptyServer]:
    """`benchmarks.empty`, started."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.empty", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None and process.stdout.readline() == "ready\n"
            yield EmptyServer(process.pid, port)
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
