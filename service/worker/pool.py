"""Threads that work on what is due: one more for each thing that is, up to a number."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Generic, Protocol, TypeVar

from service.errors import FeedforwardError, NotFound

logger = logging.getLogger(__name__)
T = TypeVar("T")


class AtWork(Protocol):
    def join(self, seconds: float) -> None: ...


def join_all(at_work: Iterable[AtWork], seconds: float) -> None:
    """Wait for all of them, at most this long together: a worker that stops later than that is killed."""
    ends_at = time.monotonic() + seconds
    for one in at_work:
        one.join(max(ends_at - time.monotonic(), 0))


class Pool(Generic[T]):
    """`claim` takes what is due, so that nobody else does; `work` does it."""

    def __init__(
        self,
        name: str,
        claim: Callable[[], T | None],
        work: Callable[[T], None],
        *,
        most: int,
        stopping: threading.Event,
    ) -> None:
        self._name, self._claim, self._work = name, claim, work
        self._most, self._stopping = most, stopping
        self._free = threading.Semaphore(most)

    def look(self) -> None:
        """Start a thread for each thing that is due; each thread continues with others until none is due."""
        while not self._stopping.is_set() and self._free.acquire(blocking=False):
            with contextlib.ExitStack() as unless_started:
                unless_started.callback(self._free.release)
                item = self._claim()
                if item is None:
                    return
                threading.Thread(target=self._run, args=(item,), name=self._name, daemon=True).start()
                unless_started.pop_all()

    def join(self, seconds: float) -> None:
        """Wait for those at work, at most this long."""
        ends_at = time.monotonic() + seconds
        for _ in range(self._most):
            self._free.acquire(timeout=max(ends_at - time.monotonic(), 0))

    def _run(self, item: T | None) -> None:
        try:
            while item is not None:
                self._work(item)
                item = None if self._stopping.is_set() else self._claim()
        except NotFound:
            logger.info("What a %s is about has been deleted.", self._name)
        except FeedforwardError as error:
            logger.warning("A %s could not be recorded, and may come twice: %s", self._name, error)
        finally:
            self._free.release()
