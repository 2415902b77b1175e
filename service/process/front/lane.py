"""Work on the threads that bring it, so many at a time; the rest waits its turn."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

Job = Callable[[], None]  #: may not raise


class Lane:
    """A thread runs the work it brings, then what others have left waiting. Cheaper than handing work to a pool."""

    def __init__(self, width: int) -> None:
        self._free = width
        self._waiting: deque[Job] = deque()
        self._lock = threading.Lock()

    def run(self, job: Job) -> None:
        """Run a job now, or leave it to the next thread that is done."""
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
