"""What a page costs does not grow with the table: SQLite's own plans name an index, and never a scan or a sort."""

import pytest
from sqlalchemy import event

from service.domain.paging import Page
from service.domain.status import Status
from service.domain.versions import Creator
from tests.storage.makers import execute, job_with_history, snapshot, stored_network

QUERIES = {
    "a page of a job's history": lambda storage, job: storage.history([job.id], after=(job.id, 2)),
    "a page of a network's history": lambda storage, job: storage.history(
        None, network_id=job.network_id, after=(job.id, 2)
    ),
    "a page of events": lambda storage, job: storage.list_events(job.id, after=1),
    "a page of snapshots": lambda storage, job: storage.list_snapshots(job.network_id, Page()),
    "a page of a network's jobs": lambda storage, job: storage.list_jobs(Page(after=job.id), network_id=job.network_id),
    "a page of the jobs with one status": lambda storage, job: storage.list_jobs(
        Page(after=job.id), statuses=[Status.QUEUED]
    ),
    "a page of the jobs of one creator": lambda storage, job: storage.list_jobs(Page(after=job.id), created_by="ada"),
    "a page of the jobs of one key": lambda storage, job: storage.list_jobs(
        Page(after=job.id), created_by=f"key_{'a' * 24}"
    ),
    "a page of the networks with two tags": lambda storage, job: storage.list_networks(
        Page(after=job.network_id), tags={"course": "ml", "term": "1"}
    ),
    "the latest snapshot": lambda storage, job: storage.find_snapshot(job.network_id, "latest"),
    "the live snapshot": lambda storage, job: storage.find_snapshot(job.network_id, "live"),
    "a snapshot by a reference": lambda storage, job: storage.find_snapshot(
        job.network_id, storage.find_snapshot(job.network_id, "initial").id
    ),
    "a page of versions": lambda storage, job: storage.list_versions(job.network_id, Page()),
    "a page of aliases": lambda storage, job: storage.list_aliases(job.network_id, Page()),
    "a count of jobs": lambda storage, job: storage.count_jobs([Status.QUEUED, Status.RUNNING]),
    "a count of one creator's jobs": lambda storage, job: storage.count_jobs(
        [Status.QUEUED], creator=Creator("ada", "key_ada")
    ),
    "a place in the queue": lambda storage, job: storage.queue_positions(
        [storage.release(job.id, job.token, crashed=False, max_crashes=1).id]
    ),
    "the lost jobs": lambda storage, job: storage.lost_jobs(queued_for_seconds=60, limit=10),
    "the sweep": lambda storage, job: storage.sweep(max_crashes=3),
    "a due callback": lambda storage, job: storage.claim_callback(lease_seconds=60),
    "the due looks for drift": lambda storage, job: storage.due_watches(limit=10),
    "a page of a network's events": lambda storage, job: storage.list_network_events(job.network_id, after=1),
    "the snapshots with the same weights": lambda storage, job: storage.same_weights(job.network_id, "digest"),
}
#: Steps that go through what is short already: no table, counts of a bounded part, and the length of an index, which
#: SQLite reads from its pages.
BOUNDED = {
    "SCAN CONSTANT ROW",
    "SCAN counted",
    "SCAN ends",
    "SCAN meant",
    "SCAN candidates",
    *(f"SCAN candidate_{rank}" for rank in range(4)),
    "SCAN start_values USING COVERING INDEX sqlite_autoindex_start_values_1",
}
#: They sort the few snapshots that a reference may mean.
SORT_FEW_ROWS = {"the live snapshot", "a snapshot by a reference"}


@pytest.mark.parametrize("query", QUERIES)
def test_it_is_read_by_an_index(storage, query):
    job = job_with_history(storage, [1.0, 0.5, 0.25])
    statements = []

    def record(connection, cursor, statement, parameters, context, executemany):
        if statement.startswith("SELECT"):
            statements.append((statement, parameters))

    event.listen(storage._engine, "before_cursor_execute", record)
    QUERIES[query](storage, job)
    event.remove(storage._engine, "before_cursor_execute", record)
    plan = [step for statement in statements for step in plan_of(storage, *statement)]
    assert plan
    sort = {"USE TEMP B-TREE FOR ORDER BY"} if query in SORT_FEW_ROWS else set()
    plan = [step for step in plan if step not in BOUNDED | sort]
    assert not [step for step in plan if step.startswith("SCAN") or "TEMP B-TREE" in step]


def plan_of(storage, statement, parameters):
    with storage._engine.connect() as connection:
        return [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]


def test_an_alias_is_taken_away_without_a_write_to_snapshots(storage, database_url):
    made = stored_network(storage)
    named = storage.add_snapshot(snapshot(made.id, alias="production"))
    rejection = "BEGIN SELECT RAISE(ABORT, 'a snapshot was written'); END"
    execute(database_url, f"CREATE TRIGGER others_stay BEFORE UPDATE ON snapshots {rejection}")
    assert storage.set_snapshot_alias(named.id, None).alias is None


def test_a_sample_reads_each_bucket_by_the_primary_key(storage):
    job = job_with_history(storage, [1.0] * 20)
    statements = []
    event.listen(storage._engine, "before_cursor_execute", lambda *call: statements.append((call[2], call[3])))
    storage.sampled_history(job.id, max_points=6, from_epoch=2, to_epoch=19)
    plan = plan_of(storage, *statements[-1])
    assert [step for step in plan if "epochs" in step] == [
        "SEARCH epochs USING PRIMARY KEY (job_id=? AND epoch=?)",
        "SEARCH epochs USING PRIMARY KEY (job_id=? AND epoch>? AND epoch<?)",
        "SEARCH epochs USING PRIMARY KEY (job_id=? AND epoch>? AND epoch<?)",
    ]
