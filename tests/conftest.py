"""For every folder of tests: storages on tables that Alembic made, and how examples are chosen."""

import os

import pytest
from hypothesis import settings

from service.storage.migrate import upgrade
from service.storage.sql.open import open_storage

# No test may fail because a machine is slow; and where nobody can look into a failure, it must come again. The same
# examples again and again need not be as many as new ones each time.
IN_CI = bool(os.environ.get("CI"))
settings.register_profile("feedforward", deadline=None, derandomize=IN_CI, max_examples=40 if IN_CI else 100)
settings.load_profile("feedforward")


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory):
    """An SQLite file with all its tables and nothing in them, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "feedforward.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def database_url(migrated_database, tmp_path):
    path = tmp_path / "feedforward.db"
    path.write_bytes(migrated_database.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def storage(database_url):
    storage = open_storage(database_url)
    yield storage
    storage.close()
