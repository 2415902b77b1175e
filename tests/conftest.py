"""For every folder of tests: storages on tables that Alembic made, and how examples are chosen."""

import os

import pytest
from hypothesis import settings

from service.storage.migrate import upgrade
from service.storage.sql import engine as engines
from service.storage.sql.open import open_storage
from tests.examples import examples

# No test may fail because a machine is slow; and where nobody can look into a failure, it must come again.
IN_CI = bool(os.environ.get("CI"))
settings.register_profile("feedforward", deadline=None, derandomize=IN_CI, max_examples=examples(25))
settings.load_profile("feedforward")


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory):
    """An SQLite file with all its tables and nothing in them, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "feedforward.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session", autouse=True)
def compiled_statements():
    """Compile each statement for SQLite once, not for every test's database: that takes as long as all else."""
    make, firsts = engines._engine, {}

    def with_shared_statements(address, **options):
        engine = make(address, **options)
        if engine.dialect.name == "sqlite":
            first = firsts.setdefault("sqlite", engine)
            engine.dialect = engine.pool._dialect = first.dialect
            engine._compiled_cache = first._compiled_cache
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "_engine", with_shared_statements)
        yield


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
