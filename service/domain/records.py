"""What the service remembers, as frozen records that know neither SQL nor HTTP. Times are seconds since 1970, UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from service.domain.callbacks import NewCallback
from service.domain.job_kind import JobKind
from service.domain.monitoring import NetworkEvent
from service.domain.status import Origin, RequestedState, Status

Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Network:
    id: str
    name: str
    description: str
    tags: Mapping[str, str]
    spec: Json  #: the engine's complete spec, defaults spelled out, without explicit weights
    features: tuple[str, ...] | None  #: names of the inputs, in order
    labels: tuple[str, ...] | None  #: names of the classes, in order
    inputs: int
    outputs: int
    parameter_count: int
    created_at: float
    updated_at: float
    deleting: bool = False  #: a delete has begun: nothing new may start
    table: Json | None = None  #: how the columns of a user's table become inputs and targets; None: they are numbers
    warnings: Sequence[str] | None = None  #: what looked doubtful when it was created; None: nobody looked
    explicit_weights: bool = False  #: some layers were given their weights: the first snapshot has them
    created_by: str | None = None  #: the name of a key, or a proxy's user; None: no key was needed
    created_by_key: str | None = None  #: the id of that key
    unloaded: bool = False  #: clients of the Open Inference Protocol have put it out of their reach
    answer_log: Json | None = None  #: which answers are kept, and when a drift is reported; None: none are


@dataclass(frozen=True, kw_only=True)
class JobError:
    code: str  #: diverged, crashed, timeout, out_of_memory, bad_data, internal
    message: str  #: a sentence a person can act on


@dataclass(frozen=True, kw_only=True)
class Job:
    id: str
    network_id: str
    network_name: str
    status: Status
    requested_state: RequestedState
    options: Json  #: the complete training spec and the job's own options, defaults spelled out
    epoch: int  #: last epoch on record
    epochs: int  #: epochs asked for
    token: int  #: fencing token, raised by every claim
    owner: str | None
    lease_until: float | None
    crashes: int
    best_epoch: int | None
    best_value: float | None  #: the monitored value at best_epoch
    seconds: float  #: time spent training, over all runs
    rows: int  #: training rows
    stopped_early: bool
    error: JobError | None
    created_at: float
    started_at: float | None
    finished_at: float | None
    max_seconds: float | None
    importance: Sequence[Json] | None = None  #: how much each column of the user's table mattered, once it succeeded
    findings: Sequence[Json] | None = None  #: what its training shows, see docs/findings.md; None before it is judged
    traceparent: str | None = None  #: of the request that submitted it, see `service.domain.traces`
    created_by: str | None = None
    created_by_key: str | None = None
    origin: Origin = Origin.TRAIN
    kind: JobKind = JobKind.TRAINING
    rows_done: int = 0  #: of a prediction: rows that are stored
    output: str | None = None  #: of a prediction: the id of the data set that it writes
    running_limit: int | None = None  #: how many jobs of its creator may run at the same time
    pause_at: int | None = None  #: the epoch after which it pauses itself
    epochs_per_second: float | None = None  #: how many it trains at most; None: as many as it can
    restart_of: str | None = None  #: the first job, of which this one is another start
    judged_rows: str | None = None  #: a digest of which rows its monitored number is measured on
    is_watched: bool = False  #: somebody wants its frames
    changes: Sequence[Json] | None = None  #: of its options since it was submitted: from_epoch, and before and after


@dataclass(frozen=True, kw_only=True)
class Callback:
    """An attempt, about to be made, to report the end of a job or an event of a network."""

    id: str  #: of the message: the same for every attempt
    about: Job | NetworkEvent
    url: str
    secret: str | None = field(repr=False)
    attempt: int  #: from 1


@dataclass(frozen=True, kw_only=True)
class NewJob:
    """A job to be stored. `data` are the encoded rows (`service.jobs.encoded_rows`), empty if data sets hold them."""

    id: str
    network_id: str
    options: Json
    epochs: int
    rows: int
    data: bytes
    max_seconds: float | None = None
    datasets: Mapping[str, str] = field(default_factory=dict)  #: ids by role (training, validation): kept until it ends
    callback: NewCallback | None = None
    traceparent: str | None = None
    created_by: str | None = None
    created_by_key: str | None = None
    origin: Origin = Origin.TRAIN
    monitored: str | None = None  #: the number whose best epoch is remembered
    higher_is_better: bool = False
    judged_rows: str | None = None  #: a digest of which rows that number is measured on
    code_version: str | None = None  #: of the service that it is submitted to
    kind: JobKind = JobKind.TRAINING
    output: NewDataset | None = None  #: that a prediction writes, under the name `output_name`
    output_name: str | None = None
    running_limit: int | None = None
    pause_at: int | None = None  #: 0: it is stored paused
    restart_of: str | None = None
    epochs_per_second: float | None = None


#: Upper bounds of the ranges in which training times are counted, in seconds.
TRAINING_TIME_BOUNDS = (1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400)


class EndedJobs(NamedTuple):
    """How many jobs ended in one way, after a training time within one range."""

    status: Status
    code: str  #: the error code of failed jobs, otherwise empty
    up_to_seconds: int | None  #: of `TRAINING_TIME_BOUNDS`; None: longer than all of them
    jobs: int
    seconds: float  #: their training times together


@dataclass(frozen=True)
class Figures:
    """What a monitor asks of the database."""

    queue_age_seconds: float  #: how long the oldest queued job has waited; 0 when none waits
    callbacks_due: int
    ended: Sequence[EndedJobs]
    callbacks: Mapping[str, int]  #: attempts by outcome: delivered, failed (comes again), given_up


class Epoch(NamedTuple):
    """One line of the loss history. Floats may be NaN or infinite; storage keeps them as they are.

    A tuple and not a dataclass, for it is made by the thousand: a frozen dataclass takes six times as long to make.
    """

    epoch: int
    loss: float
    val_loss: float | None
    learning_rate: float
    gradient_norm: float
    seconds: float
    metrics: Mapping[str, float] = {}  #: "accuracy", "val_accuracy", …
    layers: Sequence[Json] | None = None  #: per-layer health, where it was looked at
    job_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Weights at one moment, without the weights themselves; read those by `Storage.read_snapshot_values`."""

    id: str
    network_id: str
    job_id: str | None
    epoch: int  #: 0 for initial or imported weights
    kind: str  #: initial, imported, last, best, periodic
    alias: str | None  #: the first by name of the network's aliases that point at its version
    loss: float | None
    val_loss: float | None
    metrics: Mapping[str, float]
    dtype: str
    manifest: Sequence[Json]  #: name, shape, dtype, offset of each tensor in the buffer
    sha256: str
    size_bytes: int
    created_at: float
    preprocessing: Json | None = None  #: fitted on the rows these weights were trained on
    calibration: Json | None = None  #: what the validation rows said of these weights
    version: int | None = None  #: its number, if it was published

    @property
    def temperature(self) -> float:
        """What predictions divide the scores behind probabilities by."""
        return 1.0 if self.calibration is None else float(self.calibration["temperature"])


