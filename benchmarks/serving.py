"""Prediction throughput compared with an empty Flask route in a server with the same settings, and with FastAPI
and MLServer.

    python -m benchmarks.serving [--part PART …] [--rounds 9] [--seconds 1] [--peer-python PYTHON] [--mlserver PROGRAM]
                                [--core 0]

- `empty`: `GET /predict` (64-32-10, relu and softmax), and a `POST` of one row and of 256, against the empty route;
- `post`: a `POST` of one row against a `GET` of it;
- `keys`: a `GET` with a key, without a limit and counted against one, against one of a service that asks for none;
- `fastapi`: a `POST` of one row and of 256 against FastAPI with pydantic (`benchmarks.fastapi_peer`), run by a Python
  with requirements-bench.txt;
- `mlserver`: the same against MLServer's V2 JSON (`benchmarks.mlserver_peer`), started by the program of an environment
  with mlserver 1.7; its answer has outputs alone, ours classes and probabilities too;
- `v2`: our `/v2`, JSON and binary, against MLServer's JSON, one row and 256; and binary against `POST /predict`;
- `training`: predictions of an idle service against those of one whose worker trains.

With `--core`, each server runs on that core alone, and the client on the others.

All in short rounds that take turns. Each line is the median over the rounds. It also shows the processor time of the
server for one answer: on a busy machine that is steadier than the rest.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple, TypeVar

import numpy as np

from benchmarks.load import NO_HEADERS, Headers, Load, ask_for
from benchmarks.open_inference import PATH as V2_PATH
from benchmarks.open_inference import binary_request, json_request
from benchmarks.proc import ProcessorTime
from benchmarks.settings import DIGITS
from tests.acceptance.client import Client
from tests.acceptance.running import ROOT, RunningService, free_port, running

T = TypeVar("T")

LARGE = {**DIGITS, "name": "large", "inputs": 256, "layers": [{"type": "dense", "units": 256}, *DIGITS["layers"]]}
CONNECTIONS = (1, 8)
PARTS = ("empty", "post", "keys", "fastapi", "mlserver", "v2", "training")
ENDED = ("cancelled", "succeeded", "failed")


class Target:
    """One thing that is asked, and what came of it."""

    def __init__(
        self,
        server: int,
        port: int,
        path: str,
        body: bytes | None = None,
        *,
        headers: Headers = NO_HEADERS,
        is_child: bool = True,
    ) -> None:
        """It is answered by a child of the process `server`, or by that itself."""
        self._port, self._path, self._body, self._headers = port, path, body, headers
        self._loads: list[Load] = []
        self._processor_seconds: list[float] = []
        if is_child:
            self._processor = ProcessorTime.of_busiest_child(
                server, lambda: ask_for(1, port, path, connections=8, body=body, headers=headers)
            )
        else:
            self._processor = ProcessorTime(str(server))

    def ask(self, seconds: float, connections: int) -> None:
        before = self._processor.read()
        load = ask_for(seconds, self._port, self._path, connections=connections, body=self._body, headers=self._headers)
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
    parser.add_argument("--part", choices=PARTS, action="append", help="may be given several times; without one, all")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=1.0, help="of one round")
    parser.add_argument("--peer-python", help="a Python with FastAPI; without it, that part is left out")
    parser.add_argument("--mlserver", help="its program; without it, that part is left out")
    parser.add_argument("--core", type=int, help="run each server on this core alone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, on_core(options.core, running(Path(folder) / "data")) as service:
        client = Client(service.url)
        for network in (DIGITS, LARGE):
            client.post("/networks", network)
        row = ",".join(str(value / 16) for value in np.random.default_rng(0).integers(0, 17, 64))
        path = f"/predict?network=digits&x={row}"
        predict = Target(service.pid, service.port, path)
        one, many = (Target(service.pid, service.port, "/predict", rows_of(count)) for count in (1, 256))
        asked = {"GET": predict, "POST of one row": one, "POST of 256 rows": many}
        missing = {
            "fastapi": options.peer_python is None,
            "mlserver": options.mlserver is None,
            "v2": options.mlserver is None,
        }
        parts = [part for part in options.part or PARTS if not missing.get(part)]
        if "empty" in parts:
            against_empty(asked, options)
        if "post" in parts:
            for connections in CONNECTIONS:
                compare({"GET": predict, "POST": one}, "one row", connections, options)
        if "keys" in parts:
            with_key(predict, path, options)
        if "fastapi" in parts:
            against_fastapi(one, many, options)
        if "mlserver" in parts:
            against_mlserver(one, many, options)
        if "v2" in parts:
            by_protocol(service, options)
        if "training" in parts:
            while_training(client, predict, options)


@contextmanager
def on_core(core: int | None, server: AbstractContextManager[T]) -> Iterator[T]:
    """A server that starts on one core alone, if one is given, and leaves the others to this process."""
    cores = os.sched_getaffinity(0)
    if core is not None:
        os.sched_setaffinity(0, {core})  # Its processes inherit it.
    with server as started:
        os.sched_setaffinity(0, cores if core is None else cores - {core} or cores)
        yield started


def rows_of(count: int) -> bytes:
    rows = np.random.default_rng(count).integers(0, 17, (count, 64)) / 16
    return json.dumps({"network": "digits", "inputs": rows.tolist()}).encode()


def with_key(predict: Target, path: str, options: argparse.Namespace) -> None:
    """As soon as a service has a key it asks for one, so that it takes another service; the first makes the second."""
    sent: dict[str, str] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        on_core(options.core, running(Path(folder) / "data")) as service,
    ):
        client = Client(service.url)
        client.post("/networks", DIGITS)
        for name, rate in (("a key without a limit", "0"), ("a key with a limit", "1000000/second")):
            wanted = {"name": name, "scopes": ["predict", "admin"], "limits": {"predict": rate}}
            sent = {"Authorization": f"Bearer {client.post('/keys', wanted, **sent)['key']}"}
            keyed = Target(service.pid, service.port, path, headers=sent)
            for connections in CONNECTIONS:
                compare({"no key": predict, name: keyed}, "GET", connections, options)


def against_empty(asked: dict[str, Target], options: argparse.Namespace) -> None:
    with on_core(options.core, started([sys.executable, "-m", "benchmarks.empty"])) as floor:
        empty = Target(floor.pid, floor.port, "/")
        for connections in CONNECTIONS:
            for name, target in asked.items():
                compare({"empty": empty, "predict": target}, name, connections, options)


def against_fastapi(one: Target, many: Target, options: argparse.Namespace) -> None:
    with on_core(options.core, started([options.peer_python, "-m", "benchmarks.fastapi_peer"])) as peer:
        for count, target in ((1, one), (256, many)):
            theirs = Target(peer.pid, peer.port, "/predict", rows_of(count), is_child=False)
            for connections in CONNECTIONS:
                title = f"POST of {count} rows"
                compare({"FastAPI": theirs, "Feedforward": target}, title, connections, options)


def against_mlserver(one: Target, many: Target, options: argparse.Namespace) -> None:
    with on_core(options.core, mlserver(options.mlserver)) as peer:
        for count, target in ((1, one), (256, many)):
            rows = np.array(json.loads(rows_of(count))["inputs"], np.float32)
            theirs = Target(peer.pid, peer.port, V2_PATH, json_request(rows).body, is_child=False)
            for connections in CONNECTIONS:
                title = f"POST of {count} rows"
                compare({"MLServer": theirs, "Feedforward": target}, title, connections, options)


def by_protocol(service: RunningService, options: argparse.Namespace) -> None:
    """Ours names the one output that is like MLServer's, whose HTTP server reads JSON alone."""
    with on_core(options.core, mlserver(options.mlserver)) as peer:
        for count in (1, 256):
            rows = np.array(json.loads(rows_of(count))["inputs"], np.float32)
            ours = Target(service.pid, service.port, "/predict", rows_of(count))
            for name, make in (("JSON", json_request), ("binary", binary_request)):
                wanted = make(rows, "probabilities")
                target = Target(service.pid, service.port, V2_PATH, wanted.body, headers=wanted.headers)
                theirs = Target(peer.pid, peer.port, V2_PATH, json_request(rows).body, is_child=False)
                for connections in CONNECTIONS:
                    title = f"V2 {name}, rows: {count}"
                    compare({"MLServer": theirs, "Feedforward": target}, title, connections, options)
            compare({"POST /predict": ours, "V2 binary": target}, f"rows: {count}", 1, options)


