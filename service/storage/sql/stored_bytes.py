"""How many bytes are stored, by kind, from narrow indexes where rows are many."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from service.storage.sql.tables import dataset_chunks, jobs, snapshots

_SIZES = {
    "snapshots": snapshots.c.size_bytes,
    "datasets": sa.func.length(dataset_chunks.c.bytes),
    "job_data": jobs.c.data_bytes,
}


def by_kind(connection: sa.Connection) -> Mapping[str, int]:
    sums = {kind: sa.select(sa.func.coalesce(sa.func.sum(size), 0)).scalar_subquery() for kind, size in _SIZES.items()}
    row = connection.execute(sa.select(*(total.label(kind) for kind, total in sums.items()))).one()
    return {kind: int(total) for kind, total in zip(sums, row, strict=True)}
