"""How many bytes are stored, by kind, from narrow indexes where rows are many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from service.storage.sql.tables import dataset_chunks, dataset_files, jobs, snapshots

_SIZES = {
    "snapshots": (snapshots.c.size_bytes,),
    "datasets": (sa.func.length(dataset_chunks.c.bytes), sa.func.length(dataset_files.c.bytes)),
    "job_data": (jobs.c.data_bytes,),
}


def by_kind(connection: sa.Connection) -> Mapping[str, int]:
    sums = {kind: sum(map(_sum, sizes[1:]), _sum(sizes[0])) for kind, sizes in _SIZES.items()}
    row = connection.execute(sa.select(*(total.label(kind) for kind, total in sums.items()))).one()
    return {kind: int(total) for kind, total in zip(sums, row, strict=True)}


def _sum(size: Any) -> Any:
    return sa.select(sa.func.coalesce(sa.func.sum(size), 0)).scalar_subquery()
