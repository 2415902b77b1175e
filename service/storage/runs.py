"""What a storage promises to workers, which run jobs; see `service.storage.base` for what holds for all of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from service.domain.callback_attempts import Callback
from service.domain.datasets import Dataset
from service.domain.epochs import Epoch
from service.domain.frames import Frame
from service.domain.jobs import Job, JobError
from service.domain.runs import Block, Checkpoint, Claim
from service.domain.status import RequestedState, Status
from service.domain.types import Json


class Runs(ABC):
    """A claim gives a token, and holds for as long as its lease is made longer in time."""

    @abstractmethod
    def claim(self, job_id: str, *, owner: str, lease_seconds: float) -> Claim | None:
        """Take a queued job: status running, token raised, lease set, `started` event. None when it is not queued.

        A job whose start weights are damaged fails there and then, and the answer is None too.
        """

    @abstractmethod
    def claim_next(self, *, owner: str, lease_seconds: float) -> Claim | None:
        """Take the first job of the queue, as `claim` does. None when no job is queued.

        A job that was put back keeps the place it had when it was submitted or resumed, so it goes first.
        """

    @abstractmethod
    def jobs_beside(self, job_id: str, *, most: int) -> Sequence[str]:
        """Ids of queued jobs that may train as one stack with a job that is held, so that there are at most `most`:
        trials of its search with the same `stack_key`, in the order of the queue.

        No more than this slot's share of them, by the slots of all workers. None where somebody else's job waits, which
        would wait for all of them; nor for a creator whose running jobs are limited, nor for jobs with a pace.
        """

    @abstractmethod
    def get_jobs(self, job_ids: Sequence[str]) -> Mapping[str, Job]:
        """Those of them that are there, in one read."""

    @abstractmethod
    def heartbeat(self, job_id: str, token: int, *, lease_seconds: float) -> RequestedState:
        """Make the lease longer and return the requested state. Raises LeaseLost."""

    @abstractmethod
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
        """Append to the history in one batch and move the job's progress along.

        An epoch already there is replaced by its equal: a run that goes on from a checkpoint repeats epochs it had
        reported. `seconds` is the whole time trained. Raises LeaseLost.
        """

    @abstractmethod
    def record_preparation(self, job_id: str, token: int, *, rows: int, data: Json) -> None:
        """Set how many rows the job trains on, and write a `prepared` event. Raises LeaseLost."""

    @abstractmethod
    def record_findings(self, job_id: str, token: int, findings: Sequence[Json]) -> None:
        """Set what was found in the training so far; write a `findings` event where that changes it. Raises LeaseLost.

        The event has all findings, and their sentences as its `warnings`.
        """

    @abstractmethod
    def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Register a checkpoint under its token and keep the newest two of the job. Raises LeaseLost."""

    @abstractmethod
    def store_block(self, job_id: str, token: int, block: Block, *, seconds: float) -> None:
        """Add a block to the data set that a job writes, and move the job's progress along; `progress` events.

        The same block again changes nothing. `seconds` is the whole time it took. Raises LeaseLost, and StorageError
        for a block that is not the next one.
        """

    @abstractmethod
    def publish_output(self, job_id: str, token: int, *, sha256: str, size_bytes: int) -> Dataset:
        """Make the data set that a job has written visible to everybody; the digest and the size are those of its rows
        as one file. Raises LeaseLost, and StorageError where rows are missing."""

    @abstractmethod
    def add_frames(self, job_id: str, token: int, frames: Sequence[Frame]) -> None:
        """Keep weights of some epochs for a few seconds, for those who watch. Raises LeaseLost."""

    @abstractmethod
    def forget_frames(self) -> None:
        """Forget all that are older than a minute."""

    @abstractmethod
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
        """End a run as succeeded, failed, cancelled or paused; write the `ended` or `paused` event; drop the lease, and
        the checkpoints and an unpublished output unless the job will go on.

        A pause whose requested state has changed meanwhile follows that: the job comes back cancelled, or queued with a
        `recovered` event, and must then be sent again. With `paused_at`, the epoch at which it paused itself, it is
        paused though its requested state is to run, unless its `pause_at` has moved on meanwhile. Raises LeaseLost.
        """

    @abstractmethod
    def release(
        self, job_id: str, token: int, *, crashed: bool, max_crashes: int, cause: JobError | None = None
    ) -> Job:
        """Give a held job back: queued again, or, by the requested state, cancelled or paused.

        `crashed` counts it, and a job to be queued fails instead at the `max_crashes`th crash in a row without a new
        checkpoint between them, by the code of the latest `cause` where that is known, else `crashed`.
        Writes a `recovered` event, and then `ended` or `paused` where that is what became of it. Raises LeaseLost.
        """

    @abstractmethod
    def sweep(self, *, max_crashes: int) -> Sequence[Job]:
        """Release every job whose lease has run out, counting a crash for each; return them as they are now."""

    @abstractmethod
    def lost_jobs(self, *, queued_for_seconds: float, limit: int) -> Sequence[str]:
        """Ids of jobs that have been queued for so long, oldest first: their messages may be lost."""

    # -- callbacks ---------------------------------------------------------------------------------------------------

    @abstractmethod
    def claim_callback(self, *, lease_seconds: float) -> Callback | None:
        """Begin an attempt at the callback that has been due for the longest time: of a job that has ended, or of
        an event of a network.

        Nobody else gets it for `lease_seconds`; then it is due again, unless it has been settled. None: nothing is due.
        """

    @abstractmethod
    def settle_callback(self, callback_id: str, attempt: int, outcome: Json, *, retry_seconds: float | None) -> None:
        """Record an attempt as a `callback` event; the next one is due in `retry_seconds`, or, by None, never.

        Raises LeaseLost when another attempt has begun since, or the callback was settled for good; NotFound when its
        job or its event is not there any more.
        """

    # -- workers -----------------------------------------------------------------------------------------------------

    @abstractmethod
    def heartbeat_worker(self, worker_id: str, *, slots: int) -> None:
        """Say that a worker is alive; forget the ones not heard of for an hour."""

    @abstractmethod
    def forget_worker(self, worker_id: str) -> None: ...

    @abstractmethod
    def count_workers(self, *, alive_within_seconds: float) -> int: ...
