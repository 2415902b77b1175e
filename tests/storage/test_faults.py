import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from service.domain.paging import Page
from service.domain.status import RequestedState, Status
from service.errors import Damaged, NotFound, StorageError, StorageUnavailable
from service.storage.sql import engine as engines
from service.storage.sql.engine import make_engine
from service.storage.sql.open import open_storage
from service.storage.sql.storage import SqlStorage
from tests.storage.makers import claimed, events_of, execute, snapshot, stored_job, stored_network


def sqlite_storage(url, pragma):
    """A storage whose connections all have one more setting."""
    engine = make_engine(url)
    event.listen(engine, "connect", lambda connection, _: connection.execute(f"PRAGMA {pragma}"))
    return SqlStorage(engine)


@pytest.mark.parametrize(
    "url",
    ["sqlite:////nowhere/feedforward.db", "postgresql://postgres@127.0.0.1:1/feedforward"],
    ids=["sqlite", "postgresql"],
)
def test_a_database_out_of_reach_is_unavailable(url):
    storage = open_storage(url)
    with pytest.raises(StorageUnavailable) as caught:
        storage.ping()
    assert isinstance(caught.value.__cause__, sa.exc.OperationalError)
    assert "unable to open" not in caught.value.message
    assert "refused" not in caught.value.message


@pytest.mark.parametrize("url", ["postgresql://u:secret@host:abc/x", "secret"])
def test_an_address_that_cannot_be_read_is_reported_without_its_password(url):
    with pytest.raises(StorageError, match="DATABASE_URL cannot be read") as caught:
        open_storage(url)
    assert "secret" not in caught.value.message


def test_a_locked_file_is_busy_and_works_again_when_it_is_free(database_url):
    storage = sqlite_storage(database_url, "busy_timeout = 0")
    other = sqlite3.connect(sa.make_url(database_url).database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageUnavailable, match="busy"):
        stored_network(storage)
    assert storage.list_networks(Page()) == []
    other.execute("ROLLBACK")
    stored_network(storage)
    other.close()
    storage.close()


def test_a_version_can_be_asked_for_while_every_connection_is_in_use(database_url):
    engine = sa.create_engine(database_url, pool_size=1, max_overflow=0, pool_timeout=0)
    storage = SqlStorage(engine)
    with engine.connect():
        with pytest.raises(StorageUnavailable, match="busy"):
            storage.ping()
        assert isinstance(storage.version_of("net", "latest"), int)
    storage.close()


def test_a_full_disk_is_reported_and_leaves_no_trace(database_url):
    storage = sqlite_storage(database_url, "max_page_count = 60")
    made = stored_network(storage)
    with pytest.raises(StorageUnavailable, match="disk of the database is full"):
        storage.add_snapshot(snapshot(made.id, values=bytes(1_000_000)))
    assert len(storage.list_snapshots(made.id, Page())) == 1
    storage.close()


def test_a_read_only_file_is_unavailable(database_url):
    storage = sqlite_storage(database_url, "query_only = ON")
    with pytest.raises(StorageUnavailable, match="who may write there"):
        stored_network(storage)
    storage.close()


def test_a_broken_connection_is_unavailable_and_the_next_call_gets_a_new_one(postgresql_url):
    storage = open_storage(postgresql_url)
    killer = make_engine(postgresql_url)
    with pytest.raises(StorageUnavailable), storage.transaction():
        stored_network(storage, name="undone")
        with killer.connect() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        storage.get_network("undone")
    with pytest.raises(NotFound):
        storage.get_network("undone")
    killer.dispose()
    storage.close()


def test_a_writer_that_falls_silent_loses_its_locks(postgresql_url, monkeypatch):
    with closing(open_storage(postgresql_url)) as other:
        job = claimed(other)
        monkeypatch.setattr(engines, "_SILENCE_MILLISECONDS", 500)
        with closing(open_storage(postgresql_url)) as silent:
            with pytest.raises(StorageUnavailable), silent.transaction():
                silent.add_event(job.id, "note", {})
                assert (
                    other.set_requested_state(job.id, RequestedState.CANCEL).status is Status.CANCELLING
                )  # had it not lost them: busy
                silent.get_job(job.id)
        assert events_of(other, job.id) == ["submitted", "started", "cancelling"]


def test_a_database_without_tables_is_an_issue_that_names_no_sql(empty_url):
    storage = open_storage(empty_url)
    with pytest.raises(StorageError) as caught:
        storage.get_network("cheese")
    assert not isinstance(caught.value, StorageUnavailable)
    assert "networks" not in caught.value.message
    storage.close()


def test_damaged_weights_are_not_given_out(storage, database_url):
    made = stored_network(storage)
    weights = storage.find_snapshot(made.id, "latest")
    with sqlite3.connect(sa.make_url(database_url).database) as connection:
        connection.execute("UPDATE snapshot_values SET buffer = x'00'")
    connection.close()
    with pytest.raises(StorageError, match="SHA-256"):
        storage.read_snapshot_values(weights.id)


def test_a_damaged_page_is_named_as_such_by_whatever_reads_it(database_url):
    path = Path(sa.make_url(database_url).database)
    with closing(open_storage(database_url)) as storage:
        made = stored_network(storage, initial=bytes(100_000))
    whole = path.read_bytes()
    path.write_bytes(whole[: 4096 * 8] + b"\xff" * (len(whole) - 4096 * 8))
    with closing(open_storage(database_url)) as storage, pytest.raises(Damaged, match="restore a backup"):
        storage.find_snapshot(made.id, "latest")


def test_a_file_that_is_no_database_is_named_as_such(tmp_path):
    (tmp_path / "feedforward.db").write_bytes(b"not a database " * 1000)
    with closing(open_storage(f"sqlite:///{tmp_path / 'feedforward.db'}")) as storage:
        with pytest.raises(Damaged, match="restore a backup"):
            storage.ping()


def test_a_job_whose_start_weights_are_damaged_fails_when_it_is_taken(storage, database_url):
    job = stored_job(storage)
    execute(database_url, "UPDATE start_values SET buffer = x'00'")
    assert storage.claim(job.id, owner="worker", lease_seconds=60) is None
    failed = storage.get_job(job.id)
    assert (failed.status, failed.error.code, failed.owner) == (Status.FAILED, "bad_data", None)
    assert "SHA-256" in failed.error.message
    assert events_of(storage, job.id) == ["submitted", "started", "ended"]
