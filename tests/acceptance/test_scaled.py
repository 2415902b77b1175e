"""The commands of docker-compose.yml by hand: web and worker apart, on PostgreSQL and Redis."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
import yaml

from tests.acceptance.client import Client
from tests.acceptance.processes import until
from tests.acceptance.running import ROOT, free_port

POSTGRES = os.environ.get("FEEDFORWARD_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("FEEDFORWARD_TEST_REDIS", "redis://127.0.0.1:6379/8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def needs(what: str, error: Exception) -> None:
    if os.environ.get("CI"):
        raise error
    pytest.skip(f"No {what}: {error}")


@pytest.fixture
def database_url() -> Iterator[str]:
    name = f"feedforward_test_{uuid.uuid4().hex[:12]}"
    try:
        server = psycopg.connect(POSTGRES, autocommit=True)
    except psycopg.OperationalError as error:
        needs("PostgreSQL", error)
    with server:
        server.execute(f"CREATE DATABASE {name}")
        yield POSTGRES.rpartition("/")[0] + f"/{name}"
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def queue_url() -> Iterator[str]:
    with redis.Redis.from_url(REDIS) as server:
        try:
            server.flushdb()
        except redis.ConnectionError as error:
            needs("Redis", error)
        yield REDIS
        server.flushdb()


class Machine:
    """Where the containers would run: one environment, one command each."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.client = Client(f"http://127.0.0.1:{self.port}")
        self.environment = os.environ | {"PYTHONPATH": str(ROOT), "FEEDFORWARD_PORT": str(self.port)} | environment
        self.started: list[subprocess.Popen[bytes]] = []

    def command(self, name: str) -> list[str]:
        return [sys.executable, "-m", "service.cli", *COMPOSE[name]["command"]]

    def run(self, name: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(name), cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=120
        )

    def start(self, name: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                self.command(name), cwd=self.folder, env=self.environment, stdout=log, stderr=log
            )
        self.started.append(process)
        return process

    def ready(self) -> bool:
        try:
            return set(self.client.ask("GET", "/readyz").json.get("checks", {}).values()) == {"ok"}
        except OSError:
            return False

    def stop(self) -> list[int]:
        for process in self.started:
            process.terminate()
        return [process.wait(60) for process in self.started]


@pytest.fixture
def machine(tmp_path: Path, database_url: str, queue_url: str) -> Iterator[Machine]:
    machine = Machine(tmp_path, DATABASE_URL=database_url, QUEUE_URL=queue_url)
    yield machine
    for process in machine.started:
        process.kill()
        process.wait()


def test_web_and_workers_apart_train_a_network_on_postgresql_and_redis(machine: Machine) -> None:
    too_early = machine.run("web")
    assert too_early.returncode == 1
    assert "Run upgrade-db." in too_early.stderr and "Traceback" not in too_early.stderr

    assert machine.run("migrate").returncode == 0
    assert machine.run("migrate").returncode == 0  # every start of the whole does it again
    for name in ("worker", "worker", "web"):
        machine.start(name)
    until(machine.ready, "readiness")

    spec = {"name": "or", "inputs": 2, "seed": 1, "layers": [{"type": "dense", "units": 1, "activation": "sigmoid"}]}
    machine.client.post("/networks", {**spec, "loss": "binary_cross_entropy"})
    table = {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [[0], [1], [1], [1]]}
    job = machine.client.train("or", table, epochs=300, optimizer={"type": "adam", "learning_rate": 0.05})
    assert job["epoch"] == 300
    assert len(machine.client.get(f"/jobs/{job['id']}/history?limit=300")["data"]) == 300
    assert machine.client.get("/predict?network=or&x=1,0")["outputs"][0][0] > 0.5

    assert machine.stop() == [0, 0, 0]
    # Nothing was kept beside the database: neither folder nor file.
    assert sorted(path.name for path in machine.folder.iterdir()) == ["web.log", "worker.log"]