@dataclass(frozen=True, kw_only=True)
class NewSnapshot:
    """`values` are raw little-endian parameters, then statistics, in the order of the manifest.

    With an alias it is published as a version, which the alias then points at.
    """

    id: str
    network_id: str
    job_id: str | None
    epoch: int
    kind: str
    dtype: str
    manifest: Sequence[Json]
    values: bytes
    alias: str | None = None
    loss: float | None = None
    val_loss: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    preprocessing: Json | None = None
    calibration: Json | None = None
    reference: Json | None = None  #: how the training rows and the answers to them are distributed


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A user's table, without its rows; read those by `Storage.read_chunk`."""

    id: str
    name: str
    sha256: str  #: of the bytes that were uploaded
    filename: str | None  #: as the user called it; never a path of ours
    format: str  #: csv, parquet, arrow, json, ndjson, npz
    options: Json  #: how it was read: delimiter, types, …
    size_bytes: int  #: as uploaded
    rows: int
    columns: Sequence[Json]  #: of each its name, its type and its profile, in the order of the table
    warnings: Sequence[str]
    chunks: int  #: numbered from 0
    created_at: float
    other_names: Sequence[str] = ()  #: by which it is found as well; a list of data sets leaves them out
    revision: int = 1  #: its number among those of its name
    revisions: int = 1  #: how many its name has
    is_newest: bool = True  #: its name alone means it
    created_by: str | None = None
    created_by_key: str | None = None
    origin: Json | None = None  #: where it came from, if a job wrote it

    @property
    def reference(self) -> str:
        """What names these rows: the name alone for the newest revision."""
        return self.name if self.is_newest else f"{self.name}@{self.revision}"


