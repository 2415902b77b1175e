"""Writes the audit: changes at once, before they are answered; rejected requests together, behind the answers.

A change whose answer has left is therefore on record, whatever happens to the process. Rejected requests can come in
floods, from callers without a key, so they may cost no more than a transaction a second.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace

from service.domain.audit import NewAuditEntry
from service.errors import StorageError
from service.periodic import PeriodicThread
from service.storage.audit import Audit

logger = logging.getLogger(__name__)

FLUSH_SECONDS = 1.0
#: Rejected requests on record per process and second, at most. What is beyond is counted in the log.
MAX_PENDING = 200


class Auditor:
    """One in each web process. Until `start`, and after `stop`, rejected requests are written at once, too."""

    def __init__(self, storage: Audit) -> None:
        self._storage = storage
        self._lock = threading.Lock()
        self._pending: list[tuple[float, NewAuditEntry]] = []
        self._dropped = 0
        self._thread = PeriodicThread("audit", self.flush, seconds=FLUSH_SECONDS)

    def change(self, entry: NewAuditEntry) -> None:
        """What was done stays done, so that it cannot be written is only logged."""
        self._write([entry])

    def rejection(self, entry: NewAuditEntry) -> None:
        if not self._thread.is_running:
            self._write([entry])
            return
        with self._lock:
            if len(self._pending) < MAX_PENDING:
                self._pending.append((time.monotonic(), entry))
            else:
                self._dropped += 1

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._thread.stop()

    def flush(self) -> None:
        with self._lock:
            pending, self._pending = self._pending, []
            dropped, self._dropped = self._dropped, 0
        now = time.monotonic()
        self._write([replace(entry, seconds_ago=now - at) for at, entry in pending])
        if dropped:
            logger.warning("%d more rejected requests are not in the audit: there were too many at once.", dropped)

    def _write(self, entries: list[NewAuditEntry]) -> None:
        if not entries:
            return
        try:
            self._storage.add_audit(entries)
        except StorageError as error:
            logger.error("The audit could not be written (%s): %s", error.message, entries)
