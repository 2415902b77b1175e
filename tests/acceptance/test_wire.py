"""Request lines as no well-behaved client writes them, byte by byte."""

from __future__ import annotations

import socket

import pytest

from tests.acceptance.running import RunningService


def status_of(service: RunningService, target: bytes) -> int:
    with socket.create_connection(("127.0.0.1", service.port), timeout=30) as connection:
        connection.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return int(connection.makefile("rb").readline().split()[1])


@pytest.mark.parametrize("target", [b"/predict?network=\xff", b"/predict?\xff=1", b"/networks?limit=\xff", b"/\xff"])
def test_a_request_line_that_is_not_utf_8_is_rejected(service: RunningService, target: bytes) -> None:
    assert status_of(service, target) == 400


@pytest.mark.parametrize("word", ["ü", "€", "😀"])
def test_one_that_is_utf_8_need_not_be_quoted(service: RunningService, word: str) -> None:
    assert status_of(service, f"/predict?network={word}".encode()) == 404
    assert status_of(service, f"/networks/{word}".encode()) == 404
    assert status_of(service, f"/networks?tag=word:{word}".encode()) == 200
