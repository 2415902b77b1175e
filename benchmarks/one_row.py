"""Times one row of a proposed ensemble against that of a network alone: `python -m benchmarks.one_row`.

In the engine, with the layers that are proposed: a network alone, eight members that read all inputs, and four and four
of which the others read ten number columns in bins, too. Then over HTTP, `GET /predict` of both networks that are
proposed for the demo's table, in rounds that take turns: medians over the rounds. Best of many short turns in the
engine: on a busy machine that is steadier than a mean.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import Request, urlopen

import numpy as np

from benchmarks.load import Load, ask_for
from service.engine.inference import Predictor
from service.engine.network import Network
from service.engine.spec import NetworkSpec
from service.operations.networks.proposal import HIDDEN, MEMBERS, OF_MEMBER
from service.operations.networks.tidying import MOST_BINS
from tests.acceptance.client import Client
from tests.acceptance.running import ROOT, running

NUMBERS, OTHERS, CLASSES = 10, 10, 3
BINS = MOST_BINS // NUMBERS
ROW = "island=Torgersen&year=2007&bill_length_mm=39.1&bill_depth_mm=18.7&flipper_length_mm=181"
TURNS, IN_A_TURN = 200, 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=1.0, help="of one round")
    options = parser.parse_args()
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        # As in the service; the library reads it when it is loaded.
        environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
        os.execve(sys.executable, [sys.executable, "-m", "benchmarks.one_row", *sys.argv[1:]], environment)
    in_the_engine()
    over_http(options.rounds, options.seconds)


def in_the_engine() -> None:
    width = NUMBERS * (1 + BINS) + OTHERS
    plain = [*range(0, NUMBERS * (1 + BINS), 1 + BINS), *range(NUMBERS * (1 + BINS), width)]
    half = MEMBERS // 2
    networks = {
        "one network": network(NUMBERS + OTHERS, HIDDEN, 1),
        f"{MEMBERS} members": network(NUMBERS + OTHERS, OF_MEMBER, MEMBERS),
        f"{MEMBERS} members of two recipes": network(
            width, OF_MEMBER, [{"count": half, "inputs": plain}, {"count": half}]
        ),
    }
    asked = {name: (Predictor(one, one.initial_values()), row_for(one)) for name, one in networks.items()}
    best = dict.fromkeys(asked, np.inf)
    for _ in range(TURNS):
        for name, (predictor, row) in asked.items():
            start = time.perf_counter()
            for _ in range(IN_A_TURN):
                predictor.predict(row)
            best[name] = min(best[name], (time.perf_counter() - start) / IN_A_TURN)
    alone = next(iter(best.values()))
    print("\n".join(f"engine, {name}: {1e6 * taken:.1f} µs, x {taken / alone:.2f}" for name, taken in best.items()))


def network(inputs: int, hidden: tuple[int, ...], members: Any) -> Network:
    layers = [
        layer
        for units in hidden
        for layer in (
            {"type": "dense", "units": units, "activation": "relu"},
            {"type": "dropout", "drop_rate": 0.2},
        )
    ]
    layers.append({"type": "dense", "units": CLASSES, "activation": "softmax"})
    spec = {"inputs": inputs, "layers": layers, "loss": "cross_entropy", "members": members}
    return Network(NetworkSpec.from_json(spec))


def row_for(network: Network) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(1, network.inputs)).astype(network.dtype)


def over_http(rounds: int, seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "data") as service:
        client = Client(service.url)
        data = (ROOT / "service" / "demo" / "penguins.csv").read_bytes()
        upload(client, data)
        for name, more in (("one", {"members": 1}), ("several", {})):
            client.post("/networks", {"name": name, "from_dataset": "penguins", "target": "species", **more})
        loads: dict[str, list[Load]] = {"one": [], "several": []}
        for _ in range(rounds + 1):
            for name, own in loads.items():
                own.append(ask_for(seconds, service.port, f"/predict?network={name}&{ROW}", connections=1))
    figures = {
        name: [1e3 * median(load.percentile(share) for load in own[1:]) for share in (50, 99)]
        for name, own in loads.items()
    }
    for name, (middle, slowest) in figures.items():
        ratios = [figure / alone for figure, alone in zip((middle, slowest), figures["one"], strict=True)]
        print(f"HTTP, {name}: p50 {middle:.2f} ms, x {ratios[0]:.2f}; p99 {slowest:.2f} ms, x {ratios[1]:.2f}")


def upload(client: Client, data: bytes) -> None:
    urlopen(Request(f"{client.url}/datasets?name=penguins", data, {"Content-Type": "text/csv"})).close()


if __name__ == "__main__":
    main()
