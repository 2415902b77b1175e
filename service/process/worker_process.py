"""A worker beside the web server, in a process of its own that is started again when it dies."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading

RESTART_AFTER_SECONDS = 1.0

logger = logging.getLogger(__name__)


class WorkerProcess:
    def __init__(self, *, stop_within_seconds: float) -> None:
        self._stop_within_seconds = stop_within_seconds
        self._stopping = threading.Event()
        self._lock = threading.Lock()

    def start(self) -> None:
        self._process = spawn()
        threading.Thread(target=self._watch, name="companion", daemon=True).start()

    def stop(self) -> None:
        """Ask the worker to end, and kill it if it does not."""
        with self._lock:
            self._stopping.set()
        self._process.terminate()
        try:
            self._process.wait(self._stop_within_seconds)
        except subprocess.TimeoutExpired:
            logger.warning("The worker did not stop in time and was killed; its job goes on at the next start")
            self._process.kill()
            self._process.wait()

    def _watch(self) -> None:
        while True:
            code = self._process.wait()
            if self._stopping.wait(RESTART_AFTER_SECONDS):
                return
            with self._lock:
                if self._stopping.is_set():
                    return
                logger.warning("The worker ended with code %s and is started again", code)
                self._process = spawn()


def spawn() -> subprocess.Popen[bytes]:
    # A group of its own keeps Ctrl-C away from the worker: the process that started it stops it, in order.
    command = [sys.executable, "-m", "service.cli", "worker", "--parent", str(os.getpid())]
    return subprocess.Popen(command, process_group=0)
