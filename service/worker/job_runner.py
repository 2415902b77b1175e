"""What a worker's slot does with a job id from the queue."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from service.domain.job_kind import JobKind
from service.domain.records import Claim, JobError
from service.domain.status import Status
from service.errors import Damaged, FeedforwardError, LeaseLost, StorageUnavailable
from service.jobs.messages import Assignment, Orders, ReportIntervals, Table
from service.jobs.progress import steps
from service.queues.dispatcher import Dispatcher
from service.storage.base import Storage
from service.worker.forkserver import ChildStartError, ForkServer
from service.worker.job_log import job_logger
from service.worker.lease import Lease
from service.worker.run_supervisor import RunSupervisor
from service.worker.settings import WorkerSettings

logger = logging.getLogger(__name__)

RETRY_SECONDS = 1.0
#: What a kind of job counts its progress in.
UNITS = {JobKind.TRAINING: "epoch", JobKind.PREDICTION: "row"}


class JobRunner:
    """One for all slots of a worker; it keeps nothing of a job between two runs."""

    def __init__(
        self,
        storage: Storage,
        dispatcher: Dispatcher,
        forkserver: ForkServer,
        settings: WorkerSettings,
        *,
        owner: str,
        stopping: threading.Event,
    ) -> None:
        self._storage = storage
        self._dispatcher = dispatcher
        self._forkserver = forkserver
        self._settings = settings
        self._owner = owner
        self._stopping = stopping

    def supervise(self, job_id: str) -> None:
        """Claim the first job of the queue and see it through; a message that finds no job is dropped.

        The id says only that some job is queued: a job that was put back keeps its position, ahead of jobs whose
        messages came earlier.
        """
        taken_at = time.monotonic()
        try:
            claim = self._storage.claim_next(owner=self._owner, lease_seconds=self._settings.lease_seconds)
        except StorageUnavailable:
            self._stopping.wait(RETRY_SECONDS)
            self._dispatcher.send(job_id)
            return
        if claim is not None:
            lease = Lease(self._storage, claim.job.id, claim.job.token, self._settings, taken_at=taken_at)
            self._supervise_run(claim, lease)
            if claim.job.running_limit is not None:
                # The next job of this creator may have been passed over; its own message came to nothing then.
                self._dispatcher.send(claim.job.id)

    def _supervise_run(self, claim: Claim, lease: Lease) -> None:
        log = job_logger(logger, claim.job)
        kept = claim.checkpoint.epoch if claim.checkpoint else claim.job.rows_done
        log.info("Job %s runs from %s.", lease.job_id, f"{UNITS[claim.job.kind]} {kept}")
        try:
            start = self._start(claim, lease)
            assignment = assignment_of(claim, self._settings.intervals, skipped_rows=start.skipped_rows)
            child = self._forkserver.start(assignment, self._chunks(claim, lease, start.chunk))
        except LeaseLost as error:
            log.warning("This worker no longer holds job %s: %s", lease.job_id, error.message)
            return
        except ChildStartError as error:
            self._release(lease, JobError(code="crashed", message=error.message))
            return
        run = RunSupervisor(self._storage, self._dispatcher, self._settings, lease, claim.job, child, self._stopping)
        try:
            run.watch()
        except LeaseLost as error:
            log.warning("This worker no longer holds job %s, so this run ends: %s", lease.job_id, error.message)
        except Damaged as error:
            run.fail(JobError(code="bad_data", message=error.message))
        except FeedforwardError:
            log.exception("Job %s cannot be recorded; it will be retried.", lease.job_id)
            self._release(lease)
        else:
            self._log_end(lease.job_id)
        finally:
            child.close()

    def _log_end(self, job_id: str) -> None:
        """Log how a run ended, and why. A job that is queued again has not ended, and is reported as queued."""
        try:
            job = self._storage.get_job(job_id)
        except FeedforwardError:  # The job was deleted, or the database is away.
            return
        cause = f": {job.error.code}, {job.error.message}" if job.error else "."
        job_logger(logger, job).log(
            logging.ERROR if job.error else logging.INFO,
            "Job %s is %s after %s %d of %d and %.1f s%s",
            job.id,
            job.status,
            UNITS[job.kind],
            *steps(job),
            job.seconds,
            cause,
            extra={"code": job.error.code if job.error else None, "epoch": job.epoch},
        )

    def _release(self, lease: Lease, cause: JobError | None = None) -> None:
        """End a run that cannot be started or recorded: as a crash, so that a job that always fails so is given up."""
        try:
            job = lease.insist(partial(lease.release, crashed=True, cause=cause))
        except FeedforwardError as error:
            logger.warning("Job %s could not be given back; its lease will run out: %s", lease.job_id, error.message)
            return
        if job.status is Status.QUEUED:
            self._dispatcher.send(job.id)

    def _start(self, claim: Claim, lease: Lease) -> Start:
        """Where a prediction goes on in its data set. Raises LeaseLost, StorageError."""
        if claim.job.kind is not JobKind.PREDICTION:
            return Start(0, 0)
        [dataset] = claim.datasets.values()
        return start_after(claim.job.rows_done, lease.insist(partial(self._storage.chunk_rows, dataset.id)))

    def _chunks(self, claim: Claim, lease: Lease, first: int) -> Iterator[bytes]:
        """All chunks of the job's data sets, from one on. Raises LeaseLost, StorageError."""
        for dataset in claim.datasets.values():
            for number in range(first, dataset.chunks):
                yield lease.insist(partial(self._storage.read_chunk, dataset.id, number))


class Start(NamedTuple):
    """The first chunk that has rows to predict, and how many of its rows are done."""

    chunk: int
    skipped_rows: int


def start_after(rows: int, chunk_rows: Sequence[int]) -> Start:
    for number, count in enumerate(chunk_rows):
        if rows < count:
            return Start(number, rows)
        rows -= count
    return Start(len(chunk_rows), 0)


def assignment_of(claim: Claim, intervals: ReportIntervals, *, skipped_rows: int = 0) -> Assignment:
    return Assignment(
        job_id=claim.job.id,
        token=claim.job.token,
        network_id=claim.network.id,
        spec=claim.network.spec,
        labels=claim.network.labels,
        options=claim.job.options,
        data=claim.data,
        start_values=claim.start_values,
        checkpoint=claim.checkpoint,
        intervals=intervals,
        features=claim.network.features,
        table=claim.network.table,
        start_preprocessing=claim.start_preprocessing,
        kind=claim.job.kind,
        orders=Orders.of(claim.job),
        rows=claim.job.rows,
        first_row=claim.job.rows_done,
        skipped_rows=skipped_rows,
        tables=tuple(Table(role=role, rows=one.rows, chunks=one.chunks) for role, one in claim.datasets.items()),
    )
