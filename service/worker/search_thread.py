"""The thread of a worker that moves searches on, beside its slots.

A slot takes its next job at once, while what follows the last one is decided here. A search is the same for any timing.
"""

from __future__ import annotations

import queue
import threading
import time
from functools import partial

from service.worker.loop import attempt
from service.worker.searching import Searching

NAME = "look at searches"


class SearchThread:
    """Looks every so many seconds at all searches, and at once at those that are named by `wake`."""

    def __init__(self, searching: Searching, *, seconds: float, stopping: threading.Event) -> None:
        self._searching = searching
        self._seconds = seconds
        self._stopping = stopping
        self._woken: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=NAME, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self, search_id: str) -> None:
        """A trial of this search has stopped."""
        self._woken.put(search_id)

    def join(self) -> None:
        self._woken.put(None)
        self._thread.join()

    def _run(self) -> None:
        next_look = time.monotonic()
        while not self._stopping.is_set():
            if (left := next_look - time.monotonic()) <= 0:
                attempt(NAME, self._searching.look)
                next_look = time.monotonic() + self._seconds
                continue
            for search_id in self._named(left):
                attempt(NAME, partial(self._searching.go_on, search_id))

    def _named(self, seconds: float) -> list[str]:
        """Searches that trials of have stopped, each once; none if nothing stops for so long."""
        try:
            found = [self._woken.get(timeout=seconds)]
        except queue.Empty:
            return []
        while not self._woken.empty():
            found.append(self._woken.get())
        return [one for one in dict.fromkeys(found) if one is not None]
