"""Which jobs are looked for, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.job_kind import JobKind
from service.domain.status import Status

#: What jobs are sorted by; also an option by its path, such as `optimizer.learning_rate`.
COLUMNS = ("created_at", "network", "name", "status", "epoch", "epochs", "best_value", "seconds", "rows", "max_seconds")


@dataclass(frozen=True, kw_only=True)
class JobSearch:
    """Each condition narrows the others; an empty one does not."""

    words: Sequence[str] = ()  #: all of them are in a job's texts, in any case of the letters a to z
    statuses: Sequence[Status] | None = None
    network_id: str | None = None
    kind: JobKind | None = None
    created_by: str | None = None
    names: Sequence[str] | None = None  #: patterns: only jobs of networks whose name matches one
    restart_of: str | None = None
    restarts: bool = True
    search_id: str | None = None  #: only trials of this search


@dataclass(frozen=True, kw_only=True)
class JobOrder:
    """What is missing, or is no finite number, comes last either way."""

    by: str = "created_at"  #: one of COLUMNS, or the path of an option
    descending: bool = True
