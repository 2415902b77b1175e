"""The data folder: created if missing, and used by one service at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from service.process.errors import CannotStart
from service.process.private import make_private


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Lock the folder against other services; the lock is released when this process ends, even if it is killed."""
    with open_lock(folder) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"The data folder {folder} is in use by another service (process {lock.read().strip()}). "
                "Stop that one, or choose another folder with --data."
            ) from None
        lock.truncate()
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def open_lock(folder: Path) -> TextIO:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        make_private(folder)
        descriptor = os.open(folder / "service.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CannotStart(
            f"The data folder {folder} cannot be written: {error.strerror}. Choose another with --data."
        ) from None
    return os.fdopen(descriptor, "r+", encoding="utf-8")


def clear_uploads(folder: Path) -> None:
    """Remove uploads that an earlier run did not finish receiving. Call it only while holding the folder."""
    shutil.rmtree(folder / "uploads", ignore_errors=True)
