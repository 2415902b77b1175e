"""Searches for the best network and training, and their trials, as frozen records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from service.domain.status import RequestedState, Status
from service.domain.types import Json


class TrialStatus(StrEnum):
    """What a trial is: until it has ended, what its job is."""

    WAITING = "waiting"  #: its parameters are chosen, its job is not made yet
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    DIVERGED = "diverged"  #: the worst, and no failure
    FAILED = "failed"
    PRUNED = "pruned"  #: stopped at a rung, where others were better
    CANCELLED = "cancelled"


#: Those of which nothing more comes.
ENDED_TRIALS = frozenset(
    {
        TrialStatus.SUCCEEDED,
        TrialStatus.DIVERGED,
        TrialStatus.FAILED,
        TrialStatus.PRUNED,
        TrialStatus.CANCELLED,
    }
)
#: What a trial is whose job is in one of these.
OF_JOB: Mapping[Status, TrialStatus] = {
    Status.QUEUED: TrialStatus.QUEUED,
    Status.RUNNING: TrialStatus.RUNNING,
    Status.PAUSING: TrialStatus.RUNNING,
    Status.PAUSED: TrialStatus.PAUSED,
    Status.CANCELLING: TrialStatus.RUNNING,
    Status.CANCELLED: TrialStatus.CANCELLED,
    Status.SUCCEEDED: TrialStatus.SUCCEEDED,
    Status.FAILED: TrialStatus.FAILED,
}


class Source(StrEnum):
    """Who has chosen a trial's parameters."""

    SAMPLER = "sampler"
    POINT = "point"  #: the user


@dataclass(frozen=True, kw_only=True)
class NewTrial:
    number: int
    parameters: Json  #: by pointer
    source: Source = Source.SAMPLER


@dataclass(frozen=True, kw_only=True)
class Trial:
    search_id: str
    number: int  #: from 1
    parameters: Json
    source: Source
    status: TrialStatus
    network_id: str | None
    job_id: str | None
    job_status: Status | None  #: None before it has a job, and where that was deleted
    epoch: int
    epochs: int | None
    value: float | None  #: None until it has succeeded
    spread: float | None  #: its standard deviation (n - 1) over folds and repeats
    message: str | None  #: why it failed
    seconds: float
    created_at: float
    finished_at: float | None


@dataclass(frozen=True, kw_only=True)
class StoredStep:
    """A step of a search (see `service.search.moves`): one trial trains up to one epoch."""

    number: int  #: from 0
    trial: int
    rung: int
    epoch: int | None  #: None: to the end
    ended: bool = False
    value: float | None = None
    outcome: TrialStatus | None = None  #: what the trial was when it ended with this step


@dataclass(frozen=True, kw_only=True)
class NewSearch:
    id: str
    name: str
    spec: Json  #: the request, with what it left out
    max_trials: int
    points: Sequence[NewTrial] = ()
    created_by: str | None = None
    created_by_key: str | None = None
    networks: tuple[str, ...] | None = None  #: patterns of what somebody without a key may see; None: everything


@dataclass(frozen=True, kw_only=True)
class SearchError:
    code: str  #: one of `SEARCH_ERROR_CODES`
    message: str  #: a sentence a person can act on


@dataclass(frozen=True, kw_only=True)
class Search:
    id: str
    name: str
    spec: Json
    max_trials: int
    status: Status
    requested_state: RequestedState
    error: SearchError | None
    best_trial: int | None
    best_value: float | None
    created_at: float
    started_at: float | None
    finished_at: float | None
    created_by: str | None
    created_by_key: str | None  #: whose rights its jobs have
    networks: tuple[str, ...] | None
    deleting: bool


@dataclass(frozen=True, kw_only=True)
class SearchFigures:
    """What its trials come to so far."""

    counts: Mapping[TrialStatus, int] = field(default_factory=dict)
    seconds: float = 0.0
    epochs: int = 0
