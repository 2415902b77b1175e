"""A service of the demo's own, in a temporary folder, for as long as the demo lasts."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.demo.errors import DemoFailed

START_WITHIN_SECONDS = 60.0
STOP_WITHIN_SECONDS = 30.0


@contextmanager
def own_service() -> Iterator[str]:
    """Start a service and yield its address; afterwards nothing of it is left."""
    with tempfile.TemporaryDirectory(prefix="feedforward-demo-") as folder:
        port = free_port()
        log = Path(folder) / "service.log"
        command = [sys.executable, "-m", "service.cli", "serve", "--port", str(port), "--data", folder]
        # The terminal's Ctrl-C is for the demo, which then stops its service in order.
        with log.open("wb") as output:
            process = subprocess.Popen(command, env=embedded(), stdout=output, stderr=output, process_group=0)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for_answer(url, process, log)
            yield url
        finally:
            stop(process)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def embedded() -> dict[str, str]:
    """The environment without variables for other databases and queues."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("FEEDFORWARD_") and name not in ("DATABASE_URL", "QUEUE_URL")
    }


def wait_for_answer(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url + "/readyz", timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise DemoFailed(f"The service did not start:\n{log.read_text(errors='replace')}")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
