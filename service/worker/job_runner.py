"""What a worker's slot does with a job id from the queue."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from service.domain.job_kind import JobKind
from service.domain.jobs import Job, JobError
from service.domain.runs import Claim
from service.errors import FeedforwardError, LeaseLost, StorageUnavailable
from service.jobs.messages import Assignment, Orders, ReportIntervals, Table, Work
from service.jobs.progress import steps
from service.queues.dispatcher import Dispatcher
from service.storage.base import Storage
from service.worker.child_process import Child
from service.worker.forkserver import ChildStartError, ForkServer
from service.worker.job_log import job_logger
from service.worker.lease import Lease
from service.worker.run_supervisor import RunSupervisor
from service.worker.settings import WorkerSettings
from service.worker.stack_supervisor import StackSupervisor

logger = logging.getLogger(__name__)

RETRY_SECONDS = 1.0
#: More than so many save hardly any time of each.
MOST_STACKED = 64
#: What a kind of job counts its progress in.
UNITS = {JobKind.TRAINING: "epoch", JobKind.PREDICTION: "row"}


class JobRunner:
    """One for all slots of a worker; it keeps nothing of a job between two runs.

    `go_on` is given the search of each trial that has stopped, and must not keep the slot waiting.
    """

    def __init__(
        self,
        storage: Storage,
        dispatcher: Dispatcher,
        forkserver: ForkServer,
        settings: WorkerSettings,
        *,
        owner: str,
        stopping: threading.Event,
        go_on: Callable[[str], None] | None = None,
    ) -> None:
        self._storage = storage
        self._dispatcher = dispatcher
        self._forkserver = forkserver
        self._settings = settings
        self._owner = owner
        self._stopping = stopping
        self._go_on = go_on

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
        if claim is None:
            return
        held = [self._held(claim, taken_at), *self._beside(claim, taken_at)]
        if len(held) == 1:
            self._supervise_run(*held[0])
            self._has_ended(claim.job)
        else:
            self._supervise_stack(held)
        if claim.job.running_limit is not None:
            # The next job of this creator may have been passed over; its own message came to nothing then.
            self._dispatcher.send(claim.job.id)

    def _held(self, claim: Claim, taken_at: float) -> Held:
        return Held(claim, Lease(self._storage, claim.job.id, claim.job.token, self._settings, taken_at=taken_at))

    def _beside(self, claim: Claim, taken_at: float) -> Sequence[Held]:
        """Claims of trials that may train as one stack with this one: all of them in one transaction, or none."""
        if claim.job.search_id is None:
            return ()
        lease_seconds = self._settings.lease_seconds
        try:
            job_ids = self._storage.jobs_beside(claim.job.id, most=MOST_STACKED)
            with self._storage.transaction():
                found = [self._storage.claim(one, owner=self._owner, lease_seconds=lease_seconds) for one in job_ids]
        except StorageUnavailable:
            return ()
        return [self._held(one, taken_at) for one in found if one is not None]

    def _has_ended(self, job: Job) -> None:
        if self._go_on is not None and job.search_id is not None:
            self._go_on(job.search_id)

    def _supervise_run(self, claim: Claim, lease: Lease) -> None:
        child = None
        try:
            start = self._start(claim, lease)
            assignment = assignment_of(claim, self._settings.intervals, skipped_rows=start.skipped_rows)
            child = self._started([Held(claim, lease)], assignment, start.chunk)
        except LeaseLost as error:
            job_logger(logger, claim.job).warning("This worker no longer holds job %s: %s", lease.job_id, error.message)
        if child is None:
            return
        run = self._run(claim, lease, child)
        try:
            if run.survives(run.watch):
                self._log_end(claim.job)
        finally:
            child.close()

    def _supervise_stack(self, held: Sequence[Held]) -> None:
        work = tuple(assignment_of(claim, self._settings.intervals) for claim, _ in held)
        if (child := self._started(held, work, 0)) is None:
            return
        runs = [(lease, self._run(claim, lease, child)) for claim, lease in held]

        def on_end(job: Job) -> None:
            self._log_end(job)
            self._has_ended(job)

        try:
            StackSupervisor(self._storage, self._settings, runs, child, on_end).watch()
        finally:
            child.close()

    def _started(self, held: Sequence[Held], work: Work, first_chunk: int) -> Child | None:
        """A child for these jobs, which read the same rows; None where none starts, and they are given back."""
        for claim, lease in held:
            kept = claim.checkpoint.epoch if claim.checkpoint else claim.job.rows_done
            beside = f", in a stack of {len(held)}" if len(held) > 1 else ""
            log, unit = job_logger(logger, claim.job), UNITS[claim.job.kind]
            log.info("Job %s runs from %s%s.", lease.job_id, f"{unit} {kept}", beside)
        try:
            return self._forkserver.start(work, self._chunks(*held[0], first_chunk))
        except ChildStartError as error:
            for _, lease in held:
                lease.give_up(self._dispatcher.send, JobError(code="crashed", message=error.message))
            return None

    def _run(self, claim: Claim, lease: Lease, child: Child) -> RunSupervisor:
        return RunSupervisor(self._storage, self._dispatcher, self._settings, lease, claim.job, child, self._stopping)

    def _log_end(self, job: Job) -> None:
        """Log how a run ended, and why. A job that is queued again has not ended, and is reported as queued."""
        try:
            job = self._storage.get_job(job.id)
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


class Held(NamedTuple):
    """A job, and the right to write about it."""

    claim: Claim
    lease: Lease


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
