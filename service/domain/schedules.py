"""Schedules: trainings at set times, as frozen records. Times are seconds since 1970, UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from service.domain.jobs import JobError
from service.domain.status import Status
from service.domain.types import Json


class Outcome(StrEnum):
    """What became of a run."""

    SUBMITTED = "submitted"  #: a job is queued
    UNCHANGED = "unchanged"  #: none, because it would read the rows of the last job
    BUSY = "busy"  #: none, because the last job has not ended
    WAITING = "waiting"  #: none yet, because the queue is full: the run is tried again
    FAILED = "failed"  #: none, see the error


@dataclass(frozen=True, kw_only=True)
class Run:
    outcome: Outcome
    error: str | None = None
    job_id: str | None = None
    datasets: Mapping[str, str] | None = None  #: those that the job reads: ids by role


@dataclass(frozen=True, kw_only=True)
class NewSchedule:
    id: str
    name: str | None
    network_id: str
    cron: str
    timezone: str
    train: Json  #: the body of `POST /train`, without its network
    if_changed: bool  #: a run submits nothing where its data sets are those of the last job
    next_at: float
    created_by: str | None = None
    created_by_key: str | None = None
    networks: tuple[str, ...] | None = None  #: patterns of what somebody without a key may see; None: everything


@dataclass(frozen=True, kw_only=True)
class Schedule:
    id: str
    name: str | None
    network_id: str
    network_name: str
    cron: str
    timezone: str
    train: Json
    if_changed: bool
    paused: bool
    stopped: str | None  #: why it has stopped by itself
    next_at: float | None  #: None while it is paused or has stopped
    runs: int  #: every run raises it: the fence of the next one
    last_at: float | None
    last_outcome: Outcome | None
    last_error: str | None
    last_job_id: str | None
    last_job_status: Status | None  #: None where there is no such job any more
    last_job_error: JobError | None
    last_datasets: Mapping[str, str] | None
    created_at: float
    created_by: str | None
    created_by_key: str | None  #: whose rights its jobs have
    networks: tuple[str, ...] | None
