"""Deletes in bounded batches, each a transaction of its own: memory and locks stay small, and others get their turn."""

from __future__ import annotations

import time
from typing import Any

import sqlalchemy as sa

from service.domain.status import ACTIVE
from service.errors import Conflict
from service.storage.sql import answers as answer_log
from service.storage.sql import datasets, jobs, networks, searches
from service.storage.sql.tables.datasets import dataset_chunks, dataset_files
from service.storage.sql.tables.datasets import datasets as datasets_table
from service.storage.sql.tables.history import epochs
from service.storage.sql.tables.jobs import events
from service.storage.sql.tables.jobs import jobs as jobs_table
from service.storage.sql.tables.monitoring import answers
from service.storage.sql.tables.networks import networks as networks_table
from service.storage.sql.tables.searches import searches as searches_table
from service.storage.sql.tables.weights import alias_moves, aliases, models, snapshots, versions
from service.storage.sql.transaction import Transactions

#: Rows of a list that one transaction deletes.
BATCH = 5_000
#: Chunks of a data set, a few megabytes each.
CHUNK_BATCH = 16
#: Between batches the lock of an SQLite file is free for so long, or its other writers would starve.
_PAUSE_SECONDS = 0.005


def delete_network(transactions: Transactions, network_id: str) -> None:
    """See `Storage.delete_network`."""
    with transactions.writing() as connection:
        _mark(connection, network_id)
    while (job_id := _any_id(transactions, jobs_table, network_id)) is not None:
        _delete_job(transactions, job_id)
    with transactions.writing() as connection:
        _delete_versions(connection, network_id)
    while (snapshot_id := _any_id(transactions, snapshots, network_id)) is not None:
        _delete_row(transactions, snapshots, snapshot_id)
    delete_answers(transactions, network_id)
    _delete_row(transactions, networks_table, network_id)


#: So many characters of a network's id tell it from others of its name.
END = 6


def delete_search(transactions: Transactions, search_id: str, *, keep_jobs: bool = False) -> None:
    """See `Searches.delete_search`."""
    with transactions.writing() as connection:
        searches.mark_deleting(connection, search_id)
        if keep_jobs:
            _release(connection, search_id)
    of_search = sa.select(networks_table.c.id).where(networks_table.c.search_id == search_id).limit(1)
    while True:
        with transactions.reading() as connection:
            network_id = connection.scalar(of_search)
        if network_id is None:
            break
        delete_network(transactions, network_id)
    with transactions.writing() as connection:
        kept = sa.update(jobs_table).where(jobs_table.c.search_id == search_id)
        connection.execute(kept.values(search_id=None, trial=None))
    _delete_row(transactions, searches_table, search_id)


def _release(connection: sa.Connection, search_id: str) -> None:
    """Let go of the networks of a search, under names that no other search makes."""
    own, table = networks_table.c.search_id == search_id, networks_table.c
    name = sa.func.replace(table.name, ":", "-") + "-" + sa.func.substr(table.id, sa.func.length(table.id) - END + 1)
    connection.execute(sa.update(networks_table).where(own).values(name=name, search_id=None))


def delete_answers(transactions: Transactions, network_id: str) -> None:
    """See `Storage.delete_answers`."""
    newest = sa.select(sa.func.max(answers.c.number)).where(answers.c.network_id == network_id)
    oldest = sa.select(sa.func.min(answers.c.number)).where(answers.c.network_id == network_id)
    with transactions.reading() as connection:
        first, last = connection.scalar(oldest), connection.scalar(newest)
    if first is None or last is None:
        return
    for number in range(first + BATCH - 1, last + BATCH, BATCH):
        with transactions.writing() as connection:
            answer_log.delete_up_to(connection, network_id, min(number, last))
        time.sleep(_PAUSE_SECONDS)


def delete_job(transactions: Transactions, job_id: str) -> None:
    """See `Storage.delete_job`."""
    with transactions.reading() as connection:
        status = jobs.get(connection, job_id).status
    if status in ACTIVE:
        raise Conflict(f"This job is {status}. Cancel it, then delete it when it has ended.")
    _delete_job(transactions, job_id)


