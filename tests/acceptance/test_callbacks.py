"""From a request over HTTP to the receiver's door, by configuration alone."""

from pathlib import Path

import pytest

from tests.acceptance.client import Client
from tests.acceptance.processes import until
from tests.acceptance.running import running
from tests.receivers import receiver

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NETWORK = {"name": "or", "inputs": 2, "seed": 1, "layers": [{"type": "dense", "units": 1, "activation": "sigmoid"}]}
DATA = {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [[0], [1], [1], [1]]}


def test_a_running_service_calls_back_as_it_was_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDFORWARD_CALLBACK_SECRET", SECRET)
    monkeypatch.setenv("FEEDFORWARD_CALLBACK_PRIVATE", "true")
    monkeypatch.setenv("FEEDFORWARD_MAX_JOB_BYTES", str(64 * 2**20))
    with receiver() as there, running(tmp_path / "data") as service:
        client = Client(service.url)
        client.post("/networks", NETWORK)
        job = client.train("or", DATA, epochs=5, callback=there.url)
        path = f"/jobs/{job['id']}/events"
        until(lambda: client.get(path)["data"][-1]["kind"] == "callback", "the note of the callback")
        assert client.get(path)["data"][-1]["data"]["delivered"]
        assert SECRET not in service.log()
    [received] = there.received
    received.assert_signed_by(SECRET)
    assert received.json["data"]["job"] == job["id"]
    assert {name: received.json["data"][name] for name in ("epoch", "rows", "finished_at")} == {
        name: job[name] for name in ("epoch", "rows", "finished_at")
    }
