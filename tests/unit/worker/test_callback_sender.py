"""Callbacks go on when the database comes back, and end quietly where there is nobody left to be told of."""

import logging
import random
import threading
from dataclasses import replace

import pytest

from service.domain.callbacks import NewCallback
from service.domain.status import RequestedState
from service.errors import StorageError
from service.worker.callback_sender import MOST_AT_ONCE, CallbackSender
from service.worker.settings import WorkerSettings
from tests.receivers import receiver
from tests.storage.makers import events_of, execute, stored_job

SETTINGS = WorkerSettings(callback_secret="whsec_" + "c2VjcmV0" * 4, callback_private=True)


@pytest.fixture
def callback_sender(storage):
    return CallbackSender(storage, SETTINGS, stopping=threading.Event())


def owed(storage, there):
    """A job that has ended, and owes a callback."""
    job = stored_job(storage, callback=NewCallback(url=there.url, secret=None))
    storage.set_requested_state(job.id, RequestedState.CANCEL)
    return job


def test_many_looks_at_a_database_that_fails_hold_no_later_callback_up(storage, database_url, callback_sender):
    with receiver() as there:
        job = owed(storage, there)
        execute(database_url, "ALTER TABLE callbacks RENAME TO away")
        for _ in range(MOST_AT_ONCE):
            with pytest.raises(StorageError):
                callback_sender.look()
        execute(database_url, "ALTER TABLE away RENAME TO callbacks")
        callback_sender.look()
        callback_sender.join(30)
    assert len(there.received) == 1
    assert events_of(storage, job.id)[-1] == "callback"


@pytest.mark.parametrize(
    ("retry_seconds", "jitter", "pauses"),
    [
        (10.0, min, [5.0, 20.0, 80.0, None]),
        (10.0, max, [15.0, 60.0, 240.0, None]),
        (20_000.0, max, [30_000.0, 32_400.0, 32_400.0, None]),  # six hours at most, give or take a half
    ],
)
def test_each_pause_is_four_times_the_last_one_until_the_attempts_are_used_up(
    storage, database_url, monkeypatch, retry_seconds, jitter, pauses
):
    monkeypatch.setattr(random, "uniform", lambda low, high: jitter(low, high))
    settings = replace(SETTINGS, callback_attempts=4, callback_retry_seconds=retry_seconds)
    with receiver(500) as there:
        job = owed(storage, there)
        for _ in pauses:
            sender = CallbackSender(storage, settings, stopping=threading.Event())
            sender.look()
            sender.join(30)
            execute(database_url, "UPDATE callbacks SET due_at = 0")
    told = [event.data for event in storage.list_events(job.id) if event.kind == "callback"]
    assert [data["retry_seconds"] for data in told] == pauses
    assert [data["final"] for data in told] == [False, False, False, True]
    assert [data["attempt"] for data in told] == [1, 2, 3, 4]
    assert len(there.received) == 4


@pytest.mark.parametrize(("status", "delivered"), [(200, True), (299, True), (300, False), (410, False)])
def test_an_answer_from_200_to_299_is_a_delivery(storage, callback_sender, status, delivered):
    with receiver(status) as there:
        job = owed(storage, there)
        callback_sender.look()
        callback_sender.join(30)
    last = storage.list_events(job.id)[-1].data
    assert (last["delivered"], last["final"]) == (delivered, delivered or status == 410)


def test_a_job_deleted_while_its_callback_is_on_its_way_is_no_issue(storage, callback_sender, caplog):
    hold = threading.Event()
    with caplog.at_level(logging.INFO, "service.worker"), receiver(hold=hold) as there:
        job = owed(storage, there)
        callback_sender.look()
        storage.delete_job(job.id)
        hold.set()
        callback_sender.join(30)
    assert [record.getMessage() for record in caplog.records] == ["What a callback is about has been deleted."]


def test_a_callback_and_its_log_lines_carry_the_trace_of_the_jobs_request(storage, callback_sender, caplog):
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    traceparent = f"00-{trace}-00f067aa0ba902b7-01"
    with receiver(500) as there:
        job = stored_job(storage, callback=NewCallback(url=there.url, secret=None), traceparent=traceparent)
        storage.set_requested_state(job.id, RequestedState.CANCEL)
        callback_sender.look()
        callback_sender.join(30)
    assert there.received[0].headers["traceparent"] == traceparent
    assert [(record.job_id, record.trace_id) for record in caplog.records] == [(job.id, trace)]


def test_a_callback_without_a_trace_has_no_traceparent(storage, callback_sender):
    with receiver() as there:
        owed(storage, there)
        callback_sender.look()
        callback_sender.join(30)
    assert "traceparent" not in there.received[0].headers
