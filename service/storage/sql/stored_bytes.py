"""How many bytes are stored, by kind, from narrow indexes where rows are many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from service.domain.versions import Creator
from service.storage.sql import turns
from service.storage.sql.tables.access import keys
from service.storage.sql.tables.datasets import dataset_chunks, dataset_files, datasets
from service.storage.sql.tables.jobs import jobs
from service.storage.sql.tables.monitoring import answer_logs
from service.storage.sql.tables.networks import networks
from service.storage.sql.tables.weights import snapshots

_SIZES = {
    "snapshots": (snapshots.c.size_bytes,),
    "datasets": (sa.func.length(dataset_chunks.c.bytes), sa.func.length(dataset_files.c.bytes)),
    "job_data": (jobs.c.data_bytes,),
    "answers": (answer_logs.c.stored_bytes,),
}


def by_kind(connection: sa.Connection) -> Mapping[str, int]:
    sums = {kind: sum(map(_sum, sizes[1:]), _sum(sizes[0])) for kind, sizes in _SIZES.items()}
    row = connection.execute(sa.select(*(total.label(kind) for kind, total in sums.items()))).one()
    return {kind: int(total) for kind, total in zip(sums, row, strict=True)}


def _sum(size: Any, *conditions: sa.ColumnElement[bool]) -> Any:
    return sa.select(sa.func.coalesce(sa.func.sum(size), 0)).where(*conditions).scalar_subquery()


def of_creator(connection: sa.Connection, creator: Creator) -> Mapping[str, int]:
    """See `Storage.stored_bytes_of`."""
    is_of = _made_by(creator)
    my_jobs, my_networks, my_datasets = (
        sa.select(table.c.id).where(is_of(table)) for table in (jobs, networks, datasets)
    )
    of_networks = snapshots.c.job_id.is_(None) & snapshots.c.network_id.in_(my_networks)
    parts = {
        "snapshots": (
            _sum(snapshots.c.size_bytes, snapshots.c.job_id.in_(my_jobs)),
            _sum(snapshots.c.size_bytes, of_networks),
        ),
        "datasets": tuple(
            _sum(sa.func.length(table.c.bytes), table.c.dataset_id.in_(my_datasets))
            for table in (dataset_chunks, dataset_files)
        ),
        "job_data": (_sum(jobs.c.data_bytes, is_of(jobs)),),
    }
    row = connection.execute(sa.select(*(sum(sums[1:], sums[0]).label(kind) for kind, sums in parts.items()))).one()
    return {kind: int(total) for kind, total in zip(parts, row, strict=True)}


def _made_by(creator: Creator) -> Callable[[sa.Table], sa.ColumnElement[bool]]:
    if creator.created_by_key is None:
        return lambda table: turns.is_of(table, creator)
    key_ids = sa.select(_rotated_from(creator.created_by_key).c.id)
    return lambda table: table.c.created_by_key.in_(key_ids)


def _rotated_from(key_id: str) -> sa.CTE:
    """This key, and those that it has replaced one after another."""
    chain = sa.select(keys.c.id, keys.c.replaces).where(keys.c.id == key_id).cte("chain", recursive=True)
    return chain.union_all(sa.select(keys.c.id, keys.c.replaces).join(chain, keys.c.id == chain.c.replaces))
