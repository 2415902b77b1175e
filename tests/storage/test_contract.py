"""Every storage keeps the promise of `service.storage.base`: one contract, run over each database."""

import pytest

from tests.storage.contract.answers import AnswersContract
from tests.storage.contract.audit import AuditContract
from tests.storage.contract.callbacks import CallbacksContract
from tests.storage.contract.checkpoints import CheckpointsContract
from tests.storage.contract.creators import CreatorsContract
from tests.storage.contract.datasets import DatasetsContract
from tests.storage.contract.deferred import DeferredContract
from tests.storage.contract.events import EventsContract
from tests.storage.contract.figures import FiguresContract
from tests.storage.contract.history import HistoryContract
from tests.storage.contract.job_search import JobSearchContract
from tests.storage.contract.jobs import JobsContract
from tests.storage.contract.keys import KeysContract
from tests.storage.contract.leases import LeasesContract
from tests.storage.contract.models import ModelsContract
from tests.storage.contract.networks import NetworksContract
from tests.storage.contract.outputs import OutputsContract
from tests.storage.contract.reports import ReportsContract
from tests.storage.contract.revisions import RevisionsContract
from tests.storage.contract.schedules import SchedulesContract
from tests.storage.contract.searches import SearchesContract
from tests.storage.contract.sessions import SessionsContract
from tests.storage.contract.snapshots import SnapshotsContract
from tests.storage.contract.stacks import StacksContract
from tests.storage.contract.steering import SteeringContract
from tests.storage.contract.transactions import TransactionsContract
from tests.storage.contract.turns import TurnsContract
from tests.storage.contract.versions import VersionsContract
from tests.storage.contract.watches import WatchesContract
from tests.storage.lock_upgrades import LockUpgrades


class StorageContract(
    SteeringContract,
    TransactionsContract,
    DeferredContract,
    NetworksContract,
    JobSearchContract,
    JobsContract,
    LeasesContract,
    CheckpointsContract,
    HistoryContract,
    SnapshotsContract,
    EventsContract,
    DatasetsContract,
    RevisionsContract,
    SchedulesContract,
    SearchesContract,
    CallbacksContract,
    ReportsContract,
    KeysContract,
    SessionsContract,
    FiguresContract,
    AuditContract,
    CreatorsContract,
    StacksContract,
    TurnsContract,
    AnswersContract,
    VersionsContract,
    OutputsContract,
    ModelsContract,
    WatchesContract,
):
    """The whole contract; a subclass says where the database is, by the fixture `database_url`."""


class TestSqlite(StorageContract):
    pass


class TestPostgresql(StorageContract):
    @pytest.fixture
    def database_url(self, postgresql_url):
        return postgresql_url

    @pytest.fixture(autouse=True)
    def _no_lock_becomes_stricter(self):
        with LockUpgrades() as upgrades:
            yield
        assert not upgrades.found
