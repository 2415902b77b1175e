"""Storages for every folder of tests, on tables that Alembic made."""

import pytest

from service.storage.migrate import upgrade
from service.storage.sql.open import open_storage


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
