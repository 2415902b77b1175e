"""Keeps what is stored of one kind below a limit."""

from __future__ import annotations

import threading
import time

from service.errors import QuotaExceeded
from service.storage.base import Storage

#: Seconds for which a sum of stored bytes counts, together with what was added since.
_HOLDS_SECONDS = 5.0
_NAMES = {"snapshots": "Snapshots", "datasets": "Data sets", "job_data": "The rows of jobs", "answers": "Answers"}
_ADVICE = {
    "snapshots": "Delete snapshots or networks you no longer need",
    "datasets": "Delete data sets you no longer need",
    "job_data": "Delete ended jobs you no longer need",
    "answers": "Delete answers you no longer need",
}
_SETTINGS = {
    "snapshots": "FEEDFORWARD_MAX_SNAPSHOT_BYTES",
    "datasets": "FEEDFORWARD_MAX_DATASET_BYTES",
    "job_data": "FEEDFORWARD_MAX_JOB_DATA_BYTES",
    "answers": "FEEDFORWARD_MAX_ANSWER_BYTES",
}


class Quota:
    """At most `limit` bytes of a kind (`KINDS_OF_BYTES`); 0: no limit. For any thread.

    Several processes may together exceed it by what they add within a few seconds.
    """

    def __init__(self, storage: Storage, kind: str, limit: int) -> None:
        self._storage, self._kind, self._limit = storage, kind, limit
        self._lock = threading.Lock()
        self._bytes = 0
        self._valid_until = 0.0

    def has_room(self, size_bytes: int) -> bool:
        """Whether so many bytes still fit; where they do, they count as stored."""
        if self._limit == 0:
            return True
        with self._lock:
            if self._bytes + size_bytes > self._limit or time.monotonic() > self._valid_until:
                self._bytes = self._storage.stored_bytes()[self._kind]
                self._valid_until = time.monotonic() + _HOLDS_SECONDS
            if self._bytes + size_bytes > self._limit:
                return False
            self._bytes += size_bytes
            return True

    def take(self, size_bytes: int) -> None:
        """Raises QuotaExceeded, which says what to delete."""
        if not self.has_room(size_bytes):
            raise QuotaExceeded(
                f"{_NAMES[self._kind]} take {self._bytes:,} bytes, and {size_bytes:,} more exceed the limit of "
                f"{self._limit:,}. {_ADVICE[self._kind]}, or raise {_SETTINGS[self._kind]}."
            )
