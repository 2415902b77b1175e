"""Figures for Prometheus that the database knows, read at each scrape, so that every web process reports the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from service.domain.figures import TRAINING_TIME_BOUNDS, EndedJobs, Figures
from service.domain.status import ENDED, Status
from service.errors import StorageError
from service.operations.backend import Backend


class DatabaseCollector(Collector):
    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def collect(self) -> Iterable[Metric]:
        try:
            found = [*self._now(), *of_figures(self._backend.storage.figures())]
        except StorageError:
            return []  # A missing figure is honest where the database does not answer; a zero would not be.
        return found

    def _now(self) -> Iterator[Metric]:
        storage = self._backend.storage
        jobs = GaugeMetricFamily("feedforward_jobs", "Jobs in the database by status", labels=["status"])
        for status in Status:
            jobs.add_metric([status.value], storage.count_jobs([status]))
        yield jobs
        stored = GaugeMetricFamily("feedforward_stored_bytes", "Bytes in the database by kind", labels=["kind"])
        for kind, count in storage.stored_bytes().items():
            stored.add_metric([kind], count)
        yield stored
        alive = storage.count_workers(alive_within_seconds=self._backend.limits.worker_silence_seconds)
        yield GaugeMetricFamily("feedforward_workers", "Workers that have sent a heartbeat lately", value=alive)


def of_figures(figures: Figures) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "feedforward_queue_age_seconds", "How long the oldest queued job has waited", value=figures.queue_age_seconds
    )
    yield GaugeMetricFamily("feedforward_callbacks_due", "Callbacks due for an attempt", value=figures.callbacks_due)
    callbacks = CounterMetricFamily("feedforward_callbacks", "Attempts to deliver callbacks", labels=["outcome"])
    for outcome in ("delivered", "failed", "given_up"):
        callbacks.add_metric([outcome], figures.callbacks.get(outcome, 0))
    yield callbacks
    yield CounterMetricFamily(
        "feedforward_drift_warnings",
        "Warnings that the rows of a network have drifted, for all networks together",
        value=figures.drift_warnings,
    )
    yield failures(figures.ended)
    yield training_times(figures.ended)


def failures(ended: Sequence[EndedJobs]) -> Metric:
    by_code: dict[str, int] = defaultdict(int)
    for group in ended:
        if group.status is Status.FAILED:
            by_code[group.code] += group.jobs
    family = CounterMetricFamily("feedforward_job_failures", "Failed jobs by error code", labels=["code"])
    for code, count in sorted(by_code.items()):
        family.add_metric([code], count)
    return family


def training_times(ended: Sequence[EndedJobs]) -> Metric:
    family = HistogramMetricFamily(
        "feedforward_job_seconds",
        "Time that ended jobs have spent training or predicting, by status",
        labels=["status"],
    )
    for status in sorted(ENDED):
        groups = [group for group in ended if group.status is status]
        family.add_metric([status.value], buckets(groups), sum(group.seconds for group in groups))
    return family


def buckets(groups: Sequence[EndedJobs]) -> list[tuple[str, float]]:
    """Upper bounds with how many jobs took at most as long; the last one has all."""
    counts = [sum(group.jobs for group in groups if group.up_to_seconds == bound) for bound in TRAINING_TIME_BOUNDS]
    bounds = [str(float(bound)) for bound in TRAINING_TIME_BOUNDS]
    return [*zip(bounds, accumulate(counts), strict=True), ("+Inf", sum(group.jobs for group in groups))]
