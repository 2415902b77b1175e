"""Cleans up what no other part does: expired leases, lost messages, unfinished data sets, old audit entries."""

from __future__ import annotations

import logging
import time

from service.domain.status import Status
from service.queues.dispatcher import Dispatcher
from service.storage.base import Storage
from service.worker.settings import WorkerSettings

logger = logging.getLogger(__name__)

#: Ids sent again in one sweep, at most.
BATCH = 100
#: Audit entries deleted in one sweep, at most, so that no other writer waits for long.
AUDIT_BATCH = 2000


class Sweeper:
    """One in every worker; several do no harm, because the database decides who sweeps what."""

    def __init__(self, storage: Storage, dispatcher: Dispatcher, settings: WorkerSettings, *, owner: str) -> None:
        self._storage = storage
        self._dispatcher = dispatcher
        self._settings = settings
        self._owner = owner
        self._resend_after(settings.resend_seconds)

    def sweep(self) -> None:
        self._storage.heartbeat_worker(self._owner, slots=self._settings.slots)
        for job in self._storage.sweep(max_crashes=self._settings.max_crashes):
            logger.warning("Job %s had lost its worker; it is %s now.", job.id, job.status)
            if job.status is Status.QUEUED:
                self._dispatcher.send(job.id)
        self._storage.delete_abandoned_datasets()
        self._storage.forget_frames()
        if self._settings.audit_seconds is not None:
            self._storage.forget_audit(older_than_seconds=self._settings.audit_seconds, limit=AUDIT_BATCH)
        self._send_lost_again()

    def _send_lost_again(self) -> None:
        """A job that has long been queued while no message waits has lost its own.

        While messages wait, a lost one cannot be recognized. Then only the oldest jobs are sent again, less and less
        often; a redundant message is harmless.
        """
        wait = self._settings.lost_after_seconds
        if self._dispatcher.depth() > 0:
            if time.monotonic() < self._resend_at:
                return
            wait = self._resend_seconds
            self._resend_after(2 * wait)
        else:
            self._resend_after(self._settings.resend_seconds)
        for job_id in self._storage.lost_jobs(queued_for_seconds=wait, limit=BATCH):
            logger.info("Job %s is sent to the queue again.", job_id)
            self._dispatcher.send(job_id)

    def _resend_after(self, seconds: float) -> None:
        self._resend_seconds = seconds
        self._resend_at = time.monotonic() + seconds
