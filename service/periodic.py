"""A thread that repeats one action every so many seconds, and once more when it is stopped."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

logger = logging.getLogger(__name__)


class PeriodicThread:
    def __init__(self, name: str, action: Callable[[], None], *, seconds: float) -> None:
        self._name, self._action, self._seconds = name, action, seconds
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        return self._thread is not None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Do the action a last time, in the caller's thread. Nothing runs after this returns."""
        thread, self._thread = self._thread, None
        self._stopping.set()
        if thread is not None:
            thread.join()
        self._action()

    def _run(self) -> None:
        while not self._stopping.wait(self._seconds):
            try:
                self._action()
            except Exception:  # Without the thread, nothing would be written until the process ends.
                logger.exception("The thread %s failed and goes on.", self._name)
