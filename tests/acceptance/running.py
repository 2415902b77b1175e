"""A really started service: `serve` with its worker, on a free port and a data folder of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: On a machine with more to do than it can.
START_WITHIN_SECONDS = 180
STOP_WITHIN_SECONDS = 30


class RunningService:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def start(self) -> None:
        command = [sys.executable, "-m", "service.cli", "serve", "--port", str(self.port), "--data", str(self.folder)]
        # A file cannot fill up and block the service, as a pipe that nobody reads would.
        self._log = (self.folder.parent / f"{self.folder.name}.log").open("a+")
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(command, env=environment, stdout=self._log, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + START_WITHIN_SECONDS
        while not self._is_ready():
            assert self._process.poll() is None and time.monotonic() < deadline, self.log()
            time.sleep(0.05)

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(STOP_WITHIN_SECONDS)
        finally:
            self._process.kill()
            self._log.close()

    def restart(self) -> None:
        self.stop()
        self.start()

    def log(self) -> str:
        self._log.seek(0)
        return self._log.read()

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                checks = json.loads(answer.read()).get("checks", {})
                return set(checks.values()) <= {"ok"}  # a worker among them
        except OSError:
            return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(folder: Path) -> Iterator[RunningService]:
    service = RunningService(folder)
    try:
        yield service
    finally:
        service.stop()
