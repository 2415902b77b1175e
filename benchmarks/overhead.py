"""Times training through the service compared with the engine alone: `python -m benchmarks.overhead`.

The service really runs: HTTP, queue, worker, child process, history and snapshots. For each setting a short and a
long job are timed from start to finish, and the difference is what the later epochs cost; the engine alone is timed
over the same epochs in a process of its own, in turns with the service.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.settings import SETTINGS, dense_layers
from tests.acceptance.client import Client
from tests.acceptance.running import ROOT, running


@dataclass(frozen=True)
class Case:
    name: str
    network: dict[str, Any]
    data: dict[str, Any]
    batch_size: int | str
    short: int
    long: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=7)
    repeats = parser.parse_args().repeats
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "data") as service:
        client = Client(service.url)
        for case in cases():
            client.post("/networks", case.network)
            runs = [(through_service(client, case), alone(case)) for _ in range(repeats)]
            served, own = (statistics.median(seconds) for seconds in zip(*runs, strict=True))
            best = min(seconds for seconds, _ in runs) / min(seconds for _, seconds in runs)
            print(
                f"{case.name:34} service {served * 1e3:9.2f} ms  engine alone {own * 1e3:9.2f} ms  "
                f"ratio {served / own:5.2f} [{best:.2f}]",
                flush=True,
            )


def cases() -> Iterator[Case]:
    for name, short, long in (("b", 20, 420), ("c", 5, 35)):
        setting = SETTINGS[name]
        inputs, targets = setting.data()
        rows = {"inputs": inputs[:2560].tolist(), "targets": targets[:2560].tolist()}
        network = {
            "name": name,
            "inputs": setting.widths[0],
            "loss": "cross_entropy",
            "layers": dense_layers(setting.widths, "relu", "softmax"),
        }
        title = f"{'-'.join(map(str, setting.widths))}, epochs {short + 1}-{long}"
        yield Case(title, network, rows, setting.batch_size, short, long)
    xor = {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [[0], [1], [1], [0]]}
    network = {
        "name": "xor",
        "inputs": 2,
        "loss": "binary_cross_entropy",
        "layers": dense_layers((2, 8, 1), "tanh", "sigmoid"),
    }
    yield Case("XOR, all of 10,000 epochs", network, xor, "full", 0, 10000)


def through_service(client: Client, case: Case) -> float:
    return job_seconds(client, case, case.long) - (job_seconds(client, case, case.short) if case.short else 0.0)


def job_seconds(client: Client, case: Case, epochs: int) -> float:
    job = client.train(case.network["name"], case.data, epochs=epochs, batch_size=case.batch_size, start_from="initial")
    begun, ended = (datetime.fromisoformat(job[key]) for key in ("started_at", "finished_at"))
    return (ended - begun).total_seconds()


def alone(case: Case) -> float:
    """Seconds of the same epochs, in a process with one BLAS thread like a job's."""
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    work = json.dumps([case.network, case.data, case.batch_size, case.short, case.long])
    command = [sys.executable, "-m", "benchmarks.overhead", "--alone"]
    done = subprocess.run(command, input=work, capture_output=True, text=True, check=True, env=environment)
    return float(done.stdout)


def train_alone() -> None:
    from service.engine.network import Network
    from service.engine.rows import Rows
    from service.engine.spec import NetworkSpec
    from service.engine.training.spec import TrainingSpec
    from service.engine.training.trainer import Trainer

    spec, data, batch_size, short, long = json.load(sys.stdin)
    network = Network(NetworkSpec.from_json({key: value for key, value in spec.items() if key != "name"}))
    rows = Rows.of(network, np.array(data["inputs"]), np.array(data["targets"]))
    training = TrainingSpec.from_json({"epochs": long, "batch_size": batch_size})
    marks = {0: time.perf_counter()}
    for reports in Trainer(network, training, rows).groups():
        marks[reports[-1].epoch] = time.perf_counter()
    print(marks[long] - marks[short])


if __name__ == "__main__":
    train_alone() if "--alone" in sys.argv else main()