def compare(targets: dict[str, Target], name: str, connections: int, options: argparse.Namespace) -> None:
    for _ in range(options.rounds):
        for target in targets.values():
            target.ask(options.seconds, connections)
    title = f"{name}, {connections} connection{'s' * (connections > 1)}"
    report(title, {name: target.take() for name, target in targets.items()})


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
    where = "" if options.core is None else f", all on core {options.core}"
    report(f"while a job trains{where}", medians)


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
            raise SystemExit("what was waited for did not come in time")
        time.sleep(0.05)


def report(title: str, rows: dict[str, dict[str, float]]) -> None:
    """The first row is what the second is compared with."""
    first, second = rows.values()
    print(f"\n{title:34}" + "".join(f"{key:>12}" for key in first))
    for name, figures in rows.items():
        print(f"{name:34}" + "".join(f"{value:12.2f}" for value in figures.values()))
    print(f"{'ratio':34}" + "".join(f"{second[key] / first[key]:12.2f}" for key in first), flush=True)


class Server(NamedTuple):
    pid: int
    port: int


@contextmanager
def started(command: list[str]) -> Iterator[Server]:
    """A server that takes its port as an argument and says when it is ready."""
    port = free_port()
    with subprocess.Popen([*command, str(port)], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None and process.stdout.readline() == "ready\n"
            yield Server(process.pid, port)
        finally:
            process.terminate()


@contextmanager
def mlserver(program: str) -> Iterator[Server]:
    ports = {name: free_port() for name in ("http_port", "grpc_port", "metrics_port")}
    with tempfile.TemporaryDirectory() as folder:
        settings = {"host": "127.0.0.1", "parallel_workers": 0, "debug": False, **ports}
        model = {"name": "digits", "implementation": "benchmarks.mlserver_peer.Digits"}
        for name, content in (("settings", settings), ("model-settings", model)):
            Path(folder, f"{name}.json").write_text(json.dumps(content))
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        with subprocess.Popen([program, "start", folder], env=environment, stdout=subprocess.DEVNULL) as process:
            try:
                client = Client(f"http://127.0.0.1:{ports['http_port']}")
                until(lambda: is_ready(client))
                yield Server(process.pid, ports["http_port"])
            finally:
                process.terminate()


def is_ready(client: Client) -> bool:
    try:
        return client.ask("GET", "/v2/models/digits/ready").status == 200
    except OSError:
        return False


if __name__ == "__main__":
    main()
