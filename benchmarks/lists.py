"""How long lists take over large tables, next to bare SQL that brings the same rows, and over a hundredth of them.

    python -m benchmarks.lists [--count 100000] [--rounds 25]

`GET /jobs` with so many queued, and networks by a tag that every hundredth of so many carries. In one process on
SQLite, without a server or a client. Each figure is the median processor time of the rounds, which take turns:

- few, many: the whole answer, from WSGI environment to JSON, over the two tables;
- empty: the same for `/healthz`, which reads nothing: what Flask and the checks at the door take;
- bare SQL: the statements that bring the page's rows and, for jobs, their positions in the queue, by the bare driver,
  with all columns, JSON cells decoded, and written as JSON under their columns' names;
- rows: reading the page alone, as records.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any

import orjson
from sqlalchemy import event
from werkzeug.test import EnvironBuilder

from service.app import build_backend, create_app
from service.config import Config
from service.domain.ids import new_id
from service.domain.paging import Page
from service.operations.jobs.searching import find_jobs
from service.storage.migrate import upgrade

PAGE = Page(limit=21)
SPEC = {"name": "small", "inputs": 2, "layers": [{"type": "dense", "units": 1}]}
ROWS = {"inputs": [[0, 1]], "targets": [[1]]}
JOBS = "SELECT * FROM jobs JOIN networks ON networks.id = jobs.network_id ORDER BY jobs.id DESC LIMIT 21"
TAGGED = """SELECT networks.* FROM networks JOIN network_tags ON network_id = networks.id
            WHERE key = 'kind' AND value = 'rare' ORDER BY network_id DESC LIMIT 21"""

ENVIRON = {**EnvironBuilder().get_environ(), "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=25)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        few, many = (Filled(Path(folder), count) for count in (options.count // 100, options.count))
        for name, path, bare, read in (
            ("jobs", "/jobs", Filled.read_jobs, Filled.list_jobs),
            ("by tag", "/networks?tag=kind:rare", Filled.read_tagged, Filled.list_networks),
        ):
            actions: dict[str, Callable[[], Any]] = {
                "few": partial(few.get, path),
                "many": partial(many.get, path),
                "empty": partial(many.get, "/healthz"),
                "bare SQL": partial(bare, many),
                "rows": partial(read, many),
            }
            report(name, medians(actions, options.rounds))


class Filled:
    """A service on a database with so many queued jobs and so many networks."""

    def __init__(self, folder: Path, count: int) -> None:
        path = folder / f"{count}.db"
        url, queue = f"sqlite:///{path}", f"sqlite:///{folder / 'queue.db'}"
        upgrade(url)
        backend = build_backend(replace(Config(), database_url=url, queue_url=queue, data_dir=folder))
        self._backend, self._app = backend, create_app(backend=backend)
        client = self._app.test_client()
        assert client.post("/networks", json=SPEC).status_code == 201
        assert client.post("/train", json={"network": "small", "data": ROWS}).status_code == 202
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

        # Positions are counted from the nearer end of the queue: the statements are the storage's own.
        self._positions = self._statements(self.list_jobs)[1:]

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
        """Without the time of a client."""
        statuses: list[str] = []
        path, _, query = path.partition("?")
        environ = {**ENVIRON, "PATH_INFO": path, "QUERY_STRING": query, "wsgi.input": BytesIO()}

        def start(status: str, *_: Any) -> Any:
            statuses.append(status)

        body = b"".join(self._app.wsgi_app(environ, start))
        assert statuses == ["200 OK"], body

    def list_jobs(self) -> None:
        find_jobs(self._backend, PAGE)

    def list_networks(self) -> None:
        self._backend.storage.list_networks(PAGE, tags={"kind": "rare"})

    def read_jobs(self) -> None:
        orjson.dumps([self._rows(JOBS), *(self._rows(*statement) for statement in self._positions)])

    def read_tagged(self) -> None:
        orjson.dumps(self._rows(TAGGED))

    def _statements(self, action: Callable[[], object]) -> list[tuple[str, Any]]:
        """What an action asks of the database."""
        found: list[tuple[str, Any]] = []
        engine = self._backend.storage._engine  # type: ignore[attr-defined]  # of an SQL storage

        def record(_: Any, cursor: Any, statement: str, parameters: Any, *others: Any) -> None:
            found.append((statement, parameters))

        event.listen(engine, "before_cursor_execute", record)
        action()
        event.remove(engine, "before_cursor_execute", record)
        return found

    def _rows(self, statement: str, parameters: Any = ()) -> list[dict[str, Any]]:
        cursor = self._database.execute(statement, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, map(decoded, row), strict=True)) for row in cursor.fetchall()]


def decoded(cell: Any) -> Any:
    return orjson.loads(cell) if isinstance(cell, str) and cell.startswith(("[", "{")) else cell


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
    print(f"{title:8}" + "".join(f"{name:>9} {value:6.2f} ms" for name, value in figures.items()))
    floor = figures["bare SQL"] + figures["empty"]
    for name, ratio in (
        ("many / few", figures["many"] / figures["few"]),
        ("many / (bare SQL + empty)", figures["many"] / floor),
        ("many / bare SQL", figures["many"] / figures["bare SQL"]),
        ("rows / bare SQL", figures["rows"] / figures["bare SQL"]),
    ):
        print(f"{'':8}{name:>30} {ratio:6.2f}", flush=True)


if __name__ == "__main__":
    main()
