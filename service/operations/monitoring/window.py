"""The stretch of time that is looked at."""

from __future__ import annotations

import time
from dataclasses import dataclass

from service.domain.monitoring import AnswerFilter
from service.monitoring.settings import MAX_COMPARED

#: Rows that one look reads, at most: the newest.
MAX_ROWS = MAX_COMPARED


@dataclass(frozen=True)
class Window:
    """From one moment to another, the second excluded; None: without end."""

    since: float | None = None
    until: float | None = None

    @classmethod
    def of(cls, since: float | None, seconds: float | None) -> Window:
        """`seconds` from `since` on; without it, the last ones until now."""
        if seconds is None:
            return cls(since)
        begin = time.time() - seconds if since is None else since
        return cls(begin, None if since is None else begin + seconds)

    def wanted(self, **more: object) -> AnswerFilter:
        return AnswerFilter(from_time=self.since, to_time=self.until, **more)  # type: ignore[arg-type]
