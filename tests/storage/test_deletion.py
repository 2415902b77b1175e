"""Deleting in batches: bounded transactions, and a second call goes on where a broken one stopped."""

import pytest
from sqlalchemy import event

from service.domain.status import Status
from service.errors import Conflict, NotFound
from service.storage.sql.deletion import BATCH
from service.storage.sql.open import open_storage
from tests.storage.makers import add_epochs, claimed, epoch, snapshot, stored_job

EPOCHS = 2 * BATCH + 1


@pytest.fixture(params=["database_url", "postgresql_url"])
def storage(request):
    storage = open_storage(request.getfixturevalue(request.param))
    yield storage
    storage.close()


@pytest.fixture
def job(storage):
    """An ended job with more epochs than two batches hold, and a snapshot."""
    job = claimed(storage)
    add_epochs(storage, job, [epoch(number) for number in range(1, EPOCHS + 1)])
    storage.add_snapshot(snapshot(job.network_id, job_id=job.id, kind="best"), token=job.token)
    return storage.finish(job.id, job.token, Status.SUCCEEDED)


@pytest.fixture
def transactions(storage):
    """Call it for the number of rows that each committed transaction has deleted so far."""
    deleted, committed = [0], []

    @event.listens_for(storage._engine, "after_cursor_execute")
    def count(connection, cursor, statement, *_):
        if statement.startswith("DELETE"):
            deleted[0] += cursor.rowcount

    @event.listens_for(storage._engine, "commit")
    def close(_):
        committed.append(deleted[0])
        deleted[0] = 0

    return lambda: [rows for rows in committed if rows]


@pytest.mark.parametrize("delete", ["delete_network", "delete_job"])
def test_no_transaction_deletes_more_than_a_batch(storage, job, transactions, delete):
    getattr(storage, delete)(job.network_id if delete == "delete_network" else job.id)
    assert transactions()[:3] == [BATCH, BATCH, 1]
    assert max(transactions()) == BATCH
    with pytest.raises(NotFound):
        storage.get_job(job.id)


def test_a_broken_delete_goes_on_where_it_stopped(storage, job):
    class Broken(Exception):
        pass

    statements = []

    def break_the_second_batch(connection, cursor, statement, *_):
        statements.append(statement)
        if sum(statement.startswith("DELETE FROM epochs") for statement in statements) == 2:
            raise Broken

    event.listen(storage._engine, "before_cursor_execute", break_the_second_batch)
    with pytest.raises(Broken):
        storage.delete_network(job.network_id)
    event.remove(storage._engine, "before_cursor_execute", break_the_second_batch)
    assert storage.history([job.id], limit=1)[0].epoch == BATCH + 1
    assert storage.get_network(job.network_id).deleting
    with pytest.raises(Conflict, match="being deleted"):
        stored_job(storage, job.network_id)
    with pytest.raises(Conflict, match="being deleted"):
        storage.add_snapshot(snapshot(job.network_id))

    storage.delete_network(job.network_id)
    with pytest.raises(NotFound):
        storage.get_network(job.network_id)
