"""Answers on their way to the log: noted by requests in memory, written by a thread behind them."""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from service.domain.monitoring import NewAnswer
from service.errors import FeedforwardError, NotFound
from service.periodic import PeriodicThread
from service.storage.answers import Answers
from service.storage.quota import Quota

logger = logging.getLogger(__name__)

FLUSH_SECONDS = 0.5
#: What waits in memory, at most. What is beyond is dropped and counted.
MAX_ROWS = 20_000
MAX_CELLS = 2_000_000
#: Rows written in one transaction, so that no other writer waits for long.
BATCH = 1000

#: Why answers may be dropped.
REASONS = ("full", "quota", "storage", "deleted", "error")
#: Takes why answers were dropped, with how many rows of them; or `None` for those that were written.
Count = Callable[[str | None, int], None]


@dataclass(frozen=True)
class Noted:
    """The answer to one request. `written` makes its rows, behind the request."""

    network_id: str
    max_rows: int
    rows: int
    cells: int
    written: Callable[[], Sequence[NewAnswer]]


class AnswerLog:
    """One in each web process. Until `start`, and after `stop`, answers are written at once."""

    def __init__(self, storage: Answers, quota: Quota) -> None:
        self._storage, self._quota = storage, quota
        self._lock = threading.Lock()
        self._noted: list[tuple[float, Noted]] = []
        self._rows = self._cells = 0
        self._thread = PeriodicThread("answers", self.flush, seconds=FLUSH_SECONDS)
        self.count: Count = lambda reason, rows: None

    def add(self, noted: Noted) -> bool:
        """Whether there is room for it."""
        with self._lock:
            if self._rows + noted.rows > MAX_ROWS or self._cells + noted.cells > MAX_CELLS:
                is_full = True
            else:
                is_full = False
                self._noted.append((time.monotonic(), noted))
                self._rows, self._cells = self._rows + noted.rows, self._cells + noted.cells
        if is_full:
            self.count("full", noted.rows)
        elif not self._thread.is_running:
            self.flush()
        return not is_full

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._thread.stop()

    def flush(self) -> None:
        """Write what waits, by network."""
        with self._lock:
            noted, self._noted = self._noted, []
            self._rows = self._cells = 0
        by_network: dict[str, list[tuple[float, Noted]]] = defaultdict(list)
        for at, one in noted:
            by_network[one.network_id].append((at, one))
        for network_id, own in by_network.items():
            self._write(network_id, own)

    def _write(self, network_id: str, noted: list[tuple[float, Noted]]) -> None:
        """Whatever keeps answers from being written, the thread goes on with others."""
        max_rows = noted[-1][1].max_rows
        for batch in _batches(self._made(noted)):
            reason = None
            try:
                if self._quota.has_room(sum(len(one.inputs) + len(one.outputs) for one in batch)):
                    self._storage.add_answers(network_id, batch, max_rows=max_rows)
                else:
                    reason = "quota"
            except NotFound:
                reason = "deleted"
            except FeedforwardError as error:
                logger.warning("%d answers could not be written: %s", len(batch), error)
                reason = "storage"
            self.count(reason, len(batch))

    def _made(self, noted: Sequence[tuple[float, Noted]]) -> Iterator[NewAnswer]:
        for at, one in noted:
            try:
                rows = one.written()
            except Exception:  # A fault of ours, which must not stop the thread.
                logger.exception("An answer could not be prepared for the log.")
                self.count("error", one.rows)
            else:
                seconds = time.monotonic() - at
                yield from (row._replace(seconds_ago=seconds) for row in rows)


def _batches(rows: Iterator[NewAnswer]) -> Iterator[list[NewAnswer]]:
    while batch := list(islice(rows, BATCH)):
        yield batch
