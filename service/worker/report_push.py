"""One attempt at the report of a job: what the server does not have yet, in order, each batch on record."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from service.callbacks.exchange import Reply, exchange
from service.callbacks.target import Target
from service.domain.epochs import Epoch
from service.domain.jobs import Job
from service.domain.reports import Report
from service.domain.status import ENDED, Status
from service.domain.times import utc_text
from service.errors import FeedforwardError, StorageUnavailable
from service.storage.base import Storage
from service.tracking.runs import (
    STATUSES,
    began_at,
    metrics_of,
    milliseconds,
    params_of,
    run_name,
    tags_of,
    written_number,
)
from service.tracking.server import MAX_METRICS, Metric, TrackingServer, artifact_path
from service.worker.settings import WorkerSettings

#: Epochs read at a time.
EPOCHS = 500
#: Of an answer: that of a run with all its parameters is the largest.
MAX_REPLY = 4 * 2**20
MODEL = "model"
#: The files of the model that a job ended with, by name. Raises FeedforwardError saying why there are none.
FilesOf = Callable[[Job], Mapping[str, bytes]]


class ReportPush:
    """Raises Rejected, Failed and TrackingError; LeaseLost after another attempt, NotFound without the job."""

    def __init__(
        self, storage: Storage, settings: WorkerSettings, files_of: FilesOf, stopping: threading.Event
    ) -> None:
        self._storage, self._settings = storage, settings
        self._files_of, self._stopping = files_of, stopping

    def push(self, report: Report, base: Target, token: str | None, *, private: str | None) -> tuple[Report, bool]:
        """What is on record now, and whether that is all. `private` as `exchange` has it."""
        server = TrackingServer(base, token, partial(self._exchange, private))
        job = self._storage.get_job(report.job_id)
        if report.run_id is None:
            report = self._begin(server, report, job)
        assert report.run_id is not None
        if report.epoch == 0:
            server.log_params(report.run_id, params_of(job))
        known = server.last_steps(report.run_id) if report.in_doubt else {}
        while epochs := self._storage.history([job.id], after=(job.id, report.epoch), limit=EPOCHS):
            for batch in batches(epochs):
                report = self._send(server, report, job, batch, known)
                if self._stopping.is_set():
                    return report, False
        if job.status not in ENDED:
            return report, False
        if report.model is None and job.status is Status.SUCCEEDED:
            report = self._upload(server, report, job)
        ended_at = milliseconds(job.finished_at or began_at(job))
        server.end_run(str(report.run_id), STATUSES[job.status], ended_at, tags_of(job))
        return report, True

    def _exchange(self, private: str | None, method: str, target: Target, headers: Any, body: bytes) -> Reply:
        seconds = self._settings.report_timeout_seconds if method != "PUT" else self._settings.report_upload_seconds
        return exchange(method, target, headers, body, private=private, timeout_seconds=seconds, max_bytes=MAX_REPLY)

    def _begin(self, server: TrackingServer, report: Report, job: Job) -> Report:
        """A run is created once: one that an attempt before has created is found by its tag."""
        experiment = server.experiment_id(report.experiment)
        report = self._advance(report)
        run = server.find_run(experiment, job.id)
        if run is None:
            run = server.create_run(experiment, run_name(job), milliseconds(began_at(job)), tags_of(job))
        return self._advance(report, run_id=run.id, artifact_uri=run.artifact_uri)

    def _send(
        self,
        server: TrackingServer,
        report: Report,
        job: Job,
        epochs: Sequence[Epoch],
        known: Mapping[str, int],
    ) -> Report:
        """What the server already has is left out: an attempt that was broken off may have sent it."""
        metrics, spent = [], report.milliseconds
        for epoch in epochs:
            spent += milliseconds(epoch.seconds)
            at = milliseconds(began_at(job)) + spent
            for key, value in metrics_of(epoch).items():
                if epoch.epoch > known.get(key, 0):
                    metrics.append(Metric(key, written_number(value), at, epoch.epoch))
        if metrics:
            server.log_metrics(str(report.run_id), metrics)
        return self._advance(report, epoch=epochs[-1].epoch, milliseconds=spent)

    def _upload(self, server: TrackingServer, report: Report, job: Job) -> Report:
        path = artifact_path(report.artifact_uri or "")
        if path is None:
            where = (report.artifact_uri or "").partition(":")[0] or "an unknown place"
            return self._advance(report, model=f"not uploaded: the server keeps files in {where} and takes none itself")
        try:
            files = self._files_of(job)
        except StorageUnavailable:
            raise
        except FeedforwardError as error:
            return self._advance(report, model=f"not uploaded: {_words(error)}")
        report = self._advance(report, seconds=self._settings.report_upload_seconds * (len(files) + 1))
        for name, data in files.items():
            server.upload(f"{path}/{MODEL}/{name}", data)
        server.log_model(str(report.run_id), _described(report, job))
        return self._advance(report, model="uploaded")

    def _advance(self, report: Report, *, seconds: float = 0.0, **changes: Any) -> Report:
        lease = max(seconds, self._settings.report_lease_seconds)
        return self._storage.advance_report(report, lease_seconds=lease, **changes)


def batches(epochs: Sequence[Epoch]) -> Iterator[Sequence[Epoch]]:
    """As many as one request can hold the metrics of."""
    widest = max(len(metrics_of(epoch)) for epoch in epochs)
    size = max(MAX_METRICS // widest, 1)
    for start in range(0, len(epochs), size):
        yield epochs[start : start + size]


def _described(report: Report, job: Job) -> dict[str, Any]:
    flavors = {
        "onnx": {"data": "model.onnx"},
        "python_function": {"loader_module": "mlflow.onnx", "data": "model.onnx"},
    }
    return {
        "run_id": report.run_id,
        "artifact_path": MODEL,
        "utc_time_created": utc_text(job.finished_at or began_at(job)),
        "flavors": flavors,
    }


def _words(error: FeedforwardError) -> str:
    issues = "; ".join(field.message for field in error.fields)
    return (issues or error.message)[:300]
