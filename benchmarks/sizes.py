"""What rows cost on PostgreSQL: `python -m benchmarks.sizes`. The numbers that docs/scaling.md reckons with.

On a PostgreSQL and a Redis of its own. A real job (8-24-1, batch norm, one metric, validation) is trained by the
service. Its epochs, events and snapshots are then copied under the ids of many others, and the tables are measured
with their indexes after a VACUUM. Rates are of one connection: epochs in batches of a report, as a worker writes them,
and beats, claims and ends one by one.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import psycopg

from drills.deployment import Deployment, deployment
from drills.environment import prepared
from drills.results import Baseline, ResultLog
from drills.scenarios import STEADY, make_network
from service.domain.ids import new_id
from service.domain.jobs import Job, NewJob
from service.domain.status import Status
from service.storage.base import Storage

#: Epochs that a report of half a second brings when an epoch takes a millisecond.
REPORT_EPOCHS = 500
TABLES = ("epochs", "events", "jobs", "snapshots", "snapshot_values")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=1000, help="copies of the real job")
    parser.add_argument("--quick", action="store_true", help="few copies, to see that all works")
    given = parser.parse_args()
    copies = 20 if given.quick else given.jobs
    with prepared("scaled") as ground, deployment(ground, slots=1) as service:
        make_network(service)
        result_log = ResultLog(service, Baseline())
        job_id = result_log.submit(STEADY)
        result_log.baseline.prepare(service, STEADY)
        with psycopg.connect(ground.database_url, autocommit=True) as connection:
            copy(connection, job_id, copies)
            show_sizes(connection)
            show_pages(service, connection)
        service.stop()  # or its worker would take the jobs that are made now
        show_rates(service.storage, job_id)


def copy(connection: psycopg.Connection, job_id: str, copies: int) -> None:
    """Rows of the same content under other ids."""
    for table, own in (("jobs", "id"), ("epochs", "job_id"), ("events", "job_id")):
        others = columns(connection, table, without=own)
        # The order of arrival is that of many jobs at once: batch by batch in turns.
        order = ' ORDER BY "epoch" / 500, copy' if table == "epochs" else ""
        connection.execute(
            f"INSERT INTO {table} ({own}, {others}) "
            f"SELECT 'job_' || lpad(to_hex(copy * 7919), 24, '0'), {others} "
            f"FROM {table}, generate_series(1, {copies}) AS copy WHERE {own} = '{job_id}'{order}"
        )
    others = columns(connection, "snapshots", without="id", also_without="number")
    connection.execute(
        f"INSERT INTO snapshots (id, number, {others}) "
        f"SELECT 'snap_' || lpad(to_hex(copy * 7919), 24, '0'), 100 + copy, {others} "
        f"FROM snapshots, generate_series(1, {copies}) AS copy WHERE job_id = '{job_id}' AND kind = 'last'"
    )
    connection.execute(
        "INSERT INTO snapshot_values SELECT made.id, weights.buffer FROM snapshots made "
        f"CROSS JOIN (SELECT buffer FROM snapshots JOIN snapshot_values ON id = snapshot_id WHERE job_id = '{job_id}'"
        " AND kind = 'last') weights WHERE made.number > 100"
    )
    connection.execute("VACUUM ANALYZE")


def columns(connection: psycopg.Connection, table: str, *, without: str, also_without: str = "") -> str:
    query = "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
    names = [row[0] for row in connection.execute(query, (table,))]
    return ", ".join(f'"{name}"' for name in names if name not in (without, also_without))


def show_sizes(connection: psycopg.Connection) -> None:
    print(f"{'table':16}{'rows':>12}{'bytes a row':>14}{'of it indexes':>15}")
    for table in TABLES:
        rows, total, indexes = connection.execute(
            f"SELECT (SELECT count(*) FROM {table}), pg_total_relation_size('{table}'), pg_indexes_size('{table}')"
        ).fetchone() or (0, 0, 0)
        print(f"{table:16}{rows:12,}{total / max(rows, 1):14.0f}{indexes / max(rows, 1):15.0f}")
    parts = ("metrics::text", "layers::text", "job_id")
    query = ", ".join(f"avg(coalesce(pg_column_size({part}), 0))" for part in parts)
    sizes = connection.execute(f"SELECT {query}, avg(pg_column_size(epochs.*)) FROM epochs LIMIT 1").fetchone() or ()
    named = zip((*parts, "whole row"), sizes, strict=True)
    print("an epoch:", ", ".join(f"{name} {float(size):.0f}" for name, size in named), "bytes")


def show_pages(service: Deployment, connection: psycopg.Connection) -> None:
    ids = [row[0] for row in connection.execute("SELECT id FROM jobs ORDER BY random() LIMIT 100")]
    took = timed(lambda: [service.storage.history([job_id], limit=1000) for job_id in ids])
    print(f"a page of 1,000 epochs of a job at random: {took / len(ids) * 1e3:.1f} ms")


def show_rates(storage: Storage, job_id: str) -> None:
    done = storage.get_job(job_id)
    history = storage.history([done.id], limit=REPORT_EPOCHS)
    made = [new_job(storage, done) for _ in range(200)]
    claims = timed(lambda: [storage.claim(job.id, owner="rates", lease_seconds=600) for job in made])
    beats = timed(lambda: [storage.heartbeat(job.id, 1, lease_seconds=600) for job in made])

    def report() -> None:
        for job in made[:50]:
            storage.add_epochs(job.id, 1, history, seconds=1.0, best_epoch=None, best_value=None)

    reports = timed(report)
    ends = timed(lambda: [storage.finish(job.id, 1, Status.SUCCEEDED) for job in made])
    print(
        f"epochs {50 * len(history) / reports:,.0f} a second, a report of {len(history)} in {reports / 50 * 1e3:.1f} ms"
    )
    for name, seconds in (("claims", claims), ("beats", beats), ("ends", ends)):
        print(f"{name} {len(made) / seconds:,.0f} a second")


def new_job(storage: Storage, like: Job) -> Job:
    fresh = NewJob(
        id=new_id("job"), network_id=like.network_id, options=like.options, epochs=like.epochs, rows=1, data=b""
    )
    return storage.create_job(fresh)


def timed(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
