"""Data sets at a really running service: through its own server, to its own worker."""

from __future__ import annotations

import gzip
import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest

from tests.acceptance.running import ROOT, RunningService

PENGUINS = (ROOT / "service" / "demo" / "penguins.csv").read_bytes()


def ask(service: RunningService, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any]:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(f"{service.url}{path}", data=body, method=method, headers=given)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def names(service: RunningService) -> list[str]:
    return [found["name"] for found in ask(service, "GET", "/datasets")[1]["data"]]


@pytest.fixture
def without_leftovers(service: RunningService) -> Iterator[None]:
    """Whatever was refused, nothing is left of it, neither in the database nor on disk."""
    before = names(service)
    yield
    deadline = time.monotonic() + 30
    while list((service.folder / "uploads").glob("*")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert names(service) == before


@pytest.mark.parametrize("length", [b"Content-Length: 100000", b"Transfer-Encoding: chunked"])
@pytest.mark.usefixtures("without_leftovers")
def test_an_upload_whose_sender_goes_away_leaves_nothing(service: RunningService, length: bytes) -> None:
    with socket.create_connection(("127.0.0.1", service.port)) as connection:
        piece = b"2000\r\n" + PENGUINS[:0x2000] + b"\r\n" if b"chunked" in length else PENGUINS
        head = b"POST /datasets HTTP/1.1\r\nHost: here\r\nContent-Type: text/csv\r\n" + length + b"\r\n\r\n"
        connection.sendall(head + piece)
        time.sleep(0.2)


@pytest.mark.usefixtures("without_leftovers")
def test_a_file_in_chunks_needs_no_length(service: RunningService) -> None:
    connection = HTTPConnection("127.0.0.1", service.port)
    pieces = (PENGUINS[at : at + 1000] for at in range(0, len(PENGUINS), 1000))
    connection.request("POST", "/datasets", body=pieces, headers={"Content-Type": "text/csv"}, encode_chunked=True)
    answer = connection.getresponse()
    made = json.loads(answer.read())
    connection.close()
    assert (answer.status, made["rows"]) == (201, 344)
    assert ask(service, "DELETE", f"/datasets/{made['id']}")[0] == 204


def test_a_table_is_uploaded_trained_on_and_asked_in_its_own_words(service: RunningService) -> None:
    disposition = {"Content-Disposition": 'attachment; filename="../../penguins.csv.gz"'}
    status, made = ask(service, "POST", "/datasets", gzip.compress(PENGUINS, mtime=0), **disposition)
    assert (status, made["name"], made["rows"]) == (201, "penguins", 344)
    _, proposed = ask(service, "GET", "/datasets/penguins/proposal?target=species")
    plain = {"Content-Type": "application/json"}
    status, network = ask(service, "POST", "/networks", json.dumps(proposed["network"]).encode(), **plain)
    assert (status, network["labels"]) == (201, ["Adelie", "Chinstrap", "Gentoo"])
    body = {**proposed["train"], "epochs": 30}
    status, job = ask(service, "POST", "/train", json.dumps(body).encode(), Prefer="wait=30", **plain)
    assert (status, job["status"], job["error"]) == (200, "succeeded", None)
    assert 250 < job["rows"] < 342
    assert job["importance"][0]["column"].startswith("bill_")
    query = "island=Torgersen&year=2007&bill_length_mm=39.1&bill_depth_mm=18.7&flipper_length_mm=181&body_mass_g=3750"
    _, answer = ask(service, "GET", f"/predict?network={network['name']}&{query}")
    assert (answer["labels"], answer["imputed"]) == (["Adelie"], {"sex": {"rows": 1, "value": "male"}})
    assert ask(service, "DELETE", "/datasets/penguins")[0] == 204
