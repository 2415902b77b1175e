"""Long answers at their readers' speed. A stalled reader holds a few hundred kilobytes and one thread, for a while.

Granian keeps in memory whatever is handed to it, except of a file, which it reads as it can send. So for granian a long
answer is a named pipe, into which this side writes a piece once the reader has taken those before it.
"""

from __future__ import annotations

import errno
import os
import select
import tempfile
import threading
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from service.errors import TooManyLongAnswers
from service.process.front.connections import cut

#: An answer of at most this size is handed over whole.
SHORT_BYTES = 2**16
#: How long granian may take to open the pipe; it does not if the client has disconnected.
OPEN_SECONDS = 10.0


class Stalled(Exception):
    """The reader has taken nothing for too long."""


class LongAnswers:
    """At most `most` at a time. If a reader takes nothing for `stalled_seconds`, its connection is closed."""

    def __init__(self, *, most: int, stalled_seconds: float) -> None:
        self._free = threading.BoundedSemaphore(most)
        self._stalled_seconds = stalled_seconds

    def send(self, body: Iterable[bytes], status: int, headers: list[tuple[str, str]], proto: Any, client: str) -> None:
        """Send an answer of unknown length. `client` is its address with the port.

        Raises TooManyLongAnswers before anything is sent, and what the body raises.
        """
        pieces = iter(body)
        first = first_of(pieces)
        if len(first) <= SHORT_BYTES:
            proto.response_bytes(status, headers, first)
            return
        if not self._free.acquire(blocking=False):
            raise TooManyLongAnswers
        try:
            self._write(chain([first], pieces), opened_pipe(status, headers, proto), client)
        except BrokenPipeError:  # the client has disconnected
            pass
        finally:
            self._free.release()

    def _write(self, pieces: Iterable[bytes], pipe: int, client: str) -> None:
        writable = select.poll()
        writable.register(pipe, select.POLLOUT)
        try:
            for piece in pieces:
                rest = memoryview(piece)
                while rest:
                    if not writable.poll(1000 * self._stalled_seconds):
                        raise Stalled
                    rest = rest[os.write(pipe, rest) :]
        except BrokenPipeError:
            raise
        except BaseException:
            cut(client)  # Otherwise a part of the answer would look like all of it.
            raise
        finally:
            os.close(pipe)


def first_of(pieces: Iterator[bytes]) -> bytes:
    """The first pieces together, more than a short answer has if there are so many."""
    found, size_bytes = [], 0
    for piece in pieces:
        found.append(piece)
        size_bytes += len(piece)
        if size_bytes > SHORT_BYTES:
            break
    return b"".join(found)


def opened_pipe(status: int, headers: list[tuple[str, str]], proto: Any) -> int:
    """Begin the answer, and return the writing end of its pipe. Raises BrokenPipeError if nobody reads it."""
    with tempfile.TemporaryDirectory(prefix="feedforward-answer-") as folder:
        path = Path(folder, "pipe")
        os.mkfifo(path, 0o600)
        proto.response_file(status, headers, str(path))
        ends_at = monotonic() + OPEN_SECONDS
        while monotonic() < ends_at:
            try:
                return os.open(path, os.O_WRONLY | os.O_NONBLOCK)
            except OSError as error:
                if error.errno != errno.ENXIO:  # not opened by a reader yet
                    raise
            sleep(0.001)
        raise BrokenPipeError
