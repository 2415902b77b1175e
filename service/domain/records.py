"""What the service remembers, as frozen records that know neither SQL nor HTTP. Times are seconds since 1970, UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from service.domain.status import Status, Want

Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Network:
    id: str
    name: str
    description: str
    tags: Mapping[str, str]
    spec: Json  #: the engine's complete spec, defaults spelled out
    features: tuple[str, ...] | None  #: names of the inputs, in order
    labels: tuple[str, ...] | None  #: names of the classes, in order
    inputs: int
    outputs: int
    parameter_count: int
    created_at: float
    updated_at: float
    deleting: bool = False  #: a delete has begun: nothing new may start


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
    want: Want
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


@dataclass(frozen=True, kw_only=True)
class NewJob:
    """A job about to be stored. `data` are the encoded rows, see `service.jobs.rows`."""

    id: str
    network_id: str
    options: Json
    epochs: int
    rows: int
    data: bytes
    max_seconds: float | None = None


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
    alias: str | None
    loss: float | None
    val_loss: float | None
    metrics: Mapping[str, float]
    dtype: str
    manifest: Sequence[Json]  #: name, shape, dtype, offset of each tensor in the buffer
    sha256: str
    size_bytes: int
    created_at: float


@dataclass(frozen=True, kw_only=True)
class NewSnapshot:
    """`values` are raw little-endian parameters, then statistics, in the order of the manifest."""

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


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """Everything a run needs to go on bit for bit: the engine's training state, as JSON and raw arrays."""

    job_id: str
    token: int
    epoch: int
    meta: Json
    arrays: bytes
    sha256: str
    created_at: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to a job, numbered from 1 without gaps within the job."""

    job_id: str
    seq: int
    kind: str  #: submitted, started, pausing, paused, resumed, cancelling, recovered, snapshot, ended
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


@dataclass(frozen=True, kw_only=True)
class Page:
    """A keyset page's wish: at most `limit` items after the item `after`."""

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
