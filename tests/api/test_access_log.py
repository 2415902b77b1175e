"""The id of a request, and the line that an answer leaves."""

import logging

import pytest

from service.app import create_app

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def logged(backend, caplog):
    caplog.set_level(logging.INFO, "feedforward.access")
    return create_app(backend=backend, log_answers=True).test_client()


def test_an_answer_carries_the_request_id_of_its_client(client):
    assert client.get("/healthz", headers={"X-Request-ID": "order-7.1"}).headers["X-Request-ID"] == "order-7.1"


@pytest.mark.parametrize("given", [None, "", "a b", 'x"y', "x" * 129])
def test_what_could_forge_a_log_line_is_replaced(client, given):
    headers = {} if given is None else {"X-Request-ID": given}
    ids = {client.get("/healthz", headers=headers).headers["X-Request-ID"] for _ in range(2)}
    assert len(ids) == 2 and given not in ids


def test_every_answer_leaves_a_line_with_route_status_and_trace(logged, caplog):
    headers = {"X-Request-ID": "r1", "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    logged.get("/networks/none", headers=headers)
    [record] = caplog.records
    assert (record.method, record.path, record.route) == ("GET", "/networks/none", "/networks/<network>")
    assert (record.status, record.request_id, record.trace_id) == (404, "r1", TRACE)
    assert record.seconds > 0


def test_a_job_keeps_the_trace_of_its_request(client, network, storage):
    traceparent = f"00-{TRACE}-00f067aa0ba902b7-01"
    body = {"network": "cheese", "data": {"inputs": [[0.2, 0.9]], "targets": ["like"]}}
    kept = []
    for headers in ({"traceparent": traceparent}, {"traceparent": "nonsense"}, {}):
        job = client.post("/train", json=body, headers=headers).json["id"]
        kept.append(storage.get_job(job).traceparent)
    assert kept == [traceparent, None, None]


def test_a_traceparent_that_is_none_is_ignored(logged, caplog):
    for given in ("", "nonsense", f"00-{'0' * 32}-00f067aa0ba902b7-01"):
        logged.get("/healthz", headers={"traceparent": given})
    assert [record.trace_id for record in caplog.records] == [None, None, None]


def test_without_the_setting_there_are_no_lines(client, caplog):
    caplog.set_level(logging.INFO, "feedforward.access")
    client.get("/healthz")
    assert caplog.records == []