def delete_dataset(transactions: Transactions, dataset_id: str) -> None:
    """See `Storage.delete_dataset`."""
    with transactions.writing() as connection:
        datasets.withdraw(connection, dataset_id)
    _delete_withdrawn(transactions, dataset_id)


def delete_abandoned_datasets(transactions: Transactions) -> None:
    while True:
        with transactions.reading() as connection:
            dataset_id = datasets.abandoned(connection)
        if dataset_id is None:
            return
        _delete_withdrawn(transactions, dataset_id)


def _delete_withdrawn(transactions: Transactions, dataset_id: str) -> None:
    while _delete_batch(transactions, dataset_chunks.c.number, dataset_chunks.c.dataset_id == dataset_id, CHUNK_BATCH):
        time.sleep(_PAUSE_SECONDS)
    while _delete_batch(transactions, dataset_files.c.number, dataset_files.c.dataset_id == dataset_id, CHUNK_BATCH):
        time.sleep(_PAUSE_SECONDS)
    _delete_row(transactions, datasets_table, dataset_id)


def _mark(connection: sa.Connection, network_id: str) -> None:
    networks.lock(connection, network_id)
    active = sa.select(jobs_table.c.id).where(jobs_table.c.network_id == network_id, jobs_table.c.status.in_(ACTIVE))
    job_id = connection.scalar(active.limit(1))
    if job_id is not None:
        raise Conflict(f"Job {job_id} of this network has not ended. Cancel it first.")
    served = (aliases.c.network_id == network_id) & (aliases.c.owner_id != network_id)
    serving = sa.select(models.c.name).join(aliases, aliases.c.owner_id == models.c.id).where(served)
    name = connection.scalar(serving.limit(1))
    if name is not None:
        raise Conflict(f"The model {name} answers from this network. Move or remove its alias first.")
    connection.execute(sa.update(networks_table).where(networks_table.c.id == network_id).values(deleting=True))


def _delete_versions(connection: sa.Connection, network_id: str) -> None:
    connection.execute(sa.delete(aliases).where(aliases.c.owner_id == network_id))
    connection.execute(sa.delete(alias_moves).where(alias_moves.c.owner_id == network_id))
    connection.execute(sa.delete(versions).where(versions.c.network_id == network_id))


def _delete_job(transactions: Transactions, job_id: str) -> None:
    """Delete what is too much for one transaction in batches, and the rest with the job's row."""
    for number in (epochs.c.epoch, events.c.seq):
        while _delete_batch(transactions, number, number.table.c.job_id == job_id, BATCH):
            time.sleep(_PAUSE_SECONDS)
    with transactions.writing() as connection:
        _pass_on_restarts(connection, job_id)
        connection.execute(sa.delete(jobs_table).where(jobs_table.c.id == job_id))


def _pass_on_restarts(connection: sa.Connection, job_id: str) -> None:
    """The oldest restart of a job takes its place, so that they still belong together."""
    restarts = jobs_table.c.restart_of == job_id
    oldest = connection.scalar(sa.select(sa.func.min(jobs_table.c.id)).where(restarts))
    if oldest is not None:
        first = sa.case((jobs_table.c.id == oldest, None), else_=oldest)
        connection.execute(sa.update(jobs_table).where(restarts).values(restart_of=first))


def _delete_batch(
    transactions: Transactions, number: sa.Column[Any], of_one: sa.ColumnElement[bool], batch: int
) -> bool:
    """Delete the rows `of_one` with the lowest numbers; False where no more than a batch of them is left."""
    with transactions.reading() as connection:
        in_order = sa.select(number).where(of_one).order_by(number)
        first_to_stay = connection.scalar(in_order.offset(batch).limit(1))
    if first_to_stay is None:
        return False
    with transactions.writing() as connection:
        connection.execute(sa.delete(number.table).where(of_one, number < first_to_stay))
    return True


def _any_id(transactions: Transactions, table: sa.Table, network_id: str) -> str | None:
    with transactions.reading() as connection:
        found: str | None = connection.scalar(sa.select(table.c.id).where(table.c.network_id == network_id).limit(1))
        return found


def _delete_row(transactions: Transactions, table: sa.Table, row_id: str) -> None:
    with transactions.writing() as connection:
        connection.execute(sa.delete(table).where(table.c.id == row_id))
