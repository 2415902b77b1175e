"""Jobs and what happens to them, as frozen records that know neither SQL nor HTTP. Times: seconds since 1970, UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from service.domain.callbacks import NewCallback
from service.domain.datasets import NewDataset
from service.domain.job_kind import JobKind
from service.domain.reports import NewReport
from service.domain.status import Origin, RequestedState, Status
from service.domain.types import Json


@dataclass(frozen=True, kw_only=True)
class JobError:
    code: str  #: one of `JOB_ERROR_CODES`
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
    folds: Json | None = None  #: of a cross-validation: what was measured, once it succeeded
    average: Json | None = None  #: of an ensemble: which weights its members got and why, once it succeeded
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
    search_id: str | None = None  #: whose trial it is
    trial: int | None = None  #: its number there
    changes: Sequence[Json] | None = None  #: of its options since it was submitted: from_epoch, and before and after
    title: str | None = None  #: what people call it
    note: str | None = None
    tags: Mapping[str, str] | None = None


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
    report: NewReport | None = None
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
    search_id: str | None = None  #: whose trial it is
    trial: int | None = None
    stack_key: str | None = None  #: equal for trials of a search that may train as one stack; None: alone


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
class Event:
    """Something that happened to a job, numbered from 1 without gaps within the job."""

    job_id: str
    seq: int
    kind: str  #: one of `EVENT_KINDS`
    data: Json
    created_at: float
