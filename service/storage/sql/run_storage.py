"""The part of the SQL storage that workers use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from service.domain.callback_attempts import Callback
from service.domain.datasets import Dataset
from service.domain.epochs import Epoch
from service.domain.frames import Frame
from service.domain.jobs import Job, JobError
from service.domain.runs import Block, Checkpoint, Claim
from service.domain.status import RequestedState, Status
from service.domain.types import Json
from service.storage.runs import Runs
from service.storage.sql import callbacks, checkpoints, history, jobs, leases, outputs, stacks, workers
from service.storage.sql import frames as frames_table
from service.storage.sql.transaction import Transactions


class SqlRuns(Runs):
    _transactions: Transactions

    def claim(self, job_id: str, *, owner: str, lease_seconds: float) -> Claim | None:
        with self._transactions.writing() as connection:
            return leases.claim(connection, job_id, owner=owner, lease_seconds=lease_seconds)

    def claim_next(self, *, owner: str, lease_seconds: float) -> Claim | None:
        with self._transactions.writing() as connection:
            return leases.claim_next(connection, owner=owner, lease_seconds=lease_seconds)

    def jobs_beside(self, job_id: str, *, most: int) -> Sequence[str]:
        with self._transactions.reading() as connection:
            return stacks.beside(connection, job_id, most=most)

    def get_jobs(self, job_ids: Sequence[str]) -> Mapping[str, Job]:
        with self._transactions.reading() as connection:
            return jobs.find_all(connection, job_ids)

    def heartbeat(self, job_id: str, token: int, *, lease_seconds: float) -> RequestedState:
        with self._transactions.writing() as connection:
            return leases.heartbeat(connection, job_id, token, lease_seconds=lease_seconds)

    def add_epochs(
        self,
        job_id: str,
        token: int,
        epochs: Sequence[Epoch],
        *,
        seconds: float,
        best_epoch: int | None,
        best_value: float | None,
    ) -> None:
        with self._transactions.writing() as connection:
            history.add(
                connection, job_id, token, epochs, seconds=seconds, best_epoch=best_epoch, best_value=best_value
            )

    def record_preparation(self, job_id: str, token: int, *, rows: int, data: Json) -> None:
        with self._transactions.writing() as connection:
            leases.prepared(connection, job_id, token, rows=rows, data=data)

    def record_findings(self, job_id: str, token: int, findings: Sequence[Json]) -> None:
        with self._transactions.writing() as connection:
            leases.found(connection, job_id, token, findings)

    def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        with self._transactions.writing() as connection:
            leases.hold(connection, checkpoint.job_id, checkpoint.token)
            checkpoints.save(connection, checkpoint)

    def store_block(self, job_id: str, token: int, block: Block, *, seconds: float) -> None:
        with self._transactions.writing() as connection:
            outputs.store_block(connection, job_id, token, block, seconds=seconds)

    def publish_output(self, job_id: str, token: int, *, sha256: str, size_bytes: int) -> Dataset:
        with self._transactions.writing() as connection:
            return outputs.publish(connection, job_id, token, sha256=sha256, size_bytes=size_bytes)

    def add_frames(self, job_id: str, token: int, frames: Sequence[Frame]) -> None:
        with self._transactions.writing() as connection:
            leases.hold(connection, job_id, token)
            frames_table.add(connection, job_id, frames)

    def forget_frames(self) -> None:
        with self._transactions.writing() as connection:
            frames_table.forget(connection)

    def finish(
        self,
        job_id: str,
        token: int,
        status: Status,
        *,
        error: JobError | None = None,
        stopped_early: bool = False,
        seconds: float | None = None,
        importance: Sequence[Json] | None = None,
        folds: Json | None = None,
        average: Json | None = None,
        paused_at: int | None = None,
    ) -> Job:
        with self._transactions.writing() as connection:
            return leases.finish(
                connection,
                job_id,
                token,
                status,
                error=error,
                stopped_early=stopped_early,
                seconds=seconds,
                importance=importance,
                folds=folds,
                average=average,
                paused_at=paused_at,
            )

    def release(
        self, job_id: str, token: int, *, crashed: bool, max_crashes: int, cause: JobError | None = None
    ) -> Job:
        with self._transactions.writing() as connection:
            return leases.release(connection, job_id, token, crashed=crashed, max_crashes=max_crashes, cause=cause)

    def sweep(self, *, max_crashes: int) -> Sequence[Job]:
        with self._transactions.writing() as connection:
            return leases.sweep(connection, max_crashes=max_crashes)

    def lost_jobs(self, *, queued_for_seconds: float, limit: int) -> Sequence[str]:
        with self._transactions.reading() as connection:
            return jobs.lost(connection, queued_for_seconds=queued_for_seconds, limit=limit)

    # -- callbacks ---------------------------------------------------------------------------------------------------

    def claim_callback(self, *, lease_seconds: float) -> Callback | None:
        # Workers look often, and mostly there is nothing: no reason to lock an SQLite file.
        with self._transactions.reading() as connection:
            callback_id = callbacks.find_due(connection)
        if callback_id is None:
            return None
        with self._transactions.writing() as connection:
            return callbacks.claim(connection, callback_id, lease_seconds=lease_seconds)

    def settle_callback(self, callback_id: str, attempt: int, outcome: Json, *, retry_seconds: float | None) -> None:
        with self._transactions.writing() as connection:
            callbacks.settle(connection, callback_id, attempt, outcome, retry_seconds=retry_seconds)

    # -- workers -----------------------------------------------------------------------------------------------------

    def heartbeat_worker(self, worker_id: str, *, slots: int) -> None:
        with self._transactions.writing() as connection:
            workers.heartbeat(connection, worker_id, slots=slots)

    def forget_worker(self, worker_id: str) -> None:
        with self._transactions.writing() as connection:
            workers.forget(connection, worker_id)

    def count_workers(self, *, alive_within_seconds: float) -> int:
        with self._transactions.reading() as connection:
            return workers.count(connection, alive_within_seconds=alive_within_seconds)
