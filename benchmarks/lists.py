"""How long lists take over large tables, next to the bare SQL that brings the same rows, and over a hundredth of them.

    python -m benchmarks.lists [--count 100000] [--rounds 9]

`GET /jobs` with so many queued, and networks by a tag that every hundredth of so many carries. In one process on
SQLite, without a server. Each figure is the median processor time of the rounds, which take turns: of the whole call,
and of the part that reads the rows next to the bare SQL that reads the same columns.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from service.app import build_backend, create_app
from service.config import Config
from service.domain.ids import new_id
from service.domain.records import Page
from service.operations.jobs.jobs import list_jobs
from service.storage.migrate import upgrade

PAGE = Page(limit=21)
SPEC = {"name": "small", "inputs": 2, "layers": [{"type": "dense", "units": 1}]}
ROWS = {"inputs": [[0, 1]], "targets": [[1]]}
JOBS = "SELECT * FROM jobs JOIN networks ON networks.id = jobs.network_id ORDER BY jobs.id DESC LIMIT 21"
TAGGED = """SELECT networks.* FROM networks JOIN network_tags ON network_id = networks.id
            WHERE key = 'kind' AND value = 'rare' ORDER BY network_id DESC LIMIT 21"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        few, many = (Filled(Path(folder), count) for count in (options.count // 100, options.count))
        for name, path, statement, read in (
            ("jobs", "/jobs", JOBS, Filled.list_jobs),
            ("by tag", "/networks?tag=kind:rare", TAGGED, Filled.list_networks),
        ):
            actions: dict[str, Callable[[], Any]] = {
                "few": partial(few.get, path),
                "many": partial(many.get, path),
                "rows": partial(read, many),
                "bare SQL": partial(many.read, statement),
            }
            report(name, medians(actions, options.rounds))


class Filled:
    """A service on a database with so many queued jobs and so many networks."""

    def __init__(self, folder: Path, count: int) -> None:
        path = folder / f"{count}.db"
        url, queue = f"sqlite:///{path}", f"sqlite:///{folder / 'queue.db'}"
        upgrade(url)
        backend = build_backend(replace(Config(), database_url=url, queue_url=queue, data_dir=folder))
        self._backend, self._client = backend, create_app(backend=backend).test_client()
        assert self._client.post("/networks", json=SPEC).status_code == 201
        assert self._client.post("/train", json={"network": "small", "data": ROWS}).status_code == 202
        self._database = sqlite3.connect(path)
        self._multiply("jobs", "job", count, {})
        self._multiply("networks", "net", count, {"name": lambda number: f"network-{number}"})
        self._database.execute("UPDATE jobs SET queued_at = queued_at + rowid")
        self._database.execute("INSERT OR IGNORE INTO start_values SELECT id, '', x'', NULL FROM jobs")
        self._database.execute(
            "INSERT INTO network_tags"
            " SELECT id, 'kind', CASE WHEN rowid % 100 THEN 'plain' ELSE 'rare' END FROM networks"
        )
        self._database.commit()

    def _multiply(self, table: str, prefix: str, count: int, others: dict[str, Callable[[int], str]]) -> None:
        cursor = self._database.execute(f"SELECT * FROM {table}")
        names, row = [column[0] for column in cursor.description], cursor.fetchone()
        first = dict(zip(names, row, strict=True))
        copies = (
            {**first, "id": new_id(prefix), **{name: make(number) for name, make in others.items()}}
            for number in range(count)
        )
        places = ", ".join(f":{name}" for name in names)
        quoted = ", ".join(f'"{name}"' for name in names)
        self._database.executemany(f"INSERT INTO {table} ({quoted}) VALUES ({places})", copies)
        self._database.commit()

    def get(self, path: str) -> None:
        assert self._client.get(path).status_code == 200

    def list_jobs(self) -> None:
        list_jobs(self._backend, PAGE, network=None, statuses=None)

    def list_networks(self) -> None:
        self._backend.storage.list_networks(PAGE, tags={"kind": "rare"})

    def read(self, statement: str) -> None:
        """With what is JSON decoded."""
        for row in self._database.execute(statement).fetchall():
            for cell in row:
                if isinstance(cell, str) and cell.startswith(("[", "{")):
                    json.loads(cell)


def medians(actions: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """In milliseconds."""
    taken: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            began = time.thread_time()
            action()
            taken[name].append(1e3 * (time.thread_time() - began))
    return {name: median(times) for name, times in taken.items()}


def report(title: str, figures: dict[str, float]) -> None:
    print(f"{title:10}" + "".join(f"{name:>10} {value:8.2f} ms" for name, value in figures.items()), end="")
    print(
        f"   many/few {figures['many'] / figures['few']:.2f}   rows/bare {figures['rows'] / figures['bare SQL']:.2f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
