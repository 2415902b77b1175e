"""Clients that send a body slowly, in part or never: they get an answer in time, and take nothing from the others."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks.proc import children_of, shared_memory_of
from tests.acceptance.client import Client
from tests.acceptance.running import RunningService, running

NETWORK = {"name": "or", "inputs": 2, "layers": [{"type": "dense", "units": 1}]}
CSV = b"a,b\n1,2\n3,4\n"
FORM = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="t.csv"\r\n\r\n%s\r\n--edge--\r\n' % CSV


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """With few threads and little patience."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("FEEDFORWARD_WEB_THREADS", "4")
        monkeypatch.setenv("FEEDFORWARD_MAX_STREAMS", "2")
        monkeypatch.setenv("FEEDFORWARD_BODY_FIRST_BYTE_SECONDS", "2")
        folder: Path = tmp_path_factory.mktemp("slow") / "data"
        with running(folder) as started:
            Client(started.url).post("/networks", NETWORK)
            yield started


def connect(service: RunningService) -> socket.socket:
    return socket.create_connection(("127.0.0.1", service.port), timeout=30)


def head(method: str, path: str, *headers: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode()


JSON = "Content-Type: application/json"
MULTIPART = "Content-Type: multipart/form-data; boundary=edge"
CHUNKED = "Transfer-Encoding: chunked"
#: What is sent before the silence.
UNFINISHED = {
    "one byte": head("POST", "/predict", JSON, "Content-Length: 1000") + b"{",
    "no byte": head("POST", "/predict", JSON, "Content-Length: 1000"),
    "one chunk": head("POST", "/train", JSON, CHUNKED) + b"1\r\n{\r\n",
    "a body of GET": head("GET", "/healthz", "Content-Length: 1000") + b"x",
    "a body of DELETE": head("DELETE", "/networks/none", "Content-Length: 1000") + b"x",
    "a body where nothing is": head("POST", "/nothing", "Content-Length: 1000") + b"x",
    "a file": head("POST", "/datasets?name=slow", "Content-Type: text/csv", "Content-Length: 1000") + CSV,
    "a form": head("POST", "/datasets?name=slow", MULTIPART, "Content-Length: 1000") + FORM[:80],
    "headers": b"POST /predict HTTP/1.1\r\nHost: local",
}


def read_answer(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """The next answer, by its length."""
    with connection.makefile("rb") as stream:
        status = int(stream.readline().split()[1])
        headers = {}
        while (line := stream.readline().strip()) != b"":
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        return status, headers, stream.read(int(headers.get("content-length", 0)))


@pytest.mark.parametrize("kind", UNFINISHED)
def test_more_unfinished_requests_than_threads_leave_room_for_all_others(service: RunningService, kind: str) -> None:
    client = Client(service.url)
    with ExitStack() as stack:
        for _ in range(64):
            stack.enter_context(connect(service)).sendall(UNFINISHED[kind])
        assert client.ask("GET", "/healthz").status == 200
        assert client.get("/predict?network=or&x=1,2")["outputs"]
        assert client.post("/predict", {"network": "or", "inputs": [[1, 2]]})["outputs"]
        assert client.ask("POST", "/datasets", [{kind: 1}]).status == 201


@pytest.mark.parametrize("kind", ["no byte", "a form", "a body of GET"])
def test_a_body_that_does_not_begin_or_go_on_is_given_up_and_its_connection_closed(
    service: RunningService, kind: str
) -> None:
    silent = head("POST", "/predict", JSON, "Content-Length: 5") if kind == "no byte" else UNFINISHED[kind]
    with connect(service) as connection:
        connection.sendall(silent)
        status, headers, body = read_answer(connection)
        assert (status, json.loads(body)["type"]) == (408, "/problems/body_too_slow")
        assert headers["content-type"] == "application/problem+json"
        assert headers["connection"] == "close"
        assert connection.recv(1) == b""
    assert Client(service.url).ask("GET", "/problems/body_too_slow").status == 200


def test_a_body_byte_by_byte_is_given_up(service: RunningService) -> None:
    with connect(service) as connection:
        connection.sendall(head("POST", "/predict", JSON, "Content-Length: 100000"))
        answered = threading.Event()
        threading.Thread(target=drip, args=(connection, answered), daemon=True).start()
        status, _, _ = read_answer(connection)
        answered.set()
        assert status == 408


def drip(connection: socket.socket, until: threading.Event) -> None:
    while not until.wait(0.2):
        try:
            connection.sendall(b" ")
        except OSError:
            return


def test_a_body_in_parts_and_in_chunks_is_read_whole(service: RunningService) -> None:
    body = json.dumps({"network": "or", "inputs": [[1, 2]]}).encode()
    for length in (f"Content-Length: {len(body)}", CHUNKED):
        with connect(service) as connection:
            connection.sendall(head("POST", "/predict", JSON, length))
            for start in range(0, len(body), 10):
                part = body[start : start + 10]
                connection.sendall(b"%x\r\n%s\r\n" % (len(part), part) if length is CHUNKED else part)
                time.sleep(0.02)
            if length is CHUNKED:
                connection.sendall(b"0\r\n\r\n")
            status, _, answer = read_answer(connection)
            assert (status, len(json.loads(answer)["outputs"])) == (200, 1)


def test_a_body_in_very_many_chunks_of_one_byte_costs_no_more_memory_than_its_bytes(service: RunningService) -> None:
    chunks = 100_000
    ended, statuses = threading.Event(), set()

    def ask() -> None:
        while not ended.wait(0.05):
            statuses.add(Client(service.url).ask("GET", "/healthz").status)

    asking = threading.Thread(target=ask, daemon=True)
    before = memory_of(service)
    with connect(service) as connection:
        asking.start()
        connection.sendall(head("POST", "/predict", JSON, CHUNKED) + b"1\r\n \r\n" * chunks + b"0\r\n\r\n")
        status, _, _ = read_answer(connection)
    ended.set()
    asking.join(30)
    assert (status, statuses) == (400, {200})
    assert memory_of(service) - before < 300 * chunks


def memory_of(service: RunningService) -> int:
    return sum(shared_memory_of(int(child)) for child in children_of(service.pid))


@pytest.mark.parametrize(
    "sent",
    [
        head("POST", "/predict", JSON, "Content-Length: 50") + b"{",
        head("POST", "/predict", JSON, CHUNKED) + b"1\r\n{\r\n",
    ],
    ids=["length", "chunks"],
)
def test_a_body_that_is_cut_off_reaches_no_view(service: RunningService, sent: bytes) -> None:
    with connect(service) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        rest = connection.makefile("rb").read()
    assert rest == b"" or rest.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("size", [f"Content-Length: {10**9}", CHUNKED])
def test_a_body_that_is_too_large_is_rejected_before_it_has_come(service: RunningService, size: str) -> None:
    with connect(service) as connection:
        connection.sendall(head("POST", "/predict", JSON, size))
        sending = threading.Thread(target=send_chunks, args=(connection,), daemon=True)
        if size is CHUNKED:
            sending.start()
        status, headers, body = read_answer(connection)
    assert (status, json.loads(body)["type"]) == (413, "/problems/request_entity_too_large")
    assert "67,108,864 bytes" in json.loads(body)["detail"]
    assert headers["connection"] == "close"


def send_chunks(connection: socket.socket) -> None:
    piece = b" " * 2**20
    try:
        for _ in range(80):
            connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
    except OSError:  # answered and closed
        pass


def test_a_body_is_asked_for_only_when_it_may_come(service: RunningService) -> None:
    body = json.dumps({"network": "or", "inputs": [[1, 2]]}).encode()
    expecting = [JSON, f"Content-Length: {len(body)}", "Expect: 100-continue"]
    with connect(service) as connection:
        connection.sendall(head("POST", "/predict", *expecting))
        assert connection.recv(100).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
        connection.sendall(body)
        assert read_answer(connection)[0] == 200
    with connect(service) as connection:
        connection.sendall(head("POST", "/predict", *expecting, "Origin: http://evil.test"))
        assert read_answer(connection)[0] == 403


def test_requests_behind_each_other_are_answered_in_their_order(service: RunningService) -> None:
    body = json.dumps({"network": "or", "inputs": [[1, 2]]}).encode()
    post = head("POST", "/predict", JSON, f"Content-Length: {len(body)}") + body
    with connect(service) as connection:
        connection.sendall(post + head("GET", "/healthz") + post + head("GET", "/nothing", "Connection: close"))
        statuses = re.findall(rb"HTTP/1\.1 (\d+)", connection.makefile("rb").read())
    assert statuses == [b"200", b"200", b"200", b"404"]


def test_a_large_file_is_received_in_chunks_without_a_length(service: RunningService) -> None:
    table = b"a,b\n" + b"1,2\n" * 700_000
    with connect(service) as connection:
        connection.sendall(head("POST", "/datasets?name=chunked", "Content-Type: text/csv", CHUNKED))
        for start in range(0, len(table), 100_000):
            part = table[start : start + 100_000]
            connection.sendall(b"%x\r\n%s\r\n" % (len(part), part))
        connection.sendall(b"0\r\n\r\n")
        status, _, body = read_answer(connection)
    assert (status, json.loads(body)["rows"]) == (201, 700_000)
    assert json.loads(body)["size_bytes"] == len(table)


def test_a_stop_does_not_wait_for_bodies(tmp_path: Path) -> None:
    with running(tmp_path / "data") as service, connect(service) as connection:
        connection.sendall(UNFINISHED["one byte"])
        time.sleep(0.3)
        service.stop()
        status, _, body = read_answer(connection)
        assert (status, json.loads(body)["type"]) == (503, "/problems/stopping")
        service.start()
