"""The promise every storage keeps, in prose and in signatures.

* **Records out.** Callers get frozen records, never rows that change under them or touch the database later.
* **All or nothing.** Each method is one transaction. Inside `transaction()` the methods join it instead, and either
  all of them happen or none. Only the deletes in batches take several transactions.
* **Any thread, any process.** A storage may be shared by threads; several processes may each open one on the same
  database.
* **The database's clock.** Leases are written and compared with the database's own clock, never with a caller's; so are
  all times that a record brings back.
* **Fenced writes.** Methods that take a `token` write only while the job is held under that very token, and raise
  `LeaseLost` otherwise, having written nothing.
* **Legal moves only.** A status changes only along `service.domain.status.MOVES`; the table stands in every WHERE.
* **Floats are what they are.** NaN and the infinities come back as NaN and the infinities.
* **Errors are ours.** `NotFound`, `AlreadyExists`, `Conflict`, `LeaseLost`, `StorageUnavailable`, `StorageError`, and
  `Invalid` for what no database can hold (a NUL character, an integer beyond 64 bits); never a driver's.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import AbstractContextManager

from service.domain.epochs import Epoch
from service.domain.figures import Figures
from service.domain.idempotency import IdempotencyKey, StoredAnswer
from service.domain.job_kind import JobKind
from service.domain.jobs import Event, Job, NewJob
from service.domain.networks import Network
from service.domain.paging import Page
from service.domain.snapshots import NewSnapshot, Snapshot
from service.domain.status import RequestedState, Status
from service.domain.types import Json
from service.domain.versions import UNKNOWN, Creator
from service.storage.answers import Answers
from service.storage.audit import Audit
from service.storage.datasets import Datasets
from service.storage.job_search import JobSearches
from service.storage.keys import Keys
from service.storage.models import Models
from service.storage.reports import Reports
from service.storage.runs import Runs
from service.storage.schedules import Schedules
from service.storage.searches import Searches
from service.storage.sessions import Sessions
from service.storage.steering import Steering
from service.storage.versions import Versions
from service.storage.watches import Watches

#: Weights in snapshots, rows of data sets, rows that jobs brought along, and answers that are kept.
KINDS_OF_BYTES = ("snapshots", "datasets", "job_data", "answers")


class Storage(
    Answers,
    Audit,
    Datasets,
    JobSearches,
    Keys,
    Sessions,
    Reports,
    Runs,
    Schedules,
    Searches,
    Steering,
    Versions,
    Models,
    Watches,
    ABC,
):
    # -- transactions ------------------------------------------------------------------------------------------------

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """Join the calls inside into one transaction of this thread; nested use joins the outer one.

        Once the database has rejected a write inside (a name taken, say), the transaction can only be rolled back: let
        the error pass. Leaving the block as if nothing had happened raises StorageError.
        """

    @abstractmethod
    def deferred_transaction(self, before: Callable[[], None]) -> AbstractContextManager[None]:
        """A transaction that begins with the first write inside, and calls `before` as its first part.

        What the block reads and checks until then holds no lock. A block without a write begins none.
        """

    @abstractmethod
    def on_commit(self, action: Callable[[], None]) -> None:
        """Run `action` once the surrounding transaction has been committed, or at once where there is none.

        A rolled back transaction forgets its actions.
        """

    @abstractmethod
    def ping(self) -> None:
        """Raise StorageUnavailable when the database does not answer."""

    @abstractmethod
    def free_bytes(self) -> int | None:
        """How many bytes the disk of the database has left; None where only its server knows."""

    @abstractmethod
    def check_schema(self) -> None:
        """Raise StorageError, saying what to do, unless the database has the newest schema."""

    @abstractmethod
    def close(self) -> None:
        """Give back all connections."""

    # -- idempotency -------------------------------------------------------------------------------------------------

    @abstractmethod
    def claim_key(self, key: IdempotencyKey, *, lifetime_seconds: float) -> StoredAnswer | None:
        """Take a key inside the current transaction. None: it is new, go on and `keep_answer`.

        A key already answered gives that answer. A racing request waits for the first one's end. Keys past their
        lifetime are forgotten. Raises KeyReused when the fingerprint differs.
        """

    @abstractmethod
    def find_answer(self, key: IdempotencyKey) -> StoredAnswer | None:
        """What the first request with this key was answered; None before that. Raises KeyReused."""

    @abstractmethod
    def keep_answer(self, key: IdempotencyKey, answer: StoredAnswer) -> None:
        """Store what the first request was answered, in the transaction that claimed the key."""

    # -- networks ----------------------------------------------------------------------------------------------------

    @abstractmethod
    def create_network(self, network: Network, initial: NewSnapshot) -> Network:
        """Store a network and its first snapshot. Raises AlreadyExists when the name is taken."""

    @abstractmethod
    def get_network(self, ref: str) -> Network:
        """By id or by name. Raises NotFound."""

    @abstractmethod
    def list_networks(
        self,
        page: Page,
        *,
        tags: Mapping[str, str] | None = None,
        names: Sequence[str] | None = None,
        created_by: str | None = None,
        search_id: str | None = None,
    ) -> Sequence[Network]:
        """Newest first; with `tags`, those that carry all of them; with `names`, those that match one of the patterns.

        With `created_by`, those made with the key of this id, or by somebody of this name. With `search_id`, those
        that this search owns; without it, none that a search owns.

        Raises NotFound when `page.after` names nothing.
        """

    @abstractmethod
    def version_of(self, network_ref: str, snapshot_ref: str) -> Hashable:
        """A value that stays the same only while the two references bring the same network and the same snapshot.

        Read before them, and at a fraction of their cost, it says later whether what they brought still holds. None
        when that is unknown. Not for use inside a transaction.
        """

    @abstractmethod
    def update_network(
        self,
        network_id: str,
        *,
        name: str | None = None,
        description: str | None = None,
        tags: Mapping[str, str] | None = None,
        unloaded: bool | None = None,
    ) -> Network:
        """Change what is given. A name takes it out of its search. Raises NotFound, AlreadyExists."""

    @abstractmethod
    def delete_network(self, network_id: str) -> None:
        """Delete a network and all that hangs on it, versions too, in bounded batches: memory and locks stay small.

        It is marked as deleting first, so that nothing new starts and a second call goes on where a broken one stopped.
        Raises NotFound, and Conflict while a job of it is not ended, or an alias of a model points at it.
        """

    # -- jobs, as the user sees them (and in `Runs`, as a worker does) -----------------------------------------------

    @abstractmethod
    def create_job(self, job: NewJob) -> Job:
        """Queue a job, and record its `submitted` event.

        The values of the snapshot `options["start_snapshot"]` (without one: the newest of the network) are kept with
        the job, so that they are still there when that snapshot is replaced before a worker is free. Its data sets
        cannot be deleted until it ends. The data set that a prediction writes is begun, under a name that nobody else
        can take from now on. Raises NotFound, AlreadyExists when that name is taken, and Conflict when its network is
        being deleted.
        """

    @abstractmethod
    def stored_bytes(self) -> Mapping[str, int]:
        """Bytes in the database by kind (`KINDS_OF_BYTES`), of what grows with use."""

    @abstractmethod
    def stored_bytes_of(self, creator: Creator) -> Mapping[str, int]:
        """The same of what one creator has made, with a key or with those that it was rotated from.

        A snapshot counts for the creator of its job, or without a job for that of its network.
        """

    @abstractmethod
    def figures(self) -> Figures:
        """What a monitor asks: how long the oldest queued job has waited, callbacks due now, and counts of what ended.

        The counts only grow: they still count what has been deleted.
        """

    @abstractmethod
    def get_job(self, job_id: str) -> Job:
        """Raises NotFound."""

    @abstractmethod
    def read_job_data(self, job_id: str) -> bytes:
        """The rows of a job, as `NewJob.data` brought them. Raises NotFound."""

    @abstractmethod
    def list_jobs(
        self,
        page: Page,
        *,
        network_id: str | None = None,
        statuses: Sequence[Status] | None = None,
        names: Sequence[str] | None = None,
        created_by: str | None = None,
        kind: JobKind | None = None,
        restart_of: str | None = None,
        restarts: bool = True,
        search_id: str | None = None,
    ) -> Sequence[Job]:
        """Newest first; with `names`, those of networks whose name matches one of the patterns.

        With `created_by`, those made with the key of this id, or by somebody of this name. With `restart_of`, only the
        restarts of this job; without `restarts`, none that is one. With `search_id`, only trials of this search.

        Raises NotFound when `page.after` names nothing.
        """

    @abstractmethod
    def count_jobs(self, statuses: Sequence[Status], *, creator: Creator | None = None) -> int:
        """With `creator`, those that this creator has made."""

    @abstractmethod
    def queue_positions(self, job_ids: Sequence[str]) -> Mapping[str, int]:
        """The place in the queue of those of the jobs that are queued; 1 is next.

        Creators take turns, so another one's new job may come before a job that has waited longer. A creator whose
        limit of running jobs is reached is passed over.
        """

    @abstractmethod
    def set_requested_state(self, job_id: str, requested_state: RequestedState) -> Job:
        """Set what the user wants, with its event.

        A queued or paused job moves at once (cancelled, paused, queued); a held one shows the request (cancelling,
        pausing) until its worker follows. The same request again changes nothing, nor does cancelling a cancelled job.
        Raises NotFound, and Conflict when the job has ended or the move is not legal (resume a job that is cancelling).
        """

    @abstractmethod
    def delete_job(self, job_id: str) -> None:
        """Delete an ended job with its history, events and data, in bounded batches; its snapshots stay, without a job.

        A second call goes on where a broken one stopped. Raises NotFound, and Conflict while the job has not ended.
        """

    # -- history -----------------------------------------------------------------------------------------------------

    @abstractmethod
    def history(
        self,
        job_ids: Sequence[str] | None,
        *,
        network_id: str | None = None,
        from_epoch: int | None = None,
        to_epoch: int | None = None,
        every: int = 1,
        after: tuple[str, int] | None = None,
        limit: int = 1000,
    ) -> Sequence[Epoch]:
        """Epochs of some jobs or of a whole network, in order of (job, epoch), after the (job, epoch) `after`.

        `every` keeps epochs 1, 1 + every, 1 + 2·every, …
        """

    @abstractmethod
    def newest_epochs(self, job_ids: Sequence[str], *, names: Sequence[str] | None = None) -> Mapping[str, Epoch]:
        """The newest epoch of each of some jobs that has one, by job; with `names`, of networks whose name matches."""

    @abstractmethod
    def sampled_history(
        self,
        job_id: str,
        *,
        max_points: int,
        from_epoch: int | None = None,
        to_epoch: int | None = None,
        every: int = 1,
    ) -> Sequence[Epoch]:
        """At most `max_points` (at least 4) epochs of the range: its first and last, and of each of equally many-epoch
        buckets the smallest and the largest loss.

        A range of no more than `max_points` epochs comes whole. The same rows give the same answer. NaN counts as
        larger than any number; of equal losses the earlier epoch is taken.
        """

    # -- snapshots ---------------------------------------------------------------------------------------------------

    @abstractmethod
    def add_snapshot(
        self,
        snapshot: NewSnapshot,
        *,
        token: int | None = None,
        periodic_stride: int | None = None,
        by: Creator = UNKNOWN,
    ) -> Snapshot:
        """Store weights, with a `snapshot` event when a job made them. With a token the write is fenced.

        A job has one `best` and one `last` snapshot: a new one of that kind replaces the old one, and so does a
        periodic one of the same epoch. `periodic_stride` drops the periodic ones of epochs that are no multiple of it.
        A snapshot that was published, or that a job started from, is never replaced or dropped. One with an alias is
        published with it. Raises AlreadyExists (alias), LeaseLost, NotFound, and Conflict when the network is being
        deleted.
        """

    @abstractmethod
    def find_snapshot(self, network_id: str, ref: str) -> Snapshot:
        """The snapshot that `choose_snapshot` chooses. Raises NotFound."""

    @abstractmethod
    def list_snapshots(self, network_id: str, page: Page, *, job_id: str | None = None) -> Sequence[Snapshot]:
        """Newest first. Raises NotFound when `page.after` names nothing."""

    @abstractmethod
    def same_weights(self, network_id: str, sha256: str) -> Sequence[Snapshot]:
        """The snapshots of a network whose weights have this digest, newest first."""

    @abstractmethod
    def read_snapshot_values(self, snapshot_id: str) -> bytes:
        """The raw buffer. Raises NotFound, and StorageError when its SHA-256 does not match."""

    @abstractmethod
    def set_snapshot_alias(self, snapshot_id: str, alias: str | None, *, by: Creator = UNKNOWN) -> Snapshot:
        """Publish a snapshot, if it was not, and point an alias of its network at it; None removes those that do.

        Raises NotFound.
        """

    @abstractmethod
    def delete_snapshot(self, snapshot_id: str) -> None:
        """Raises NotFound, and Conflict for a snapshot that is the last of its network, published or live."""

    # -- events ------------------------------------------------------------------------------------------------------

    @abstractmethod
    def add_event(self, job_id: str, kind: str, data: Json) -> Event:
        """Raises NotFound when there is no such job."""

    @abstractmethod
    def list_events(self, job_id: str, *, after: int = 0, limit: int = 100) -> Sequence[Event]:
        """Events with a number above `after`, in order. Raises NotFound when there is no such job."""
