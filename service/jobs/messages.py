"""What a worker and the child process that trains for it say to each other.

The worker sends one `Assignment`, then a `Want` whenever the wish changes; the child sends `Report`s, the last one with
an `End`. All of it is plain data, so that the worker itself never loads NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass

from service.domain.records import Checkpoint, Epoch, JobError, Json, NewSnapshot


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often a child speaks at most."""

    report_seconds: float = 0.5
    checkpoint_seconds: float = 5.0


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """Everything a run needs."""

    job_id: str
    token: int
    network_id: str
    spec: Json
    options: Json
    data: bytes
    start_values: bytes
    checkpoint: Checkpoint | None
    pace: Pace


@dataclass(frozen=True, kw_only=True)
class End:
    """How a run came to its end: by itself, by the wish (`stopped`), or by a fault (`error`)."""

    stopped: bool = False
    stopped_early: bool = False
    error: JobError | None = None
    trace: str | None = None  #: for the log, never for the user


@dataclass(frozen=True, kw_only=True)
class Report:
    """What happened since the last report, to be stored in one transaction."""

    epochs: tuple[Epoch, ...] = ()
    seconds: float = 0.0  #: time trained since the run began, all reports together
    best_epoch: int | None = None
    best_value: float | None = None
    snapshots: tuple[NewSnapshot, ...] = ()
    checkpoint: Checkpoint | None = None
    end: End | None = None
