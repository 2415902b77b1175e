"""Answers that hold a thread for long, event streams and granted waits: how many may be, and when they must end."""

from __future__ import annotations

import threading
from typing import Protocol

from flask import Flask, current_app

from service.errors import TooManyStreams
from service.operations.backend import Backend

KEY = "feedforward.streams"


class OpenCount(Protocol):
    """A gauge of how many are open now."""

    def inc(self) -> None: ...

    def dec(self) -> None: ...


class Streams:
    """The open streams of one process, fewer than its threads, so that other requests always find one."""

    def __init__(self, most: int, count: OpenCount) -> None:
        self._free = threading.BoundedSemaphore(most)
        self._count = count
        self.closing = threading.Event()

    def open(self) -> None:
        """Take a place; give it back by `close`. Raises TooManyStreams."""
        if not self.try_open():
            raise TooManyStreams

    def try_open(self) -> bool:
        is_open = self._free.acquire(blocking=False)
        if is_open:
            self._count.inc()
        return is_open

    def close(self) -> None:
        self._count.dec()
        self._free.release()

    def shut_down(self) -> None:
        """Ask every open stream to end soon; their clients come back to where they were."""
        self.closing.set()


def install(app: Flask, backend: Backend, count: OpenCount) -> None:
    app.extensions[KEY] = Streams(backend.limits.max_streams, count)


def streams() -> Streams:
    return current_app.extensions[KEY]  # type: ignore[no-any-return]  # Flask types extensions as Any
