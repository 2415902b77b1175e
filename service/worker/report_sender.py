"""Sends reports: trainings that ask for it are pushed to a tracking server while they run."""

from __future__ import annotations

import logging
import threading

from service.callbacks.request import Failed, Rejected
from service.domain.reports import INTERVAL_SECONDS, Report, ReportEnd
from service.storage.base import Storage
from service.tracking.server import TrackingError
from service.tracking.servers import read_base
from service.worker.pool import Pool
from service.worker.report_push import FilesOf, ReportPush
from service.worker.retries import pause_after
from service.worker.settings import WorkerSettings

logger = logging.getLogger(__name__)

#: Reports sent at the same time: a server that delays its answer must not hold up the others.
MOST_AT_ONCE = 4
MAX_RETRY_SECONDS = 3600.0
#: Of the last attempt, where the worker was killed in each: what is sent may be what kills it.
UNENDED = "The last attempt did not come to an end."
#: Why a URL of a user's may not be a private address.
PRIVATE = "and only servers that FEEDFORWARD_MLFLOW_SERVERS names may be"


class ReportSender:
    """One in every worker. Due reports are rows that attempts lease, so several workers never send one at once.

    What the server has is on record after each batch. An attempt that was broken off leaves the report in doubt; the
    next one asks the server how far it is, so that every number arrives once.
    """

    def __init__(
        self, storage: Storage, settings: WorkerSettings, *, files_of: FilesOf, stopping: threading.Event
    ) -> None:
        self._storage, self._settings = storage, settings
        self._push = ReportPush(storage, settings, files_of, stopping)
        self._pool = Pool("report", self._claim, self._attempt, most=MOST_AT_ONCE, stopping=stopping)

    def look(self) -> None:
        """Send what is due."""
        self._pool.look()

    def join(self, seconds: float) -> None:
        """Wait for the reports in flight, at most this long."""
        self._pool.join(seconds)

    def _claim(self) -> Report | None:
        return self._storage.claim_report(lease_seconds=self._settings.report_lease_seconds)

    def _attempt(self, report: Report) -> None:
        if report.attempts > self._settings.report_attempts:
            self._fail(report, UNENDED, is_final=True)
            return
        try:
            report, is_all = self._send(report)
        except (Rejected, Failed, TrackingError, ValueError) as error:
            is_last = report.attempts >= self._settings.report_attempts
            self._fail(report, str(error), is_final=is_last or isinstance(error, Rejected))
        else:
            ended = ReportEnd.DONE if is_all else None
            self._storage.settle_report(report, retry_seconds=INTERVAL_SECONDS, ended=ended)

    def _send(self, report: Report) -> tuple[Report, bool]:
        """Raises Rejected, Failed, TrackingError, and ValueError where the worker has no such server or token."""
        if "://" in report.server:
            return self._push.push(report, read_base(report.server), None, private=PRIVATE)
        for server in self._settings.mlflow_servers:
            if server.name == report.server:
                return self._push.push(report, read_base(server.url), server.token(), private=None)
        raise ValueError(f"FEEDFORWARD_MLFLOW_SERVERS of this worker names no {report.server}.")

    def _fail(self, report: Report, error: str, *, is_final: bool) -> None:
        logger.warning("Attempt %d to report job %s: %s", report.attempts, report.job_id, error)
        self._storage.settle_report(
            report,
            retry_seconds=pause_after(
                report.attempts, first=self._settings.report_retry_seconds, longest=MAX_RETRY_SECONDS
            ),
            error=error,
            ended=ReportEnd.GIVEN_UP if is_final else None,
            in_doubt=True,
        )
