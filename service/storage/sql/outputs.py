"""The data sets that jobs write: block by block under the job's token, then published at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from service.domain.datasets import Dataset
from service.domain.job_kind import JobKind
from service.domain.runs import Block
from service.domain.types import Json
from service.errors import LeaseLost, StorageError
from service.storage.sql import datasets, events
from service.storage.sql.leases import is_held
from service.storage.sql.tables.datasets import datasets as table
from service.storage.sql.tables.jobs import jobs

#: An event tells of the progress each time another of so many parts of the rows is done.
PARTS = 20


def store_block(connection: sa.Connection, job_id: str, token: int, block: Block, *, seconds: float) -> None:
    """See `Runs.store_block`."""
    job = _held(connection, job_id, token)
    done = block.first_row + block.rows
    if job.rows_done == done:
        return  # The answer to the first attempt was lost.
    if job.rows_done != block.first_row:
        raise StorageError(f"Job {job_id} has {job.rows_done} rows, and its next block begins at {block.first_row}.")
    datasets.add_chunk(connection, job.output, block.rows, block.data)
    _describe(connection, job.output, block)
    connection.execute(sa.update(jobs).where(jobs.c.id == job_id).values(rows_done=done, seconds=seconds))
    is_prediction = job.kind is JobKind.PREDICTION
    if is_prediction and done * PARTS // job.rows > job.rows_done * PARTS // job.rows:
        events.add(connection, job_id, "progress", {"rows_done": done, "rows": job.rows})


def publish(connection: sa.Connection, job_id: str, token: int, *, sha256: str, size_bytes: int) -> Dataset:
    """See `Runs.publish_output`."""
    job = _held(connection, job_id, token)
    values = {"sha256": sha256, "size_bytes": size_bytes}
    if job.kind is not JobKind.PREDICTION:  # a cross-validation knows at its end how many rows it has held out
        values["rows"] = job.rows_done
    written = sa.update(table).where(table.c.id == job.output).values(values)
    name = connection.execute(written.returning(table.c.name)).scalar_one()
    return datasets.publish(connection, job.output, name, f"{job_id} {sha256}", is_revision=False)


def _held(connection: sa.Connection, job_id: str, token: int) -> Any:
    """Raises LeaseLost unless the job is held under this token."""
    wanted = sa.select(jobs.c.kind, jobs.c.rows, jobs.c.rows_done, jobs.c.output)
    wanted = wanted.where(is_held(job_id, token)).with_for_update()
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise LeaseLost
    return row


def _describe(connection: sa.Connection, dataset_id: str, block: Block) -> None:
    """Add what a block shows of the whole table."""
    row = connection.execute(sa.select(table.c.origin, table.c.columns).where(table.c.id == dataset_id)).one()
    values: dict[str, Any] = {"origin": {**row.origin, **_counted(row.origin, block.cells)}} if block.cells else {}
    if block.described is not None:
        profiles = block.described["profiles"]
        values["profiles"] = [profiles[column["name"]] for column in row.columns]
        values |= {name: block.described[name] for name in ("preview", "warnings")}
    if values:
        connection.execute(sa.update(table).where(table.c.id == dataset_id).values(values))


def _counted(origin: Json, cells: Json) -> dict[str, Mapping[str, int]]:
    """Rows by column, those of the block added."""
    found: dict[str, Mapping[str, int]] = {}
    for what, columns in cells.items():
        before = origin.get(what, {})
        found[what] = {**before, **{name: before.get(name, 0) + count for name, count in columns.items()}}
    return found
