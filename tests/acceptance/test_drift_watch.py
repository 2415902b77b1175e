"""Drift of a really running service is warned of once, whatever the number of workers and however one of them ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from service.operations.monitoring.watch import LEASE_SECONDS
from tests.acceptance.client import Client
from tests.acceptance.processes import until
from tests.acceptance.running import ROOT, running
from tests.receivers import receiver

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ROWS = 300


def rows(shift: float) -> list[dict[str, float]]:
    return [{"fat": place / ROWS + shift, "salt": (place * 7 % ROWS) / ROWS} for place in range(ROWS)]


def trained(client: Client) -> None:
    """A network that knows how its training rows were distributed."""
    lines = [f"{row['fat']},{row['salt']},{'yes' if row['fat'] > row['salt'] else 'no'}" for row in rows(0.0)]
    body = "\n".join(["fat,salt,liked", *lines]).encode()
    upload = urllib.request.Request(f"{client.url}/datasets?name=cheeses", body, {"Content-Type": "text/csv"})
    urllib.request.urlopen(upload, timeout=60).close()
    client.post("/networks", {"name": "cheese", "from_dataset": "cheeses", "target": "liked", "members": 1})
    body_of_job = {"network": "cheese", "dataset": "cheeses", "epochs": 2}
    assert client.post("/train", body_of_job, Prefer="wait=60")["status"] == "succeeded"


def start_worker(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "service.cli", "worker", "--data", str(folder)]
    return subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(ROOT)})


def kinds(client: Client) -> list[str]:
    return [event["kind"] for event in events(client) if event["kind"] != "callback"]


def events(client: Client) -> Any:
    return client.get("/networks/cheese/events?limit=1000")["data"]


def last_look(client: Client) -> Any:
    return client.get("/networks/cheese/drift")["watch"]["last_at"]


def wait_for_look(client: Client, after: Any) -> None:
    """Longer than the lease of a look that a killed worker had begun."""
    until(lambda: last_look(client) != after, "a look", within_seconds=LEASE_SECONDS + 60)


@pytest.mark.timeout(600)
def test_rows_that_shift_are_warned_of_once_and_again_after_they_were_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDFORWARD_CALLBACK_PRIVATE", "true")
    with receiver() as there, running(tmp_path / "data") as service:
        client = Client(service.url)
        trained(client)
        watch = {"every": 1, "rows": ROWS, "callback": there.url, "callback_secret": SECRET}
        settings = {"answer_log": {"min_rows": 100, "watch": watch}}
        assert client.ask("PATCH", "/networks/cheese", settings).status == 200
        others = [start_worker(service.folder) for _ in range(2)]

        def ask(shift: float, *expected: str) -> None:
            """Ask for rows, and wait for two looks at them."""
            client.post("/predict", {"network": "cheese", "inputs": rows(shift)})
            until(lambda: kinds(client) == list(expected), f"events {expected}")
            for _ in range(2):
                wait_for_look(client, last_look(client))
            assert kinds(client) == list(expected)

        try:
            ask(0.0)
            ask(5.0, "drift")
            os.kill(others[0].pid, signal.SIGKILL)
            ask(5.0, "drift")
            ask(0.0, "drift", "drift_ended")
            ask(5.0, "drift", "drift_ended", "drift")
            until(lambda: [e["kind"] for e in events(client)].count("callback") == 2, "both callbacks")
        finally:
            for other in others:
                other.kill()
                other.wait(30)
        warnings = [event for event in events(client) if event["kind"] == "drift"]
    assert [received.json["data"]["event"] for received in there.received] == [event["seq"] for event in warnings]
    for received, event in zip(there.received, warnings, strict=True):
        received.assert_signed_by(SECRET)
        assert received.json["type"] == "network.drift"
        assert received.json["data"] | event["data"] == received.json["data"]
        assert [column["name"] for column in event["data"]["columns"] if column["role"] == "input"] == ["fat"]
        assert event["data"]["rows"] == ROWS
