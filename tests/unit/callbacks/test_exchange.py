"""A request of which the response is read: within its time and its size, from a checked address."""

import time

import pytest

from service.callbacks.exchange import exchange
from service.callbacks.request import Failed, Rejected
from service.callbacks.target import read_target
from tests.receivers import answering, receiver


def ask(port, *, method="POST", private=None, seconds=5, max_bytes=1000):
    target = read_target(f"http://127.0.0.1:{port}/a?b=c")
    return exchange(
        method, target, {"X-Own": "1"}, b"{}", private=private, timeout_seconds=seconds, max_bytes=max_bytes
    )


@pytest.mark.parametrize(
    "pieces",
    [
        [b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\n", b"he", b"llo"],
        [b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n", b"3\r\nllo\r\n0\r\n\r\n"],
        [b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 201 Created\r\n\r\nhello"],
    ],
)
def test_a_response_is_read_however_its_length_is_said(pieces):
    with answering(*pieces) as port:
        assert ask(port) == (201, b"hello")


def test_method_headers_and_body_are_sent():
    with receiver(200) as there:
        assert ask(there.port).status == 200
    [received] = there.received
    assert (received.path, received.body, received.headers["x-own"]) == ("/a?b=c", b"{}", "1")


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n", b"x" * 2000], "has more than 1,000 bytes"),
        ([b"SSH-2.0-OpenSSH\r\n"], "not HTTP"),
        ([], "closed without an answer"),
    ],
)
def test_what_is_no_response_is_an_error(pieces, words):
    with answering(*pieces) as port, pytest.raises(Failed, match=words):
        ask(port)


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"])
def test_a_response_that_comes_byte_by_byte_ends_in_time(start):
    began = time.monotonic()
    with answering(start, endless=b"x") as port, pytest.raises(Failed, match="no answer within 0.3 seconds"):
        ask(port, seconds=0.3)
    assert time.monotonic() - began < 3


def test_a_private_address_is_rejected_with_the_reason():
    with pytest.raises(Rejected, match="The address is private, and it must not be."):
        ask(1, private="and it must not be")
