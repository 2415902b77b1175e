"""The loss history at a million rows: time and memory of reading and deleting, compared with the bare driver's SQL.

python -m benchmarks.history [--epochs 100000] [--postgresql postgresql://user@host/an_empty_database]
"""

from __future__ import annotations

import argparse
import gc
import math
import random
import sqlite3
import time
import tracemalloc
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from benchmarks.proc import forget_peak, memory_of_own
from service.domain.epochs import Epoch
from service.domain.ids import new_id
from service.domain.jobs import NewJob
from service.domain.networks import Network
from service.domain.snapshots import NewSnapshot
from service.domain.status import Status
from service.storage.base import Storage
from service.storage.migrate import upgrade
from service.storage.sql.open import open_storage

OTHERS = [50_000] * 18  #: epochs of the jobs beside the one that is read
BATCH = 5_000
REPEATS = 25

#: What the same rows take by hand, where it is known which ones. `%s` is the driver's placeholder.
PAGE = "SELECT * FROM epochs WHERE job_id = %s AND epoch > %s ORDER BY epoch LIMIT 1000"
CHOSEN = "SELECT * FROM epochs WHERE job_id = %s AND epoch IN ({}) ORDER BY epoch"

#: Runs one statement of the bare driver.
Raw = Callable[[str, tuple[Any, ...]], list[tuple[Any, ...]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgresql", metavar="URL", help="measure on this empty database too")
    parser.add_argument("--epochs", type=int, default=100_000, help="of the job that is read")
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "history.db"
        connection = sqlite3.connect(path)
        run(
            "SQLite",
            arguments.epochs,
            f"sqlite:///{path}",
            lambda sql, values: connection.execute(sql.replace("%s", "?"), values).fetchall(),
        )
        connection.close()
    if arguments.postgresql:
        with psycopg.connect(arguments.postgresql, autocommit=True) as server:
            run(
                "PostgreSQL",
                arguments.epochs,
                arguments.postgresql,
                lambda sql, values: server.execute(sql, values).fetchall(),
            )


def run(title: str, long: int, url: str, raw: Raw) -> None:
    upgrade(url)
    storage = open_storage(url)
    lengths = [long, max(long // 100, BATCH), *OTHERS]
    network_id, (job_id, short_id, *_) = build(storage, lengths)
    print(f"\n{title}: {sum(lengths):,} epochs of {len(lengths)} jobs, one of them {long:,}")
    report_reading(storage, raw, job_id, long // 2)
    compare_lengths(storage, job_id, short_id)
    report_memory(storage, job_id, long)
    report_deleting(storage, network_id)
    report_submitting(storage, store_network(storage))
    storage.close()


def build(storage: Storage, lengths: Sequence[int]) -> tuple[str, list[str]]:
    """A network with ended jobs of these lengths."""
    network_id = store_network(storage)
    chance = random.Random(7)
    job_ids = [store_job(storage, network_id) for _ in lengths]
    for job_id, length in zip(job_ids, lengths, strict=True):
        claim = storage.claim(job_id, owner="benchmark", lease_seconds=3600)
        assert claim is not None
        for start in range(1, length + 1, BATCH):
            epochs = [epoch(number, chance) for number in range(start, start + BATCH)]
            storage.add_epochs(job_id, claim.job.token, epochs, seconds=1.0, best_epoch=None, best_value=None)
        storage.finish(job_id, claim.job.token, Status.SUCCEEDED)
    return network_id, job_ids


def store_network(storage: Storage) -> str:
    network_id = new_id("net")
    values = bytes(4 * (64 * 32 + 32 + 32 * 10 + 10))
    network = Network(
        id=network_id, name=network_id, description="", tags={}, spec={}, features=None, labels=None, inputs=64,
        outputs=10, parameter_count=len(values) // 4, created_at=0.0, updated_at=0.0,
    )  # fmt: skip
    initial = NewSnapshot(
        id=new_id("snap"), network_id=network_id, job_id=None, epoch=0, kind="initial", dtype="float32", manifest=[],
        values=values,
    )  # fmt: skip
    return storage.create_network(network, initial).id


def store_job(storage: Storage, network_id: str) -> str:
    data = bytes(4 * 100 * (64 + 10))  # a hundred rows
    job = NewJob(id=new_id("job"), network_id=network_id, options={"training": {}}, epochs=10**6, rows=100, data=data)
    return storage.create_job(job).id


def epoch(number: int, chance: random.Random) -> Epoch:
    loss = 1 / math.sqrt(number) + 0.1 * chance.random()
    metrics = {"accuracy": 1 - loss / 2, "val_accuracy": 1 - loss / 1.9}
    layers = [{"name": "dense_1", "gradient_norm": loss, "dead": 0.0}] if number % 100 == 0 else None
    return Epoch(number, loss, 1.1 * loss, 0.01, loss, 0.001, metrics, layers)


def report_reading(storage: Storage, raw: Raw, job_id: str, middle: int) -> None:
    chosen = tuple(report.epoch for report in storage.sampled_history(job_id, max_points=1000))
    by_number = CHOSEN.format(", ".join(["%s"] * len(chosen)))
    compare(
        "a page of 1,000",
        lambda: storage.history([job_id], after=(job_id, middle), limit=1000),
        lambda: raw(PAGE, (job_id, middle)),
    )
    compare("max_points=1000", partial(sample, storage, job_id), lambda: raw(by_number, (job_id, *chosen)))


def compare_lengths(storage: Storage, job_id: str, short_id: str) -> None:
    compare("max_points=1000", partial(sample, storage, job_id), partial(sample, storage, short_id), "1 % of the job")


def sample(storage: Storage, job_id: str) -> object:
    return storage.sampled_history(job_id, max_points=1000)


def compare(title: str, ours: Callable[[], object], other: Callable[[], object], named: str = "raw SQL") -> None:
    """Medians of turns taken one by one, so that a busy machine is busy for both."""
    times: dict[Callable[[], object], list[float]] = {ours: [], other: []}
    for _ in range(REPEATS):
        for action, measured in times.items():
            measured.append(seconds(action))
    mine, others = (1000 * median(measured) for measured in times.values())
    print(f"  {title:32} {mine:8.1f} ms   {named} {others:8.1f} ms   ratio {mine / others:.2f}")


def report_memory(storage: Storage, job_id: str, long: int) -> None:
    def stream() -> None:
        after = None
        while page := storage.history([job_id], after=after):
            after = (page[-1].job_id, page[-1].epoch)

    for title, action in (
        ("a page of 1,000", lambda: storage.history([job_id], limit=1000)),
        ("max_points=1000", lambda: storage.sampled_history(job_id, max_points=1000)),
        (f"all {long:,}, page by page", stream),
    ):
        print(f"  {title:32} {peak_growth(action) / 2**20:8.1f} MiB peak growth")


def report_submitting(storage: Storage, network_id: str) -> None:
    waiting = [store_job(storage, network_id) for _ in range(1000)]
    print(f"  {'create a job, 1,000 queued':32} {median_ms(lambda: store_job(storage, network_id)):8.1f} ms")
    print(f"  {'queue_positions of the last':32} {median_ms(lambda: storage.queue_positions([waiting[-1]])):8.1f} ms")
    print(f"  {'count_jobs':32} {median_ms(lambda: storage.count_jobs([Status.QUEUED, Status.RUNNING])):8.1f} ms")


def report_deleting(storage: Storage, network_id: str) -> None:
    took: list[float] = []
    grown = peak_growth(lambda: took.append(seconds(lambda: storage.delete_network(network_id))), traced=False)
    print(f"  {'delete the network':32} {took[0]:8.1f} s    {grown / 2**20:.1f} MiB peak growth")


def median_ms(action: Callable[[], object]) -> float:
    return 1000 * median(seconds(action) for _ in range(101))


def seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def peak_growth(action: Callable[[], object], *, traced: bool = True) -> int:
    """Bytes by which the process grew at most meanwhile, or, where Python is `traced` (and slowed), the memory in use.

    Linux only.
    """
    gc.collect()
    forget_peak()
    resident = memory_of_own("VmRSS")
    if traced:
        tracemalloc.start()
    action()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return max(peak, memory_of_own("VmHWM") - resident)


if __name__ == "__main__":
    main()
