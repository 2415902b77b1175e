"""The two databases of the contract: a copied SQLite file, and a PostgreSQL database made for this session."""

import os
import uuid

import pytest
import sqlalchemy as sa

from service.storage.migrate import upgrade
from service.storage.sql.engine import make_engine
from service.storage.sql.tables.all_tables import metadata
from tests.storage.makers import execute

pytest.register_assert_rewrite("tests.storage.contract")

POSTGRES = os.environ.get("FEEDFORWARD_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")


@pytest.fixture(scope="session")
def postgres_server():
    """Run one statement on the server that may make databases; skips where there is none, but never in CI."""
    engine = make_engine(POSTGRES).execution_options(isolation_level="AUTOCOMMIT")
    try:
        engine.connect().close()
    except sa.exc.OperationalError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"No PostgreSQL at {engine.url!r} (FEEDFORWARD_TEST_POSTGRES): {error.orig}")

    def run(statement):
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)

    yield run
    engine.dispose()


@pytest.fixture(scope="session")
def new_postgresql_url(postgres_server):
    """Call it for the URL of an empty database; all of them are dropped in the end."""
    names = []

    def make():
        names.append(f"feedforward_test_{uuid.uuid4().hex[:12]}")
        postgres_server(f"CREATE DATABASE {names[-1]}")
        postgres_server(f"ALTER DATABASE {names[-1]} SET synchronous_commit = off")  # Nothing here is worth the wait.
        return sa.make_url(POSTGRES).set(database=names[-1]).render_as_string(hide_password=False)

    yield make
    for name in names:
        postgres_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def migrated_postgresql_url(new_postgresql_url):
    url = new_postgresql_url()
    upgrade(url)
    return url


@pytest.fixture
def postgresql_url(migrated_postgresql_url):
    """The session's PostgreSQL database, emptied."""
    execute(migrated_postgresql_url, *(f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)))
    return migrated_postgresql_url


@pytest.fixture(scope="session")
def bare_postgresql_url(new_postgresql_url):
    return new_postgresql_url()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path):
    """A database without tables, of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    url = request.getfixturevalue("bare_postgresql_url")
    execute(url, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    return url
