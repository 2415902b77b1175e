"""`./run` itself: what a newcomer types, and what Ctrl-C leaves behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.client import Client
from tests.acceptance.processes import alive, command_of, descendants, until, wait_until_gone
from tests.acceptance.running import ROOT, free_port

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes by /proc")

READY = re.compile(r"Feedforward is ready at (http://127\.0\.0\.1:[0-9]+)")
XOR = {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [[0], [1], [1], [0]]}
NETWORK = {
    "name": "xor",
    "inputs": 2,
    "seed": 3,
    "loss": "binary_cross_entropy",
    "layers": [
        {"type": "dense", "units": 6, "activation": "tanh"},
        {"type": "dense", "units": 1, "activation": "sigmoid"},
    ],
}


class Run:
    """One `./run`, with a terminal's process group of its own."""

    def __init__(self, data: Path, *arguments: str) -> None:
        self.output = data.parent / f"{data.name}.output"
        command = [str(ROOT / "run"), "--port", str(free_port()), "--data", str(data), *arguments]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
        until(lambda: self.said(READY) or self.process.poll() is not None, "the address")
        found = self.said(READY)
        assert found, self.text()
        self.client = Client(found[1])
        until(self.has_all_parts, "readiness")
        self.pids = {self.process.pid} | descendants(self.process.pid)

    def has_all_parts(self) -> bool:
        """A worker among them, without which the service is ready too."""
        return set(self.client.ask("GET", "/readyz").json["checks"].values()) == {"ok"}

    def text(self) -> str:
        return self.output.read_text(errors="replace")

    def said(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        return pattern.search(self.text())

    def interrupt(self) -> int:
        """Press Ctrl-C: the terminal sends it to every process of the group."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(60)

    def find(self, word: str) -> int:
        return next(pid for pid in descendants(self.process.pid) if word in command_of(pid))


@contextmanager
def run(data: Path, *arguments: str) -> Iterator[Run]:
    started = Run(data, *arguments)
    try:
        yield started
    finally:
        left = alive(started.pids | descendants(started.process.pid))
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        started.process.wait()


def train(client: Client, **options: Any) -> Any:
    return client.post("/train", {"network": "xor", "data": XOR, **options})


def test_what_was_made_is_still_there_after_ctrl_c_and_a_second_start(tmp_path: Path) -> None:
    with run(tmp_path / "data") as first:
        assert first.client.ask("POST", "/networks", NETWORK).status == 201
        job = first.client.train("xor", XOR, epochs=50)
        outputs = first.client.get("/predict?network=xor&x=0,1")["outputs"]
        history = first.client.get(f"/jobs/{job['id']}/history")
        assert first.interrupt() == 0
        wait_until_gone(first.pids)
        assert "Traceback" not in first.text()

    with run(tmp_path / "data") as second:
        assert second.client.get("/predict?network=xor&x=0,1")["outputs"] == outputs
        assert second.client.get(f"/jobs/{job['id']}/history") == history
        assert "Installing" not in second.text() and "Creating" not in second.text()
        second.process.terminate()
        assert second.process.wait(60) == 0
        wait_until_gone(second.pids)


def test_ctrl_c_in_the_middle_of_a_training_lets_it_go_on_at_the_next_start(tmp_path: Path) -> None:
    with run(tmp_path / "data") as first:
        first.client.post("/networks", NETWORK)
        job = train(first.client, epochs=100_000)
        until(lambda: first.client.get(f"/jobs/{job['id']}")["epoch"] > 0, "a first epoch")
        first.pids |= descendants(first.process.pid)
        assert first.interrupt() == 0
        wait_until_gone(first.pids)

    with run(tmp_path / "data") as second:
        at_start = second.client.get(f"/jobs/{job['id']}")
        assert 0 < at_start["epoch"] < 100_000
        until(lambda: second.client.get(f"/jobs/{job['id']}")["epoch"] > at_start["epoch"], "a later epoch")


def test_an_open_event_stream_ends_whole_when_the_service_stops(tmp_path: Path) -> None:
    with run(tmp_path / "data") as service:
        service.client.post("/networks", NETWORK)
        job = train(service.client, epochs=1_000_000)
        wanted = urllib.request.Request(
            f"{service.client.url}/jobs/{job['id']}/events", headers={"Accept": "text/event-stream"}
        )
        with urllib.request.urlopen(wanted, timeout=60) as stream:
            assert stream.readline().startswith(b"retry:")
            service.process.terminate()
            stream.read()  # raises IncompleteRead where the stream is cut off
        assert service.process.wait(60) == 0


def test_nothing_outlives_a_service_that_is_killed(tmp_path: Path) -> None:
    with run(tmp_path / "data") as service:
        service.process.kill()
        service.process.wait()
        wait_until_gone(service.pids)


def test_a_worker_that_dies_is_started_again(tmp_path: Path) -> None:
    with run(tmp_path / "data") as service:
        service.client.post("/networks", NETWORK)
        worker = service.find("service.cli worker")
        os.kill(worker, signal.SIGKILL)
        until(lambda: "is started again" in service.text(), "a new worker")
        assert service.client.train("xor", XOR, epochs=5)["epoch"] == 5
        assert service.find("service.cli worker") != worker
        assert service.interrupt() == 0


def test_a_web_process_that_dies_is_started_again(tmp_path: Path) -> None:
    with run(tmp_path / "data") as service:
        kill_web_process(service)
        assert service.interrupt() == 0


def test_web_processes_that_die_one_after_another_do_not_end_the_service(tmp_path: Path) -> None:
    with run(tmp_path / "data") as service:
        service.client.post("/networks", NETWORK)
        job = train(service.client, epochs=1_000_000)
        for _ in range(2):
            kill_web_process(service)
        assert service.process.poll() is None
        until(lambda: service.client.get(f"/jobs/{job['id']}")["status"] == "running", "the job to go on")
        service.pids |= descendants(service.process.pid)
        assert service.interrupt() == 0
        wait_until_gone(service.pids)


def test_a_web_process_that_is_frozen_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDFORWARD_FROZEN_SECONDS", "5")
    with run(tmp_path / "data") as service:
        web = service.find("service.cli serve")
        os.kill(web, signal.SIGSTOP)
        until(lambda: web not in alive({web}), "its end")
        until(lambda: answers(service.client), "a new web process")
        assert f"Web process {web} has done nothing for 5 s and is replaced" in service.text()
        assert service.interrupt() == 0


def test_only_its_own_user_can_read_what_the_service_keeps(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "uploads" / "upload-left-over").mkdir(parents=True)
    data.chmod(0o755)
    with run(data) as service:
        service.client.post("/networks", NETWORK)
        assert service.client.ask("POST", "/datasets", [{"a": 1}]).status == 201
        assert not (data / "uploads" / "upload-left-over").exists()
        assert data.stat().st_mode & 0o777 == 0o700
        files = [path for path in data.iterdir() if path.is_file()]
        assert {"feedforward.db", "queue.db"} <= {path.name for path in files}
        assert [path.name for path in files if path.stat().st_mode & 0o077] == []
        assert service.interrupt() == 0


def kill_web_process(service: Run) -> None:
    """And wait for the next one."""
    web = service.find("service.cli serve")
    os.kill(web, signal.SIGKILL)
    until(lambda: web not in alive({web}), "its end")
    until(lambda: answers(service.client), "a new web process")


def answers(client: Client) -> bool:
    try:
        return client.ask("GET", "/healthz").status == 200
    except (OSError, HTTPException):
        return False