@dataclass(frozen=True, kw_only=True)
class NewDataset:
    """A data set about to be stored."""

    id: str
    sha256: str
    filename: str | None
    format: str
    options: Json
    size_bytes: int
    rows: int
    columns: Sequence[Json]
    preview: Sequence[Json]  #: its first rows
    warnings: Sequence[str]
    created_by: str | None = None
    created_by_key: str | None = None
    origin: Json | None = None


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """Everything a run needs to go on bit for bit: the engine's training state, as JSON and raw arrays.

    `meta["values"]` says where in `arrays` the weights of a snapshot lie: the first byte and the one behind them.
    """

    job_id: str
    token: int
    epoch: int
    meta: Json
    arrays: bytes
    sha256: str
    created_at: float = 0.0

    @property
    def values(self) -> bytes | None:
        place = self.meta.get("values")
        return None if place is None else self.arrays[slice(*place)]


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How far a job runs on, and how fast."""

    pause_at: int | None = None
    epochs_per_second: float | None = None


@dataclass(frozen=True, kw_only=True)
class ChangedOptions:
    """A job's options from now on."""

    options: Json  #: all of them
    epochs: int
    changes: Json  #: before and after, by the name of each option that is another one


@dataclass(frozen=True, kw_only=True)
class Block:
    """Rows that a job has predicted, as the next chunk of the data set that it writes."""

    first_row: int
    rows: int
    data: bytes = field(repr=False)
    cells: Json = field(default_factory=dict)  #: rows by column that were imputed, or held an unknown category
    described: Json | None = None  #: of the first block: profiles by column, a preview, warnings


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to a job, numbered from 1 without gaps within the job."""

    job_id: str
    seq: int
    #: submitted, started, prepared, progress, findings, pausing, paused, resumed, options_changed, pace_changed,
    #: cancelling, recovered, snapshot,
    #: snapshots_skipped, promotion, ended, callback
    kind: str
    data: Json
    created_at: float


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a worker gets when it wins a job: the record, the rows, the start weights, a checkpoint to go on from."""

    job: Job
    network: Network
    data: bytes
    start_values: bytes
    checkpoint: Checkpoint | None
    start_preprocessing: Json | None = None  #: what the start weights were trained with
    datasets: Mapping[str, Dataset] = field(default_factory=dict)  #: by role: training, validation, prediction


@dataclass(frozen=True, kw_only=True)
class Page:
    """A request for a keyset page: at most `limit` items after the item `after`."""

    limit: int = 20
    after: str | None = None


@dataclass(frozen=True, kw_only=True)
class StoredAnswer:
    """What a first request with an Idempotency-Key was answered, to be given again."""

    status: int
    body: bytes
    location: str | None


@dataclass(frozen=True, kw_only=True)
class IdempotencyKey:
    route: str
    key: str
    fingerprint: str
