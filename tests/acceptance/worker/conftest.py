import shutil
from contextlib import contextmanager

import pytest

from service.domain.ids import new_id
from service.queues.open import open_dispatcher
from service.storage.sql.open import open_storage
from tests.acceptance.worker.rig import EPOCHS, Baseline, Rig, training_spec


@contextmanager
def open_rig(storage, database_url, queue_url):
    name = new_id("queue")
    queue = open_dispatcher(queue_url, queue=name)
    rig = Rig(storage, queue, database_url, queue_url, name)
    yield rig
    rig.close()
    queue.close()


@pytest.fixture
def queue_url(tmp_path):
    return f"sqlite:///{tmp_path / 'queue.db'}"


@pytest.fixture
def rig(storage, database_url, queue_url):
    """Everything but a worker."""
    with open_rig(storage, database_url, queue_url) as rig:
        yield rig


@pytest.fixture(scope="module")
def working(migrated_database, tmp_path_factory):
    """A rig and its worker, for tests that leave both in order."""
    folder = tmp_path_factory.mktemp("working")
    shutil.copy(migrated_database, folder / "feedforward.db")
    url = f"sqlite:///{folder / 'feedforward.db'}"
    storage = open_storage(url)
    with open_rig(storage, url, f"sqlite:///{folder / 'queue.db'}") as rig:
        worker = rig.start_worker()
        yield rig
        assert rig.stop(worker) == 0
    storage.close()


@pytest.fixture(scope="session")
def baseline():
    return Baseline.run(training_spec(EPOCHS))
