"""Callbacks go on when the database comes back, and end quietly where there is nobody left to be told of."""

import logging
import threading

import pytest

from service.domain.records import NewCallback
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


def test_a_job_deleted_while_its_callback_is_on_its_way_is_no_issue(storage, callback_sender, caplog):
    hold = threading.Event()
    with caplog.at_level(logging.INFO, "service.worker"), receiver(hold=hold) as there:
        job = owed(storage, there)
        callback_sender.look()
        storage.delete_job(job.id)
        hold.set()
        callback_sender.join(30)
    assert [record.getMessage() for record in caplog.records] == ["The job of a callback has been deleted."]
