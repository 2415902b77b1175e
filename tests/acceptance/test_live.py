"""Event streams of a really started service: through a restart, and when all their places are taken."""

from __future__ import annotations

import os
import signal
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.client import Client
from tests.acceptance.processes import descendants, wait_until_gone
from tests.acceptance.running import RunningService, running
from tests.api.sse import STREAM, messages, told

#: Of a millisecond or two each, so that the run is still at work when it is disturbed.
EPOCHS = 3000
NETWORK = {"name": "or", "inputs": 2, "seed": 1, "layers": [{"type": "dense", "units": 1, "activation": "sigmoid"}]}
DATA = {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]] * 100, "targets": [[0], [1], [1], [1]] * 100}


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningService]:
    monkeypatch.setenv("FEEDFORWARD_LEASE_SECONDS", "5")
    monkeypatch.setenv("FEEDFORWARD_SWEEP_SECONDS", "1")
    monkeypatch.setenv("FEEDFORWARD_WEB_THREADS", "4")
    monkeypatch.setenv("FEEDFORWARD_MAX_STREAMS", "3")
    with running(tmp_path / "data") as started:
        Client(started.url).post("/networks", NETWORK)
        yield started


def submit(service: RunningService, epochs: int, **options: Any) -> str:
    body = {"network": "or", "data": DATA, "epochs": epochs, "batch_size": 4, **options}
    return str(Client(service.url).post("/train", body)["id"])


def opened(service: RunningService, job: str, last_id: str | None) -> HTTPResponse:
    headers = {**STREAM, **({"Last-Event-ID": last_id} if last_id else {})}
    response = urllib.request.urlopen(
        urllib.request.Request(f"{service.url}/jobs/{job}/events", headers=headers), timeout=60
    )
    assert isinstance(response, HTTPResponse)
    return response


def blocks(response: HTTPResponse) -> Iterator[str]:
    """The stream cut into its messages, as far as it comes."""
    block = ""
    for line in response:
        block += line.decode()
        if block.endswith("\n\n"):
            yield block
            block = ""


def test_through_a_restart_of_everything_each_epoch_and_event_is_reported_once(service: RunningService) -> None:
    job = submit(service, EPOCHS, epochs_per_second=600)  # so that it is not over before the restart
    found = []
    with opened(service, job, None) as stream:
        for block in blocks(stream):
            found += messages(block)
            if found and found[-1][0] == "epochs":
                break
    processes = descendants(service.pid)
    os.kill(service.pid, signal.SIGKILL)
    wait_until_gone(processes)
    service.restart()
    while found[-1][0] != "end":
        with opened(service, job, found[-1][2]) as stream:
            for block in blocks(stream):
                found += messages(block)
    everything = list(told(found))
    assert len(everything) == len(set(everything))
    assert [number for _, kind, number in everything if kind == "epoch"] == list(range(1, EPOCHS + 1))
    listed = Client(service.url).get(f"/jobs/{job}/events?limit=1000")["data"]
    assert [number for _, kind, number in everything if kind == "event"] == [event["seq"] for event in listed]
    assert [event["kind"] for event in listed].count("started") == 2
    assert opened(service, job, "end").status == 204


def test_streams_that_take_all_their_places_leave_threads_for_everything_else(service: RunningService) -> None:
    client = Client(service.url)
    job = submit(service, 1_000_000)
    with ExitStack() as streams:
        for _ in range(3):
            assert next(blocks(streams.enter_context(opened(service, job, None)))) == "retry: 1000\n\n"
        rejected = client.ask("GET", f"/jobs/{job}/events", **STREAM)
        assert (rejected.status, rejected.json["type"]) == (503, "/problems/too_many_streams")
        assert {name.lower(): value for name, value in rejected.headers.items()}["retry-after"].isdecimal()
        assert client.get(f"/jobs/{job}")["status"] in ("queued", "running")
