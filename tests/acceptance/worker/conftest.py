import pytest

from service.domain.ids import new_id
from service.jobs.huey_dispatcher import HueyDispatcher
from tests.acceptance.worker.rig import Rig, Undisturbed, training_spec

#: Long enough to be interrupted several times, and over in a second or two.
EPOCHS = 4000


@pytest.fixture
def queue_url(tmp_path):
    return f"sqlite:///{tmp_path / 'queue.db'}"


@pytest.fixture
def rig(storage, database_url, queue_url):
    name = new_id("queue")
    queue = HueyDispatcher(queue_url, queue=name)
    rig = Rig(storage, queue, database_url, queue_url, name)
    yield rig
    rig.close()
    queue.close()


@pytest.fixture(scope="session")
def undisturbed():
    return Undisturbed.run(training_spec(EPOCHS))
