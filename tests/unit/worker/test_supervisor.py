"""What becomes of a job whose run cannot be recorded."""

import threading

import pytest

from service.domain.status import Status
from service.errors import StorageUnavailable
from service.jobs.messages import Report
from service.queues.huey import HueyDispatcher
from service.storage.sql.engine import make_engine
from service.storage.sql.storage import SqlStorage
from service.worker import lease as lease_module
from service.worker.job_runner import JobRunner
from service.worker.settings import WorkerSettings
from tests.storage.makers import epoch, execute, stored_job


class AwayOnce(SqlStorage):
    """A database that is away when a job is to be given back, and there again a moment later."""

    is_away = True

    def release(self, *arguments, **options):
        if self.is_away:
            self.is_away = False
            raise StorageUnavailable
        return super().release(*arguments, **options)


class OneEpoch:
    """A nursery and its child, which reports an epoch."""

    def start(self, assignment, chunks):
        return self

    def next_report(self, seconds):
        return Report(epochs=(epoch(1),), seconds=1.0)

    def close(self):
        pass


@pytest.fixture
def dispatcher(tmp_path):
    dispatcher = HueyDispatcher(f"sqlite:///{tmp_path / 'queue.db'}")
    yield dispatcher
    dispatcher.close()


def test_a_job_that_cannot_be_recorded_goes_back_to_the_queue_once_the_database_is_there(
    database_url, dispatcher, monkeypatch
):
    monkeypatch.setattr(lease_module, "RETRY_SECONDS", 0.01)
    storage = AwayOnce(make_engine(database_url))
    job = stored_job(storage, options={"snapshots": {"keep": None}})
    rejection = "BEGIN SELECT RAISE(ABORT, 'this epoch is not wanted'); END"
    execute(database_url, f"CREATE TRIGGER no_epochs BEFORE INSERT ON epochs {rejection}")

    stopping = threading.Event()
    supervisor = JobRunner(storage, dispatcher, OneEpoch(), WorkerSettings(), owner="test", stopping=stopping)
    supervisor.supervise(job.id)

    assert storage.get_job(job.id).status is Status.QUEUED
    assert dispatcher.depth() == 1
    storage.close()
