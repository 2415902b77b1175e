"""What a worker and the child process that trains or predicts for it say to each other.

The worker sends its `Work`, then `Orders` whenever they change; the child sends `Report`s, the last one of each job
with an `End`. All of it is plain data, so that the worker itself never loads NumPy. The rows of data sets go
through a pipe of their own, chunk by chunk as they are stored, so that neither side ever holds a whole one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from service.domain.epochs import Epoch
from service.domain.frames import Frame
from service.domain.job_kind import JobKind
from service.domain.jobs import Job, JobError
from service.domain.runs import Block, Checkpoint
from service.domain.snapshots import NewSnapshot
from service.domain.status import RequestedState
from service.domain.types import Json
from service.jobs.contest import Judgement


@dataclass(frozen=True, kw_only=True)
class ReportIntervals:
    """How often a child reports at most."""

    report_seconds: float = 0.5
    checkpoint_seconds: float = 5.0


@dataclass(frozen=True, kw_only=True)
class Orders:
    """What is wanted of a run while it goes on."""

    job_id: str = ""
    requested_state: RequestedState = RequestedState.RUN
    pause_at: int | None = None  #: the epoch after which it stops by itself
    epochs_per_second: float | None = None
    is_watched: bool = False  #: frames are wanted

    @classmethod
    def of(cls, job: Job) -> Orders:
        return cls(
            job_id=job.id,
            requested_state=job.requested_state,
            pause_at=job.pause_at,
            epochs_per_second=job.epochs_per_second,
            is_watched=job.is_watched,
        )


@dataclass(frozen=True, kw_only=True)
class Table:
    """A data set whose chunks the child gets, one after another."""

    role: str  #: training, validation, prediction
    rows: int
    chunks: int


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """Everything a run needs, but the chunks of its tables."""

    job_id: str
    token: int
    network_id: str
    spec: Json
    labels: tuple[str, ...] | None = None
    options: Json
    data: bytes
    start_values: bytes
    checkpoint: Checkpoint | None
    intervals: ReportIntervals
    features: tuple[str, ...] | None = None  #: names of the inputs, where they have names
    table: Json | None = None  #: how the network reads a user's table
    start_preprocessing: Json | None = None  #: fitted, where the start weights were trained with it
    tables: tuple[Table, ...] = ()  #: in the order in which their chunks come
    kind: JobKind = JobKind.TRAINING
    orders: Orders = Orders()  #: with which it begins
    #: Of a prediction: its rows, those that are done, and those of the first chunk that are among them.
    rows: int = 0
    first_row: int = 0
    skipped_rows: int = 0


#: One job, or jobs that train in one stack: they read the same rows.
Work = Assignment | tuple[Assignment, ...]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a child may take of its machine."""

    max_bytes: int | None  #: of memory; None: no limit
    niceness: int  #: which leaves a shared core to the processes that answer requests
    threads: int = 1  #: in which networks of one job train side by side


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """What became of the user's tables before the first epoch."""

    rows: int  #: that are trained on
    data: Json  #: what the job's event says


@dataclass(frozen=True, kw_only=True)
class End:
    """How a run came to its end: by itself, on request (`stopped`), or by an error (`error`)."""

    stopped: bool = False
    paused_at: int | None = None  #: the epoch after which it stopped by itself, as it was to
    stopped_early: bool = False
    importance: tuple[Json, ...] | None = None  #: of each column of the user's table
    folds: Json | None = None  #: what was measured in each fold of a cross-validation
    average: Json | None = None  #: which weights the members of an ensemble got, and why
    judgement: Judgement | None = None  #: of a challenger, whose job has a rule of promotion
    error: JobError | None = None
    trace: str | None = None  #: for the log, never for the user


@dataclass(frozen=True, kw_only=True)
class Report:
    """What happened since the last report, to be stored in one transaction."""

    job_id: str = ""  #: of a job in a stack
    epochs: tuple[Epoch, ...] = ()
    seconds: float = 0.0  #: time trained since the run began, all reports together
    best_epoch: int | None = None
    best_value: float | None = None
    preparation: Preparation | None = None
    snapshots: tuple[NewSnapshot, ...] = ()
    checkpoint: Checkpoint | None = None
    frames: tuple[Frame, ...] = ()
    block: Block | None = None  #: of a prediction
    findings: tuple[Json, ...] | None = None  #: all so far, where some are new or these are the last ones
    asks: bool = False  #: for the `Contest` that a challenger is judged in
    end: End | None = None

    def __getstate__(self) -> dict[str, Any]:
        """With its epochs column by column, because a report of tiny ones has thousands."""
        return vars(self) | {"epochs": tuple(zip(*self.epochs, strict=True))}

    def __setstate__(self, state: dict[str, Any]) -> None:
        columns = state["epochs"]
        vars(self).update(state, epochs=tuple(map(Epoch, *columns)) if columns else ())
