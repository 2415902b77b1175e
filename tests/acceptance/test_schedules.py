"""A schedule of a really started service: what it missed while nothing ran, several workers run once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.client import Client
from tests.acceptance.running import ROOT, RunningService, running
from tests.storage.makers import execute

PATIENCE_SECONDS = 60
NETWORK = {"name": "or", "inputs": ["a", "b"], "layers": [{"type": "dense", "units": 1, "activation": "sigmoid"}]}
TRAIN = {"network": "or", "dataset": "rows", "target": "or", "epochs": 3}


def upload(client: Client, rows: int) -> None:
    body = ("a,b,or\n" + "0,1,1\n0,0,0\n" * rows).encode()
    headers = {"Content-Type": "text/csv"}
    request = urllib.request.Request(f"{client.url}/datasets?name=rows&revision=true", body, headers)
    with urllib.request.urlopen(request, timeout=60) as response:
        assert response.status == 201


def start_worker(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "service.cli", "worker", "--data", str(folder)]
    return subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(ROOT)})


def wait_for_end(client: Client) -> Any:
    """The schedule, once its job has ended."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        schedule = client.get("/schedules/yearly")
        if schedule["last_job"] and schedule["last_job"]["status"] in ("succeeded", "failed"):
            return schedule
        time.sleep(0.1)
    raise AssertionError(client.get("/schedules/yearly"))


def miss_a_year(service: RunningService) -> None:
    """The service stops, its schedule was due for a year, and it starts again."""
    service.stop()
    execute(
        f"sqlite:///{service.folder / 'feedforward.db'}", "UPDATE schedules SET next_at = next_at - 2 * 366 * 86400"
    )
    service.start()


@pytest.mark.timeout(300)
def test_what_was_missed_is_run_once_by_several_workers_on_the_newest_rows(tmp_path: Path) -> None:
    with running(tmp_path / "data") as service:
        client = Client(service.url)
        client.post("/networks", NETWORK)
        upload(client, 1)
        made = client.post("/schedules", {"name": "yearly", "cron": "0 0 1 1 *", "train": TRAIN})
        live = client.get("/predict?network=or&a=0&b=1")["snapshot"]
        upload(client, 2)
        others = [start_worker(service.folder) for _ in range(2)]
        try:
            miss_a_year(service)
            schedule = wait_for_end(client)
        finally:
            for other in others:
                other.terminate()
            for other in others:
                other.wait(PATIENCE_SECONDS)
        [job] = client.get("/jobs")["data"]
        assert (job["status"], job["origin"]) == ("succeeded", "schedule")
        assert (job["options"]["dataset"]["revision"], job["rows"]) == (2, 4)
        assert schedule["last_job"] == {"id": job["id"], "status": "succeeded", "error": None}
        assert schedule["next_run_at"] == made["next_run_at"]
        assert client.get("/predict?network=or&a=0&b=1")["snapshot"] == live
