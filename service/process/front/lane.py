"""Runs jobs on the threads that submit them, a limited number at a time; the others wait."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

Job = Callable[[], None]  #: may not raise


class Lane:
    """A thread runs the job it submits, then those left waiting by others. Cheaper than a thread pool."""

    def __init__(self, width: int) -> None:
        self._free = width
        self._waiting: deque[Job] = deque()
        self._lock = threading.Lock()

    def run(self, job: Job) -> None:
        """Run a job now, or leave it to the next thread that becomes free."""
        with self._lock:
            if not self._free:
                self._waiting.append(job)
                return
            self._free -= 1
        next_job: Job | None = job
        while next_job is not None:
            next_job()
            next_job = self._next()

    def _next(self) -> Job | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._free += 1
            return None
