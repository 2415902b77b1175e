"""`GET /metrics` for Prometheus: requests, their time, predictions, open streams, and what the database knows.

With several web processes, `PROMETHEUS_MULTIPROC_DIR` has to name an empty folder before they start: each process then
counts into a file there, and whichever process is asked sums over all of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from flask import Flask, Response, current_app
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from service.api.database_metrics import DatabaseCollector
from service.engine.executors import choice
from service.operations.backend import Backend
from service.operations.monitoring.answer_log import REASONS

KEY = "feedforward.metrics"
T = TypeVar("T")
BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The counters of one process. Label lookups are kept, for they cost more than the counting."""

    def __init__(self, backend: Backend, folder: str | None, version: str) -> None:
        self._own = CollectorRegistry()
        self.requests = Counter(
            "feedforward_requests", "Requests answered", ["route", "method", "status"], registry=self._own
        )
        self.seconds = Histogram(
            "feedforward_request_seconds", "Time to answer", ["route", "method"], registry=self._own, buckets=BUCKETS
        )
        self.predictions = Counter(
            "feedforward_predictions", "Rows predicted by requests, without those of jobs", registry=self._own
        )
        self.answers = Counter("feedforward_answers_kept", "Rows of answers written to the log", registry=self._own)
        self.dropped = Counter(
            "feedforward_answers_dropped", "Rows of answers not written to the log", ["reason"], registry=self._own
        )
        for reason in REASONS:
            self.dropped.labels(reason)
        self.open_streams = Gauge(
            "feedforward_open_streams",
            "Open event streams and requests that wait for their job",
            registry=self._own,
            multiprocess_mode="livesum",
        )
        self._folder = folder
        self._children: dict[tuple[str, str, str], tuple[Counter, Histogram]] = {}
        self._shown = self._own
        if folder:
            self._shown = CollectorRegistry()
            MultiProcessCollector(self._shown, path=folder)  # type: ignore[no-untyped-call]
        self._shared = CollectorRegistry()
        self._shared.register(DatabaseCollector(backend))
        build = Gauge(
            "feedforward_build_info",
            "1, with the version, and what makes the engine's calls",
            ["version", "executor"],
            registry=self._shared,
        )
        build.labels(version, choice.chosen().name).set(1)

    def count(self, route: str | None, method: str, status: str, seconds: float) -> None:
        """Count an answer. What matched no route has no bounds: one label stands for all of it."""
        route, method = (route, method) if route else ("none", "any")
        children = self._children.get((route, method, status))
        if children is None:
            children = self.requests.labels(route, method, status), self.seconds.labels(route, method)
            self._children[route, method, status] = children
        children[0].inc()
        children[1].observe(seconds)

    def add(self, made: Callable[[CollectorRegistry, CollectorRegistry], T]) -> T:
        """Counters of a topic of its own, made from the registry that counts and the one that is shown."""
        return made(self._own, self._shown)

    def count_answers(self, reason: str | None, rows: int) -> None:
        """Count rows that were written or, for a reason, dropped."""
        (self.answers if reason is None else self.dropped.labels(reason)).inc(rows)

    def exposition(self) -> bytes:
        if self._folder:
            forget_dead(Path(self._folder))
        return generate_latest(self._shown) + generate_latest(self._shared)


def forget_dead(folder: Path) -> None:
    """Drop the open streams of web processes that were killed: their clients are gone with them."""
    for pid in {path.stem.rpartition("_")[2] for path in folder.glob("gauge_live*_*.db")}:
        if not is_alive(int(pid)):
            mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def count_predictions(rows: int) -> None:
    """To be called by whatever predicts."""
    current_app.extensions[KEY].predictions.inc(rows)


def install(app: Flask, backend: Backend, folder: str | None) -> Metrics:
    metrics = app.extensions[KEY] = Metrics(backend, folder, app.config["API_VERSION"])

    @app.get("/metrics")
    def show_metrics() -> Response:
        """Figures for Prometheus."""
        return Response(metrics.exposition(), content_type=CONTENT_TYPE_PLAIN_0_0_4)

    return metrics
