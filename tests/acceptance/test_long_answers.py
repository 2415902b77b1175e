"""Long answers to readers that read, that stall, and that are many."""

from __future__ import annotations

import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
from safetensors.numpy import load

from benchmarks.proc import children_of, shared_memory_of
from tests.acceptance.client import Client
from tests.acceptance.processes import until
from tests.acceptance.running import RunningService, running

EPOCHS = 100_000
COPIES = """INSERT INTO epochs SELECT e.job_id, n.value, e.loss, e.loss_kind, e.val_loss, e.val_loss_kind,
    e.learning_rate, e.learning_rate_kind, e.gradient_norm, e.gradient_norm_kind, e.seconds, e.metrics, e.layers,
    e.fits
    FROM epochs AS e, (WITH RECURSIVE n(value) AS (SELECT 2 UNION ALL SELECT value + 1 FROM n WHERE value < ?)
    SELECT value FROM n) AS n"""
#: What a quarter of the threads of a web process can send.
MOST = 16
MEBIBYTE = 2**20


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FEEDFORWARD_STALLED_ANSWER_SECONDS", "8")
        with running(tmp_path_factory.mktemp("long") / "data") as started:
            yield started


@pytest.fixture(scope="module")
def path(service: RunningService) -> str:
    """Of a history of ten megabytes."""
    client = Client(service.url)
    client.post("/networks", {"name": "long", "inputs": 1, "layers": [{"type": "dense", "units": 1}]})
    job = client.train("long", {"inputs": [[1]], "targets": [[1]]}, epochs=1)["id"]
    with closing(sqlite3.connect(service.folder / "feedforward.db", timeout=30)) as database, database:
        database.execute(COPIES, (EPOCHS,))
        database.execute("UPDATE jobs SET epoch = ?", (EPOCHS,))
    return f"/jobs/{job}/history?format=ndjson"


def opened(service: RunningService, path: str) -> socket.socket:
    """A connection over which a long answer has begun, whose reader takes little at a time."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    connection.settimeout(60)
    connection.connect(("127.0.0.1", service.port))
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{service.port}\r\n\r\n".encode())
    return connection


def memory_of(service: RunningService) -> int:
    return sum(shared_memory_of(int(child)) for child in children_of(service.pid))


def test_a_reader_that_reads_gets_every_line(service: RunningService, path: str) -> None:
    lines = Client(service.url).ask("GET", path).body.splitlines()
    assert len(lines) == EPOCHS
    assert b'"epoch":100000,' in lines[-1]


def test_a_reader_that_stalls_holds_little_memory_and_sees_that_the_answer_broke(
    service: RunningService, path: str
) -> None:
    Client(service.url).ask("GET", path)  # The first one loads what all of them need.
    before = memory_of(service)
    with opened(service, path) as connection:
        received = connection.recv(65_536)
        assert received.startswith(b"HTTP/1.1 200")
        until(lambda: "was disconnected" in service.log(), "the end of the answer", within_seconds=30)
        assert memory_of(service) - before < 8 * MEBIBYTE
        try:
            while piece := connection.recv(65_536):
                received = received[-10:] + piece
        except ConnectionResetError:
            pass
        assert not received.endswith(b"\r\n0\r\n\r\n")


@pytest.fixture(scope="module")
def weights(service: RunningService) -> str:
    """Of a network with twelve megabytes of them, whose length is known before the first byte is sent."""
    layer = {"type": "dense", "units": 3000}
    Client(service.url).post("/networks", {"name": "wide", "inputs": 1000, "layers": [layer]})
    return "/networks/wide/weights?format=safetensors"


def test_a_long_answer_of_known_length_arrives_whole_and_says_how_long_it_is(
    service: RunningService, weights: str
) -> None:
    answer = Client(service.url).ask("GET", weights)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    assert len(answer.body) > 12_000_000 and headers["content-length"] == str(len(answer.body))
    assert "transfer-encoding" not in headers
    assert sorted(load(answer.body)) == ["dense_1.biases", "dense_1.weights"]


def test_a_reader_that_stalls_in_one_is_disconnected_too(service: RunningService, weights: str) -> None:
    """Otherwise the server would keep all of it for each such reader, as long as that likes."""
    ended = service.log().count("was disconnected")
    with opened(service, weights) as connection:
        received = len(connection.recv(65_536))
        until(lambda: service.log().count("was disconnected") > ended, "the end of the answer", within_seconds=30)
        try:
            while piece := connection.recv(65_536):
                received += len(piece)
        except ConnectionResetError:
            pass
        assert received < 12_000_000


def test_many_that_stall_leave_threads_for_everybody_else(service: RunningService, path: str) -> None:
    client = Client(service.url)
    with ExitStack() as stack:
        for _ in range(MOST):
            stack.enter_context(opened(service, path)).recv(1000)
        rejected = client.ask("GET", path)
        assert (rejected.status, rejected.json["type"]) == (503, "/problems/too_many_long_answers")
        short = re.sub("format=ndjson", "format=ndjson&limit=10", path)
        assert client.ask("GET", short).body.count(b"\n") == 10
        assert client.ask("GET", "/networks").status == 200
    until(lambda: client.ask("GET", path).status == 200, "an answer once the readers have gone")
