"""`GET /metrics` for Prometheus: requests, their time, predictions, and jobs as the database counts them.

With several web processes, `PROMETHEUS_MULTIPROC_DIR` has to name an empty folder before they start: each process then
counts into a file there, and whichever process is asked sums over all of them.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask, Response, current_app
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from service.domain.status import Status
from service.errors import StorageError
from service.operations.backend import Backend

KEY = "feedforward.metrics"
BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class JobsCollector(Collector):
    """Jobs by status, read when asked, so that every process says the same."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def collect(self) -> Iterable[GaugeMetricFamily]:
        jobs = GaugeMetricFamily("feedforward_jobs", "Jobs in the database by status", labels=["status"])
        try:
            for status in Status:
                jobs.add_metric([status.value], self._backend.storage.count_jobs([status]))
            stored, workers = self._stored_bytes(), self._workers()
        except StorageError:
            return  # A missing figure is honest where the database does not answer; a zero would not be.
        yield from (jobs, stored, workers)

    def _workers(self) -> GaugeMetricFamily:
        alive = self._backend.storage.count_workers(alive_within_seconds=self._backend.limits.worker_silence_seconds)
        return GaugeMetricFamily("feedforward_workers", "Workers that have sent a heartbeat lately", value=alive)

    def _stored_bytes(self) -> GaugeMetricFamily:
        stored = GaugeMetricFamily("feedforward_stored_bytes", "Bytes in the database by kind", labels=["kind"])
        for kind, count in self._backend.storage.stored_bytes().items():
            stored.add_metric([kind], count)
        return stored


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
        self.predictions = Counter("feedforward_predictions", "Rows predicted", registry=self._own)
        self._children: dict[tuple[str, str, str], tuple[Counter, Histogram]] = {}
        self._shown = self._own
        if folder:
            self._shown = CollectorRegistry()
            MultiProcessCollector(self._shown, path=folder)  # type: ignore[no-untyped-call]
        self._jobs = CollectorRegistry()
        self._jobs.register(JobsCollector(backend))
        Gauge("feedforward_build_info", "1, with the version", ["version"], registry=self._jobs).labels(version).set(1)

    def count(self, route: str | None, method: str, status: str, seconds: float) -> None:
        """Count an answer. What matched no route has no bounds: one label stands for all of it."""
        route, method = (route, method) if route else ("none", "any")
        children = self._children.get((route, method, status))
        if children is None:
            children = self.requests.labels(route, method, status), self.seconds.labels(route, method)
            self._children[route, method, status] = children
        children[0].inc()
        children[1].observe(seconds)

    def exposition(self) -> bytes:
        return generate_latest(self._shown) + generate_latest(self._jobs)


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
