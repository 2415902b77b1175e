"""How much faster two workers end a hundred equal jobs than one: `python -m benchmarks.workers`.

On a PostgreSQL and a Redis of its own. The jobs are queued while no worker is there; then one worker of one slot, or
two, are started and stopped when all is done, in turns. Each job trains 784-256-128-10 on one thread for about half a
second. The time goes from the start of the first job to the end of the last. On two cores, web server, database and
queue share them with the training, so half the time cannot be reached.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from benchmarks.settings import SETTINGS, dense_layers
from drills.environment import Environment, prepared
from service.storage.migrate import upgrade
from tests.acceptance.client import Client
from tests.acceptance.running import ROOT, free_port

NAME = "c"
#: Few, for it is the training that is to take the time, and not the sending of rows.
ROWS = 256


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=120)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="few jobs, to see that all works")
    options = parser.parse_args()
    if options.quick:
        options.jobs, options.repeats = 6, 1
    with prepared("scaled") as ground:
        upgrade(ground.database_url)
        port = free_port()
        client = Client(f"http://127.0.0.1:{port}")
        with program(ground, port, "serve"):
            wait_for(client)
            client.post("/networks", network())
            runs = [tuple(seconds(ground, client, count, options) for count in (1, 2)) for _ in range(options.repeats)]
    one, two = (statistics.median(column) for column in zip(*runs, strict=True))
    print(f"{options.jobs} jobs: one worker {one:.1f} s, two {two:.1f} s, ratio {two / one:.3f}")
    print("ratios of each turn:", ", ".join(f"{pair / alone:.3f}" for alone, pair in runs))


def seconds(ground: Environment, client: Client, workers: int, options: argparse.Namespace) -> float:
    body = {"network": NAME, "data": data(), "epochs": options.epochs, "batch_size": 128, "start_from": "initial"}
    jobs = [client.ask("POST", "/train", body).json["id"] for _ in range(options.jobs)]
    with worker_programs(ground, workers):
        while any(
            client.get("/jobs?limit=1&status=queued")["data"] + client.get("/jobs?limit=1&status=running")["data"]
        ):
            time.sleep(0.2)
    ended = [client.get(f"/jobs/{job}") for job in jobs]
    assert all(job["status"] == "succeeded" for job in ended)
    return max(moment(job, "finished_at") for job in ended) - min(moment(job, "started_at") for job in ended)


def moment(job: dict[str, Any], name: str) -> float:
    return datetime.fromisoformat(job[name]).timestamp()


def network() -> dict[str, Any]:
    widths = SETTINGS[NAME].widths
    layers = dense_layers(widths, "relu", "softmax")
    return {"name": NAME, "inputs": widths[0], "loss": "cross_entropy", "layers": layers}


def data() -> dict[str, Any]:
    inputs, targets = SETTINGS[NAME].data()
    return {"inputs": inputs[:ROWS].tolist(), "targets": targets[:ROWS].tolist()}


@contextmanager
def worker_programs(ground: Environment, count: int) -> Iterator[None]:
    if count == 0:
        yield
        return
    with program(ground, 0, "worker"), worker_programs(ground, count - 1):
        yield


@contextmanager
def program(ground: Environment, port: int, name: str) -> Iterator[None]:
    given = {"DATABASE_URL": ground.database_url, "QUEUE_URL": ground.queue_url, "PYTHONPATH": str(ROOT)}
    given |= {"FEEDFORWARD_DATA_DIR": str(ground.data)} | ({"FEEDFORWARD_PORT": str(port)} if port else {})
    command = [sys.executable, "-m", "service.cli", name]
    with (ground.folder / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(command, env=os.environ | given, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def wait_for(client: Client) -> None:
    while True:
        try:
            if client.ask("GET", "/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.1)


if __name__ == "__main__":
    main()
