"""Receives one body without a thread, at its sender's speed, and rejects one that is too slow or too large."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from time import monotonic
from typing import Any

from service.errors import BodyIncomplete, BodyTooLarge, BodyTooSlow, FeedforwardError
from service.process.front.pace import Pace
from service.process.front.pieces import Pieces
from service.process.front.served import BodyLimits
from service.process.front.spool import Spool

logger = logging.getLogger(__name__)

#: Pieces are collected and written to a file together.
WRITTEN_BYTES = 2**18

#: Takes the error that ended a reception, or None if the body is complete.
OnEnd = Callable[[FeedforwardError | None], None]


def ignore(_: FeedforwardError | None) -> None:
    pass


class Reception:
    """Each piece calls back on one of the server's threads, which takes it and is free again.

    `length` is the announced length; `disk` runs what may wait for a disk. `on_end` is called once, on
    whichever thread that is.
    """

    def __init__(
        self, pieces: Pieces, spool: Spool, limits: BodyLimits, length: int | None, pace: Pace, disk: Executor
    ) -> None:
        self._pieces = pieces
        self._spool = spool
        self._limits = limits
        self._length = length
        self._pace = pace
        self._disk = disk
        self._received = 0
        self._waiting: list[bytes] = []  #: for the disk
        self._waiting_bytes = 0
        self._has_ended = False
        self._on_end: OnEnd = ignore
        self._lock = threading.Lock()

    def begin(self, on_end: OnEnd) -> None:
        self._on_end = on_end
        if self._length is not None and self._length > self._limits.max_bytes:
            self.end(self._too_large())
        else:
            self._advance()

    def look(self, now: float) -> None:
        """Reject a body that is too slow, unless a piece of it is being processed right now."""
        if not self._lock.acquire(blocking=False):
            return
        is_broken = self._pace.is_broken(now)
        self._lock.release()
        if is_broken:
            self.end(BodyTooSlow())

    def end(self, error: FeedforwardError | None) -> None:
        """End the reception, from any thread; only the first call has an effect."""
        with self._lock:
            if self._has_ended:
                return
            self._has_ended = True
        self._pieces.close()
        on_end, self._on_end = self._on_end, ignore  # which leads back to this reception
        on_end(error)

    # -- one piece after another -------------------------------------------------------------------------------------

    def _advance(self, _: Any = None) -> None:
        try:
            with self._lock:
                go_on = self._take_pieces()
        except FeedforwardError as error:
            self.end(error)
        else:
            if go_on is not None:
                go_on()

    def _take_pieces(self) -> Callable[[], None] | None:
        """Take the pieces that have arrived, and return what to do next; None: the next piece will call back."""
        while not self._has_ended:
            if self._received == self._length:
                return self._finished()
            piece = self._pieces.next(self._advance)
            if piece is None:
                return None
            if not piece:
                return self._finished()
            self._take(piece)
            if self._waiting_bytes >= WRITTEN_BYTES:
                return self._write_aside
        return None

    def _take(self, piece: bytes) -> None:
        self._received += len(piece)
        self._pace.add(len(piece), monotonic())
        if self._received > self._limits.max_bytes:
            raise self._too_large()
        if self._waiting or not self._spool.keep(piece):
            self._waiting.append(piece)
            self._waiting_bytes += len(piece)

    def _finished(self) -> Callable[[], None]:
        if self._length is not None and self._received != self._length:
            raise BodyIncomplete(f"The body was cut off: {self._received:,} of {self._length:,} bytes have come.")
        return self._write_aside if self._waiting else self._succeed

    def _succeed(self) -> None:
        self.end(None)

    def _write_aside(self) -> None:
        self._disk.submit(self._write)

    def _write(self) -> None:
        try:
            with self._lock:
                self._spool.write(b"".join(self._waiting))
                self._waiting, self._waiting_bytes = [], 0
        except FeedforwardError as error:
            self.end(error)
        else:
            self._advance()

    def _too_large(self) -> BodyTooLarge:
        return BodyTooLarge(f"A body may have at most {self._limits.max_bytes:,} bytes.")
