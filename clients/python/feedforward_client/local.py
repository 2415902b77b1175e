"""A service of one's own, started from a checkout."""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import httpx

from feedforward_client.errors import FeedforwardError

STOP_SECONDS = 30


class LocalService:
    """`./run` on a free port; stopped by `stop` or when this process exits."""

    def __init__(self, folder: Path, checkout: Path, start_seconds: float) -> None:
        run = checkout.resolve() / "run"
        if not run.is_file():
            raise FileNotFoundError(f"{checkout} is no checkout of Feedforward: it has no ./run")
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._log = tempfile.TemporaryFile("w+", errors="replace", prefix="feedforward-")  # noqa: SIM115 -- closed by stop
        command = [str(run), "--port", str(port), "--data", str(folder.resolve())]
        # A session of its own: Ctrl-C in a notebook interrupts the cell and not the service.
        self._process = subprocess.Popen(
            command, env=_environment(), stdout=self._log, stderr=self._log, start_new_session=True
        )
        atexit.register(self.stop)
        self._wait_until_ready(start_seconds)

    def stop(self) -> None:
        """Ends the service in order; a second call does nothing."""
        atexit.unregister(self.stop)
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._log.close()

    def _wait_until_ready(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/readyz", timeout=5).is_success:
                    return
            except httpx.TransportError:
                pass  # Not yet.
            time.sleep(0.1)
        self._log.seek(0)
        text = self._log.read()[-2000:]
        self.stop()
        raise FeedforwardError(f"The service did not start within {seconds} s:\n{text}")


def _environment() -> dict[str, str]:
    """Without variables that would lead to another database, queue or address."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("FEEDFORWARD_")
        and name not in ("DATABASE_URL", "QUEUE_URL", "DATABASE_URL_FILE", "QUEUE_URL_FILE")
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
