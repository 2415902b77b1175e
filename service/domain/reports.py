"""Trainings that are reported to a tracking server while they run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

#: Seconds after which a report whose job still trains is due again.
INTERVAL_SECONDS = 5.0


class ReportEnd(StrEnum):
    DONE = "done"  #: the server has everything
    GIVEN_UP = "given_up"  #: after as many attempts as are made, or because none can succeed


@dataclass(frozen=True, kw_only=True)
class NewReport:
    server: str  #: a name that the operator gave it, or a URL
    experiment: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """How far the report of a job is. Epochs up to `epoch` are on the server."""

    job_id: str
    server: str
    experiment: str
    run_id: str | None = None  #: on the server
    artifact_uri: str | None = None  #: where the server keeps the files of that run
    epoch: int = 0
    milliseconds: int = 0  #: training time up to the end of that epoch
    claim: int = 0  #: raised by every attempt; an attempt writes under its number alone
    attempts: int = 0  #: those begun since the last one that succeeded
    in_doubt: bool = False  #: the last attempt may have sent more than is on record
    ended: ReportEnd | None = None
    error: str | None = None  #: of the last attempt
    model: str | None = None  #: what became of the model: uploaded, or why not

    @property
    def state(self) -> str:
        return str(self.ended or ("waiting" if self.run_id is None else "reporting"))
