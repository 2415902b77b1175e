"""What tables cost: `python -m benchmarks.tables`.

*Preparing* a million rows of 50 numbers (statistics, then standardised float32 rows) against the NumPy passes it needs:
for the statistics a look for missing cells, a mean and a standard deviation of each column; for the rows a subtraction,
a division, a look for what is not finite, and the turn into rows, block by block. *Asking* by the names of a table's
columns compared with asking by position, over one connection each to a running service, in turns. Medians.
"""

from __future__ import annotations

import argparse
import http.client
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from service.data.frame import Column, Frame
from service.data.preprocessing.fitted import fit
from service.data.preprocessing.table import TableSpec
from tests.acceptance.client import Client
from tests.acceptance.running import running

COLUMNS = 50
BLOCK = 1 << 16
NAMES = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")
ROW = (39.1, 18.7, 181, 3750)
LABELS = ["Adelie", "Chinstrap", "Gentoo"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="few rows and requests, to see that all works")
    options = parser.parse_args()
    rows, repeats = (20_000, 2) if options.quick else (options.rows, options.repeats)
    preparing(rows, repeats)
    asking(repeats, requests=100 if options.quick else 1000)


# -- preparing -------------------------------------------------------------------------------------------------------


def preparing(count: int, repeats: int) -> None:
    generator = np.random.default_rng(0)
    columns = {f"x{at}": Column("number", generator.normal(at, 3, count)) for at in range(COLUMNS)}
    frame = Frame({**columns, "y": Column("number", generator.normal(size=count))})
    spec = TableSpec.from_json(
        {
            "inputs": [{"name": name, "type": "number"} for name in columns],
            "target": {"name": "y", "type": "number"},
        }
    )
    fitted = fit(spec, frame)
    values = [column.values for column in columns.values()]
    rows = np.empty((count, COLUMNS), np.float32)
    taken = medians(
        repeats,
        lambda: fit(spec, frame),
        lambda: [(np.isnan(column).any(), column.mean(), column.std()) for column in values],
        lambda: fitted.inputs(frame, np.float32, rows),
        lambda: needed(values, rows),
    )
    ours, floor = taken[0] + taken[2], taken[1] + taken[3]
    print(f"preparing {count:,} x {COLUMNS}: {ours:.2f} s, the passes it needs {floor:.2f} s, ratio {ours / floor:.2f}")
    print(f"  statistics {taken[0] / taken[1]:.2f}, rows {taken[2] / taken[3]:.2f}")


def needed(columns: list[Any], rows: Any) -> None:
    block = np.empty((COLUMNS, BLOCK // COLUMNS))
    means, deviations = np.arange(COLUMNS, dtype=float), np.full(COLUMNS, 3.0)
    for first in range(0, len(rows), block.shape[1]):
        part = block[:, : len(rows) - first]
        for at, column in enumerate(columns):
            np.subtract(column[first : first + part.shape[1]], means[at], out=part[at])
            np.divide(part[at], deviations[at], out=part[at])
        np.isfinite(part)
        rows[first : first + part.shape[1]] = part.T


# -- asking ----------------------------------------------------------------------------------------------------------


def asking(repeats: int, requests: int) -> None:
    layers = [{"type": "dense", "units": 32, "activation": "relu"}, {"type": "dense", "units": 3}]
    layers[-1]["activation"] = "softmax"
    target = {"name": "species", "type": "category", "categories": LABELS}
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "data") as service:
        client = Client(service.url)
        client.post("/networks", {"name": "plain", "inputs": len(NAMES), "labels": LABELS, "layers": layers})
        inputs = [{"name": name, "type": "number"} for name in NAMES]
        client.post("/networks", {"name": "named", "inputs": inputs, "target": target, "layers": layers})
        position = f"/predict?network=plain&x={','.join(map(str, ROW))}"
        names = "/predict?network=named&" + "&".join(f"{name}={cell}" for name, cell in zip(NAMES, ROW, strict=True))
        first, second = (connection(service.port) for _ in range(2))
        by_name, by_position = medians(
            repeats * 5,
            lambda: ask_often(first, names, requests),
            lambda: ask_often(second, position, requests),
        )
        first.close()
        second.close()
    each = f"{by_name / requests * 1e6:.0f} µs by names, {by_position / requests * 1e6:.0f} µs by position"
    print(f"asking for one row: {each}, ratio {by_name / by_position:.2f}")


def connection(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port)


def ask(to: http.client.HTTPConnection, path: str) -> None:
    to.request("GET", path)
    answer = to.getresponse()
    body = answer.read()
    assert answer.status == 200, body


def ask_often(to: http.client.HTTPConnection, path: str, requests: int) -> None:
    for _ in range(requests):
        ask(to, path)


def medians(repeats: int, *actions: Callable[[], Any]) -> list[float]:
    """Median seconds of each action, taken in turns."""
    taken: list[list[float]] = [[] for _ in actions]
    for _ in range(repeats):
        for action, seconds in zip(actions, taken, strict=True):
            begun = time.perf_counter()
            action()
            seconds.append(time.perf_counter() - begun)
    return [statistics.median(seconds) for seconds in taken]


if __name__ == "__main__":
    main()
