"""One run of one job, from the claim to the end: the child trains, this stores its reports and holds the lease.

The child of a stack has several of these, one for each job; `service.worker.stack_supervisor` hands them what it says.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from service.domain.jobs import Job, JobError
from service.domain.snapshots import NewSnapshot
from service.domain.status import RequestedState, Status
from service.errors import Damaged, FeedforwardError, LeaseLost, PreconditionFailed
from service.jobs.machine_memory import oom_kills
from service.jobs.messages import End, Orders, Report
from service.jobs.snapshot_policy import SnapshotPolicy
from service.queues.dispatcher import Dispatcher
from service.storage.base import Storage
from service.storage.quota import Quota
from service.worker.child_process import Child
from service.worker.contests import contest_of
from service.worker.exit_causes import exit_cause
from service.worker.job_log import job_logger
from service.worker.lease import Lease
from service.worker.output import Output
from service.worker.promotion import record_promotion, without_promotion
from service.worker.settings import WorkerSettings

logger = logging.getLogger(__name__)

TICK_SECONDS = 0.1
NO_ROOM = JobError(
    code="quota_exceeded",
    message="FEEDFORWARD_MAX_DATASET_BYTES is used up. Delete data sets you no longer need, or raise it.",
)


class RunSupervisor:
    def __init__(
        self,
        storage: Storage,
        dispatcher: Dispatcher,
        settings: WorkerSettings,
        lease: Lease,
        job: Job,
        child: Child,
        stopping: threading.Event,
    ) -> None:
        self._storage = storage
        self._dispatcher = dispatcher
        self._settings = settings
        self._lease = lease
        self.job = job
        self._log = job_logger(logger, job)
        self._child = child
        self._stopping = stopping
        self._started_at = time.monotonic()
        self._oom_kills = oom_kills()
        self._orders = Orders.of(job)  #: as last read
        self._sent_orders = self._orders  #: as last sent to the child
        self._kill_at = math.inf
        self._is_timed_out = False
        self.is_killed = False
        self.is_over = False
        self._policy = SnapshotPolicy.from_json(job.options.get("snapshots", {}))
        self._quota = Quota(storage, "snapshots", settings.max_snapshot_bytes)
        self._has_reported_quota = False
        self._output = Output(storage, lease, job, settings.max_dataset_bytes)

    def watch(self) -> None:
        """Stay with the child until its end is on record. Raises LeaseLost when nothing more may be written."""
        while not self.is_over:
            try:
                report = self._child.next_report(TICK_SECONDS)
            except EOFError:
                self.child_has_gone()
                return
            if report is not None:
                self.take(report)
            # A job that has ended has no lease to renew.
            if not self.is_over:
                self.forward_request(self._lease.news())

    def survives(self, action: Callable[[], None]) -> bool:
        """Do it; False, with a line in the log, where this run can do nothing more."""
        try:
            action()
            return True
        except LeaseLost as error:
            self._log.warning("This worker no longer holds job %s, so this run ends: %s", self.job.id, error.message)
        except Damaged as error:
            self._fail(JobError(code="bad_data", message=error.message))
        except FeedforwardError:
            self._log.exception("Job %s cannot be recorded; it will be retried.", self.job.id)
            self._lease.give_up(self._dispatcher.send)
        return False

    def _fail(self, error: JobError) -> None:
        """End the job for a reason that every other run of it would meet too."""
        job_id, token = self._lease.job_id, self._lease.token
        try:
            self._lease.insist(partial(self._storage.finish, job_id, token, Status.FAILED, error=error))
        except FeedforwardError as failure:
            self._log.warning("The end of job %s could not be recorded: %s", job_id, failure.message)

    def take(self, report: Report) -> None:
        """Store a report of the child. Raises LeaseLost."""
        try:
            self._lease.insist(partial(self.store, report))
        except PreconditionFailed:  # Somebody has moved the alias this instant, and nothing was stored.
            self._lease.insist(partial(self.store, without_promotion(report)))
        self.answer(report)

    def answer(self, report: Report) -> None:
        """Tell the child what a report, which is stored, has asked. Raises LeaseLost."""
        if report.asks:
            alias = self.job.options["promote"]["alias"]
            self._child.tell(self._lease.insist(partial(contest_of, self._storage, self.job, alias)))

    # -- towards the child -------------------------------------------------------------------------------------------

    def forward_request(self, job: Job | None) -> None:
        """Tell the child what is wanted of the job by now, if that is news; kill it where it does not stop in time."""
        if job is not None:
            self._orders = Orders.of(job)
        self._is_timed_out = self._is_timed_out or self._is_out_of_time
        before, orders = self._sent_orders, replace(self._orders, requested_state=self._effective_request)
        if orders != before:
            self._sent_orders = orders
            self._child.tell(orders)
        if orders.requested_state is not before.requested_state:
            is_to_run = orders.requested_state is RequestedState.RUN
            self._kill_at = math.inf if is_to_run else time.monotonic() + self._settings.grace_seconds
        if time.monotonic() >= self._kill_at and not self.is_killed:
            self.is_killed = True
            self._child.kill()

    @property
    def _effective_request(self) -> RequestedState:
        if self._is_timed_out:
            return RequestedState.CANCEL
        requested = self._orders.requested_state
        return RequestedState.PAUSE if requested is RequestedState.RUN and self._stopping.is_set() else requested

    @property
    def _is_out_of_time(self) -> bool:
        trained = self.job.seconds + time.monotonic() - self._started_at
        return self.job.max_seconds is not None and trained > self.job.max_seconds

    # -- towards the storage -----------------------------------------------------------------------------------------

    def store(self, report: Report) -> None:
        """Store all of a report, or nothing. Raises what a storage raises, at once."""
        job_id, token = self._lease.job_id, self._lease.token
        if report.block and not self._output.has_room(report.block):
            self._fail_for_room()
            return
        file = self._output.assembled() if self._is_written(report) else None
        with self._storage.transaction():
            if report.block:
                self._storage.store_block(job_id, token, report.block, seconds=self.job.seconds + report.seconds)
            if file:
                self._storage.publish_output(job_id, token, sha256=file.sha256, size_bytes=file.size_bytes)
            if report.epochs:
                self._storage.add_epochs(
                    job_id,
                    token,
                    report.epochs,
                    seconds=self.job.seconds + report.seconds,
                    best_epoch=report.best_epoch,
                    best_value=report.best_value,
                )
            if report.preparation:
                rows, data = report.preparation.rows, report.preparation.data
                self._storage.record_preparation(job_id, token, rows=rows, data=data)
            for snapshot in report.snapshots:
                self._store_snapshot(snapshot, token)
            self._store_state(report)
            if report.findings is not None:
                self._storage.record_findings(job_id, token, report.findings)
            if report.end:
                self._end(report.end, report.snapshots)
        self.is_over = report.end is not None

    def _store_state(self, report: Report) -> None:
        if report.frames:
            self._storage.add_frames(self._lease.job_id, self._lease.token, report.frames)
        if report.checkpoint:
            self._storage.save_checkpoint(report.checkpoint)

    def _is_written(self, report: Report) -> bool:
        """Whether all rows of a data set that the job writes are stored."""
        end = report.end
        return self.job.output is not None and end is not None and not (end.stopped or end.error)

    def _fail_for_room(self) -> None:
        self._storage.finish(self._lease.job_id, self._lease.token, Status.FAILED, error=NO_ROOM)
        self.is_over = True

    def _store_snapshot(self, snapshot: NewSnapshot, token: int) -> None:
        """The weights a run ends with, and its best ones, are always stored; periodic ones while there is room."""
        stride = self._policy.stride(snapshot.epoch) if snapshot.kind == "periodic" else None
        if stride is None or self._quota.has_room(len(snapshot.values)):
            self._storage.add_snapshot(snapshot, token=token, periodic_stride=stride)
        elif not self._has_reported_quota:
            self._has_reported_quota = True
            self._log.warning("Job %s stores no more periodic snapshots: the quota is used up.", self.job.id)
            details = {"epoch": snapshot.epoch, "reason": "FEEDFORWARD_MAX_SNAPSHOT_BYTES is used up"}
            self._storage.add_event(self.job.id, "snapshots_skipped", details)

    def _end(self, end: End, snapshots: Sequence[NewSnapshot]) -> None:
        if end.trace:
            self._log.error("A run of job %s failed.\n%s", self.job.id, end.trace)
        if end.stopped:
            self._end_as_requested(end.paused_at)
        elif end.error:
            self._storage.finish(self._lease.job_id, self._lease.token, Status.FAILED, error=end.error)
        else:
            if end.judgement:
                record_promotion(self._storage, self.job, end.judgement, snapshots)
            self._storage.finish(
                self._lease.job_id,
                self._lease.token,
                Status.SUCCEEDED,
                stopped_early=end.stopped_early,
                importance=end.importance,
                folds=end.folds,
                average=end.average,
            )

    def child_has_gone(self, *, for_another: bool = False) -> None:
        """The child ended without a last report: we killed it after its grace period, `for_another` job of its stack
        maybe, or it crashed. Raises LeaseLost."""
        self._lease.insist(partial(self._end_without_child, for_another=for_another))

    def _end_without_child(self, *, for_another: bool) -> None:
        if self.is_killed or for_another:
            with self._storage.transaction():
                self._end_as_requested()
            return
        cause = exit_cause(self._child.exit_code(), oom_kills_before=self._oom_kills)
        self._log.warning("The process that trained job %s died: %s", self.job.id, cause.message)
        self._release(crashed=True, cause=cause)

    def _end_as_requested(self, paused_at: int | None = None) -> None:
        """The requested state now decides, because it may have changed since it was last sent to the child."""
        job_id, token = self._lease.job_id, self._lease.token
        requested_state = self._storage.heartbeat(job_id, token, lease_seconds=self._settings.lease_seconds)
        if requested_state is RequestedState.CANCEL:
            self._storage.finish(job_id, token, Status.CANCELLED)
        elif self._is_timed_out:
            self._storage.finish(job_id, token, Status.FAILED, error=_timeout(self.job))
        elif requested_state is RequestedState.PAUSE or paused_at is not None:
            self._send_if_queued(self._storage.finish(job_id, token, Status.PAUSED, paused_at=paused_at))
        else:
            self._release(crashed=False)

    def _release(self, *, crashed: bool, cause: JobError | None = None) -> None:
        self._send_if_queued(self._lease.release(crashed=crashed, cause=cause))

    def _send_if_queued(self, job: Job) -> None:
        if job.status is Status.QUEUED:
            self._storage.on_commit(lambda: self._dispatcher.send(job.id))


def _timeout(job: Job) -> JobError:
    return JobError(
        code="timeout",
        message=f"The job was stopped after the {job.max_seconds:g} seconds it was given as max_seconds. "
        "Its last weights are kept; to go on from them, train again with more time.",
    )
