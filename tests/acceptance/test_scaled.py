"""The commands of docker-compose.yml by hand: web and worker apart, on PostgreSQL and Redis."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

import psycopg
import pytest
import redis

from tests.acceptance.client import Client
from tests.acceptance.processes import descendants, until
from tests.acceptance.running import ROOT, free_port
from tests.acceptance.test_nginx import AROUND, NGINX
from tests.compose import SERVICES, proxy_block

POSTGRES = os.environ.get("FEEDFORWARD_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("FEEDFORWARD_TEST_REDIS", "redis://127.0.0.1:6379/8")


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
        return [sys.executable, "-m", "service.cli", *SERVICES[name]["command"]]

    def run(self, name: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(name), cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=120
        )

    def output(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "service.cli", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True).stdout

    def start(self, name: str, **environment: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                self.command(name), cwd=self.folder, env=self.environment | environment, stdout=log, stderr=log
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


@dataclass
class Asked:
    """What a client of the proxy asks over and over, and which requests failed, when."""

    client: Client
    headers: dict[str, str]
    stopping: threading.Event = field(default_factory=threading.Event)
    answers: int = 0
    failures: list[tuple[float, str]] = field(default_factory=list)

    def run(self) -> None:
        while not self.stopping.is_set():
            for method, path, body in (
                ("GET", "/predict?network=or&x=1,0", None),
                ("POST", "/predict", {"network": "or", "inputs": [[0, 1]]}),
                ("GET", "/jobs", None),
            ):
                try:
                    status: int | str = self.client.ask(method, path, body, **self.headers).status
                except (OSError, HTTPException) as error:
                    status = repr(error)
                if status == 200:
                    self.answers += 1
                else:
                    self.failures.append((time.monotonic(), f"{method} {path}: {status}"))


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[tuple[int, list[int]]]:
    """The proxy of docker-compose.yml with two web servers: its port, and those of the servers."""
    if NGINX is None:
        needs("nginx", FileNotFoundError("nginx"))
    folder, port, inner = tmp_path / "proxy", free_port(), [free_port(), free_port()]
    folder.mkdir()
    servers = " ".join(f"server 127.0.0.1:{number};" for number in inner)
    block = proxy_block(folder).replace("server web:8000;", servers).replace("listen 80;", f"listen 127.0.0.1:{port};")
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, block=block))
    process = subprocess.Popen([str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf")])
    yield port, inner
    process.terminate()
    process.wait(30)


def test_of_two_web_servers_behind_the_proxy_one_may_be_killed(
    machine: Machine, proxy: tuple[int, list[int]], tmp_path: Path
) -> None:
    port, inner = proxy
    key_file = tmp_path / "admin_key"
    key_file.write_text(machine.output("keys", "generate"))
    assert machine.run("migrate").returncode == 0
    trusted = {"FEEDFORWARD_ADMIN_KEY_FILE": str(key_file), "FEEDFORWARD_TRUSTED_PROXIES": "127.0.0.1"}
    webs = [machine.start("web", FEEDFORWARD_PORT=str(number), **trusted) for number in inner]
    servers = [Client(f"http://127.0.0.1:{number}") for number in inner]
    for server in servers:
        until(lambda server=server: is_up(server), "a web server")
    client, key = Client(f"http://127.0.0.1:{port}"), {"Authorization": f"Bearer {key_file.read_text().strip()}"}
    spec = {"name": "or", "inputs": 2, "layers": [{"type": "dense", "units": 1}]}
    assert client.ask("POST", "/networks", spec, **key).status == 201

    page = {"Origin": client.url, "Sec_Fetch_Site": "same-origin"}
    signed_in = client.ask("POST", "/session", {"key": key_file.read_text().strip()}, **page)
    cookie = {"Cookie": signed_in.headers["set-cookie"].partition(";")[0]}
    host = {"Host": f"127.0.0.1:{port}"}  # A cookie's name has the port that the browser sees.
    assert [server.ask("GET", "/networks/or", **cookie, **host).status for server in servers] == [200, 200]
    assert [server.ask("GET", "/networks/or", **host).status for server in servers] == [401, 401]

    threads = 4
    asked = [Asked(client, headers) for headers in (key, cookie) for _ in range(threads // 2)]
    with ThreadPoolExecutor(threads) as pool:
        running = [pool.submit(one.run) for one in asked]
        until(lambda: all(one.answers > 20 for one in asked), "load")
        killed_at = time.monotonic()
        for pid in descendants(webs[0].pid) | {webs[0].pid}:
            os.kill(pid, signal.SIGKILL)
        before = [one.answers for one in asked]
        until(lambda: all(one.answers > count + 60 for one, count in zip(asked, before, strict=True)), "answers")
        for one in asked:
            one.stopping.set()
        for future in running:
            future.result(30)
    failures = [failure for one in asked for failure in one.failures]
    # At most what each client had under way.
    assert len(failures) <= threads and all(moment - killed_at < 5 for moment, _ in failures), failures
    assert not is_up(servers[0]) and is_up(servers[1])


def is_up(client: Client) -> bool:
    try:
        return client.ask("GET", "/healthz").status == 200
    except (OSError, HTTPException):
        return False
