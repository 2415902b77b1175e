"""Bodies while they are received: small ones in memory, large ones in files, with a limit for all of them together."""

from __future__ import annotations

import tempfile
import threading
from io import BytesIO
from pathlib import Path
from typing import IO

from service.errors import StorageUnavailable, TooManyBodies

#: A body with more bytes than this is kept in a file.
IN_MEMORY_BYTES = 2**20


class SpoolBudget:
    """How many bytes all bodies being received may take, in memory and in files."""

    def __init__(self, *, memory_bytes: int, total_bytes: int) -> None:
        self._memory_left = memory_bytes
        self._total_left = total_bytes
        self._lock = threading.Lock()

    def take(self, size_bytes: int, *, in_memory: bool) -> bool:
        """Whether there was room. Raises TooManyBodies where there is none in a file either."""
        with self._lock:
            if size_bytes > self._total_left:
                raise TooManyBodies
            if in_memory and size_bytes > self._memory_left:
                return False
            self._total_left -= size_bytes
            self._memory_left -= size_bytes if in_memory else 0
            return True

    def give_back(self, *, memory_bytes: int, file_bytes: int) -> None:
        with self._lock:
            self._memory_left += memory_bytes
            self._total_left += memory_bytes + file_bytes


class Spool:
    """One body. `write` may wait for a disk once the body is in a file."""

    def __init__(self, budget: SpoolBudget, folder: Path) -> None:
        self._budget = budget
        self._folder = folder
        self._pieces: list[bytes] = []
        self._memory_bytes = 0
        self._file: IO[bytes] | None = None
        self._file_bytes = 0

    @property
    def size_bytes(self) -> int:
        return self._memory_bytes + self._file_bytes

    @property
    def is_in_file(self) -> bool:
        return self._file is not None

    def keep(self, piece: bytes) -> bool:
        """Keep a piece in memory; False where it must be written. Raises TooManyBodies."""
        if self._file is not None or self._memory_bytes + len(piece) > IN_MEMORY_BYTES:
            return False
        if not self._budget.take(len(piece), in_memory=True):
            return False
        self._pieces.append(piece)
        self._memory_bytes += len(piece)
        return True

    def write(self, piece: bytes) -> None:
        """Append a piece. Raises TooManyBodies and StorageUnavailable."""
        self._budget.take(len(piece), in_memory=False)
        self._file_bytes += len(piece)
        try:
            if self._file is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._file = tempfile.TemporaryFile(dir=self._folder, prefix="body-")  # noqa: SIM115  # closed by `close`
                self._file.write(b"".join(self._pieces))
                self._move_to_file()
            self._file.write(piece)
        except OSError as error:
            raise StorageUnavailable(f"A body cannot be kept in {self._folder}: {error.strerror}.") from error

    def open(self) -> IO[bytes]:
        """The whole body, from its start."""
        if self._file is None:
            return BytesIO(b"".join(self._pieces))
        try:
            self._file.seek(0)
        except OSError as error:  # What was last written is still in a buffer, and the disk may be full.
            raise StorageUnavailable(f"A body cannot be kept in {self._folder}: {error.strerror}.") from error
        return self._file

    def close(self) -> None:
        """Discard the body, and return its bytes to the budget."""
        if self._file is not None:
            try:
                self._file.close()
            except OSError:
                pass  # A full disk: what is left in the buffer goes with the file.
        self._budget.give_back(memory_bytes=self._memory_bytes, file_bytes=self._file_bytes)
        self._pieces, self._memory_bytes, self._file_bytes = [], 0, 0

    def _move_to_file(self) -> None:
        """What was counted as memory counts as file from now on."""
        self._budget.give_back(memory_bytes=self._memory_bytes, file_bytes=0)
        self._budget.take(self._memory_bytes, in_memory=False)
        self._file_bytes += self._memory_bytes
        self._pieces, self._memory_bytes = [], 0
