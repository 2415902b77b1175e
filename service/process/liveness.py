"""Kills web processes that are stopped or stuck, so that others replace them."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

BEAT_SECONDS = 1.0

logger = logging.getLogger(__name__)


def beat(folder: Path) -> None:
    """Write a heartbeat to the folder every second, as long as this process lives and works."""
    sign = folder / str(os.getpid())
    sign.touch()

    def go_on() -> None:
        while folder.exists():
            time.sleep(BEAT_SECONDS)
            try:
                os.utime(sign)
            except OSError:  # The parent has ended, and its folder with it.
                return

    threading.Thread(target=go_on, name="heartbeat", daemon=True).start()


class Watch:
    """Checks the heartbeats of some processes; one without a heartbeat for so many checks has failed."""

    def __init__(self, folder: Path, *, silent_looks: int) -> None:
        self._folder = folder
        self._silent_looks = silent_looks
        self._last: dict[int, tuple[int, int]] = {}  #: a process's last heartbeat, and how often it was seen unchanged

    def failed(self, pid: int) -> bool:
        """Check once. No clock is compared, so that no process is killed after the machine slept or set its clock."""
        try:
            sign = (self._folder / str(pid)).stat().st_mtime_ns
        except FileNotFoundError:  # It is still loading.
            return False
        last, seen = self._last.get(pid, (0, 0))
        seen = seen + 1 if sign == last else 0
        self._last[pid] = sign, seen
        return seen >= self._silent_looks

    def forget(self, pid: int) -> None:
        self._last.pop(pid, None)
        (self._folder / str(pid)).unlink(missing_ok=True)


def watch(
    folder: Path, processes: Callable[[], Sequence[BaseProcess]], *, silent_seconds: int, stopping: threading.Event
) -> None:
    """Kill processes without a heartbeat for this long, in a thread, until `stopping`."""
    watched = Watch(folder, silent_looks=silent_seconds)

    def look() -> None:
        while not stopping.wait(BEAT_SECONDS):
            for process in processes():
                if process.pid is not None and watched.failed(process.pid):
                    logger.error(
                        "Web process %d has done nothing for %d s and is replaced", process.pid, silent_seconds
                    )
                    watched.forget(process.pid)
                    process.kill()

    threading.Thread(target=look, name="liveness", daemon=True).start()
