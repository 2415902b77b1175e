"""One run's right to write: renewed in time, given up in time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from service.domain.jobs import Job, JobError
from service.domain.status import Status
from service.errors import FeedforwardError, LeaseLost, NotFound, StorageUnavailable
from service.storage.base import Storage
from service.worker.settings import WorkerSettings

logger = logging.getLogger(__name__)
T = TypeVar("T")

RETRY_SECONDS = 0.5


class Lease:
    """`taken_at` is a moment before the claim, by the monotonic clock, so that the lease is never overestimated."""

    def __init__(self, storage: Storage, job_id: str, token: int, settings: WorkerSettings, *, taken_at: float) -> None:
        self.job_id, self.token = job_id, token
        self._storage = storage
        self._settings = settings
        self._taken_at = taken_at
        self._look_at = 0.0

    def news(self) -> Job | None:
        """The job as it is now, or None until it is time to read it again. Raises LeaseLost."""
        now = time.monotonic()
        if now < self._look_at:
            return None
        self._look_at = now + self._settings.poll_seconds
        return self.insist(self._read)

    def _read(self) -> Job:
        self._renew()
        return self._storage.get_job(self.job_id)

    def renew(self) -> None:
        """Once a third of the lease is over. Raises LeaseLost."""
        self.insist(self._renew)

    def _renew(self) -> None:
        now = time.monotonic()
        if now >= self._taken_at + self._settings.heartbeat_seconds:
            self._storage.heartbeat(self.job_id, self.token, lease_seconds=self._settings.lease_seconds)
            self._taken_at = now

    def insist(self, action: Callable[[], T]) -> T:
        """Do it, retrying while the database is away. Raises LeaseLost when that takes as long as the lease."""
        while True:
            try:
                return action()
            except StorageUnavailable as error:
                if time.monotonic() + RETRY_SECONDS >= self._must_end_at:
                    raise LeaseLost("The database has been away for as long as the lease holds.") from error
            except NotFound as error:
                raise LeaseLost("The job has been deleted.") from error
            time.sleep(RETRY_SECONDS)

    def release(self, *, crashed: bool, cause: JobError | None = None) -> Job:
        """Give the job back. Raises LeaseLost."""
        return self._storage.release(
            self.job_id, self.token, crashed=crashed, max_crashes=self._settings.max_crashes, cause=cause
        )

    def give_up(self, send: Callable[[str], None], cause: JobError | None = None) -> None:
        """End a run that cannot be started or recorded: as a crash, so that a job that always fails so is given up."""
        try:
            job = self.insist(partial(self.release, crashed=True, cause=cause))
        except FeedforwardError as error:
            logger.warning("Job %s could not be given back; its lease will run out: %s", self.job_id, error.message)
            return
        if job.status is Status.QUEUED:
            send(job.id)

    @property
    def _must_end_at(self) -> float:
        return self._taken_at + self._settings.lease_seconds - self._settings.margin_seconds
