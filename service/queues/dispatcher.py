"""The port that carries job ids to the workers. Messages may be lost or duplicated: the jobs table is authoritative."""

from __future__ import annotations

import re
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable

#: The only valid form of a message; any other is dropped.
JOB_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Dispatcher(ABC):
    @abstractmethod
    def send(self, job_id: str) -> None:
        """Offer a queued job to the workers. Call it after the commit that queued the job.

        Never raises: a message that cannot be sent is logged, and a worker's sweeper sends it again.
        """

    @abstractmethod
    def depth(self) -> int:
        """How many messages wait. Raises DispatchError when the queue cannot be reached."""

    @abstractmethod
    def run_worker(self, slots: int, handle: Callable[[str], None], stop: threading.Event) -> None:
        """Hand job ids to `handle`, in one thread for each slot, until `stop` is set and every `handle` has returned.

        `handle` watches `stop` itself. A message taken after `stop` goes back to the queue.
        """

    @abstractmethod
    def close(self) -> None:
        """Close the connections to the queue."""


class DispatchError(Exception):
    """The queue cannot be reached."""
