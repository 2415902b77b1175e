"""What is sent again, and what is not."""

import asyncio
import socket

import httpx
import pytest

from feedforward_client import AsyncClient, Client, ConnectionFailed, ServiceUnavailable, TooManyRequests
from feedforward_client.requests import Request
from feedforward_client.retries import Retries
from tests.unit.client.flaky import HANG_UP, flaky

DONE = (200, "{}")
PROBLEM = '{"title": "Busy.", "detail": "Come back later."}'


def test_a_busy_service_is_asked_again_and_the_key_stays_the_same():
    with flaky((503, PROBLEM), (429, PROBLEM), (201, '{"id": "job_1"}')) as server, Client(server.url) as client:
        assert client.train("a", epochs=1).id == "job_1"
        assert len(server.seen) == 3 and len({key for _, key in server.seen}) == 1 and server.seen[0][1]


def test_a_lost_answer_is_asked_for_again_if_nothing_can_happen_twice():
    with flaky((HANG_UP, ""), DONE) as server, Client(server.url) as client:
        client.train("a")
        client.predict([[1]], network="a")
        assert [method for method, _ in server.seen] == ["POST"] * 3


def test_a_lost_answer_of_a_step_that_cannot_be_repeated_is_an_error():
    with flaky((HANG_UP, ""), DONE) as server, Client(server.url) as client:
        with pytest.raises(ConnectionFailed, match="does not answer"):
            client.request("POST", "/jobs/job_1/pause")
        assert len(server.seen) == 1


def test_what_a_lost_answer_has_deleted_counts_as_deleted():
    with flaky((HANG_UP, ""), (404, PROBLEM)) as server, Client(server.url) as client:
        client.networks.delete("a")


def test_the_last_answer_is_raised_when_all_attempts_are_used():
    with flaky((429, PROBLEM)) as server, Client(server.url, retries=2) as client:
        with pytest.raises(TooManyRequests, match="Come back later"):
            client.networks.get("a")
        assert len(server.seen) == 3


def test_a_long_wait_is_left_to_the_caller():
    with flaky((503, PROBLEM), retry_after="3600") as server, Client(server.url) as client:
        with pytest.raises(ServiceUnavailable):
            client.networks.get("a")
        assert len(server.seen) == 1


def test_the_asynchronous_client_does_the_same():
    async def story() -> str:
        with flaky((503, PROBLEM), (HANG_UP, ""), (201, '{"id": "job_1"}')) as server:
            async with AsyncClient(server.url) as client:
                return (await client.train("a")).id

    assert asyncio.run(story()) == "job_1"


def test_nobody_there_is_an_error_with_the_address():
    with socket.socket() as bound:  # It does not listen.
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        with Client(url, retries=1) as client, pytest.raises(ConnectionFailed, match=url):
            client.networks.get("a")


def test_waits_double_and_a_request_that_was_never_sent_may_be_repeated():
    refused, lost = httpx.ConnectError("refused"), httpx.ReadError("lost")
    step = Request("POST", "/jobs/a/pause")
    assert 0.125 <= Retries().after_error(step, refused, 0) <= 0.25 < Retries().after_error(step, refused, 3) <= 2
    assert Retries().after_error(step, lost, 0) is None
    slow = httpx.ReadTimeout("slow")
    assert Retries().after_error(Request("GET", "/a"), slow, 0) is None
    assert Retries().after_error(Request("POST", "/train", creates=True), slow, 0)
    assert Retries().after_error(Request("PUT", "/a", headers={"If-Match": "x"}), lost, 0) is None
