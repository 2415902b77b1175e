"""How long `POST /train` takes with a thousand jobs in the table, compared with an empty Flask POST with one INSERT.

    python -m benchmarks.submit [--rows 200]

Both run in one process over Flask's test client and SQLite, turn by turn. The processor's time is what a busy machine
leaves unchanged; the rest of the median is waiting, for the disk above all.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import sqlalchemy as sa
from flask import Flask, request
from flask.testing import FlaskClient

from benchmarks.settings import DIGITS
from service.app import create_app
from service.operations.backend import Backend
from service.operations.limits import Limits
from service.queues.huey import HueyDispatcher
from service.storage.migrate import upgrade
from service.storage.sql.engine import make_engine
from service.storage.sql.open import open_storage

JOBS = 1000
ROUNDS = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200, help="rows of 64 inputs in each request")
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        ours, floor = service(Path(folder)), empty_post(Path(folder))
        body = training(rows)
        for _ in range(JOBS):
            post(ours, body)
        took = in_turns({"train": lambda: post(ours, body), "floor": lambda: post(floor, body)})
    print(
        f"POST /train, {rows} rows of 64 inputs ({len(body) / 1e3:.0f} kB), {JOBS} jobs queued; {ROUNDS} rounds, in ms"
    )
    print(f"{'':8}{'median':>9}{'p99':>9}{'processor':>11}")
    for name, times in took.items():
        wall, busy = zip(*times, strict=True)
        p99 = statistics.quantiles(wall, n=100)[98]
        print(f"{name:8}{1e3 * statistics.median(wall):9.2f}{1e3 * p99:9.2f}{1e3 * statistics.median(busy):11.2f}")
    ours_median, floor_median = (statistics.median(wall for wall, _ in took[name]) for name in ("train", "floor"))
    print(f"ratio   {ours_median / floor_median:9.2f}")


def service(folder: Path) -> FlaskClient:
    url = f"sqlite:///{folder / 'feedforward.db'}"
    upgrade(url)
    limits = Limits(max_queued_jobs=10 * JOBS)
    client = create_app(
        backend=Backend(open_storage(url), HueyDispatcher(f"sqlite:///{folder / 'queue.db'}"), limits)
    ).test_client()
    assert client.post("/networks", json=DIGITS).status_code == 201
    return client


def empty_post(folder: Path) -> FlaskClient:
    """The least a submit can be: take the body, and put one row into a table in the same kind of database."""
    engine = make_engine(f"sqlite:///{folder / 'floor.db'}")
    app = Flask("floor")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE jobs (id INTEGER PRIMARY KEY, data BLOB)")

    @app.post("/train")
    def train() -> tuple[dict[str, str], int]:
        with engine.begin() as connection:
            connection.execute(sa.text("INSERT INTO jobs (data) VALUES (:data)"), {"data": request.get_data()})
        return {}, 202

    return app.test_client()


def training(rows: int) -> bytes:
    generator = np.random.default_rng(0)
    inputs = generator.integers(0, 17, (rows, 64)) / 16
    data = {"inputs": inputs.tolist(), "targets": generator.integers(0, 10, rows).tolist()}
    body = {"network": "digits", "data": data, "validation": {"fraction": 0.25}, "metrics": ["accuracy"]}
    return json.dumps(body).encode()


def post(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/train", data=body, content_type="application/json")
    assert answer.status_code == 202, answer.text


def in_turns(actions: dict[str, Callable[[], None]]) -> dict[str, list[tuple[float, float]]]:
    """Seconds by the clock and on the processor, of each round."""
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in actions}
    for _ in range(ROUNDS):
        for name, action in actions.items():
            began, began_work = perf_counter(), process_time()
            action()
            took[name].append((perf_counter() - began, process_time() - began_work))
    return took


if __name__ == "__main__":
    main()
