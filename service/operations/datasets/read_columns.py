"""Columns of a stored data set, in memory."""

from __future__ import annotations

from collections.abc import Sequence

from service.data.frame import Frame
from service.domain.datasets import Dataset
from service.operations.backend import Backend
from service.schema.validation import DataError, ValidationIssue

#: Cells of a data set that one request may have in memory.
MAX_CELLS = 20_000_000


def read_columns(backend: Backend, dataset: Dataset, names: Sequence[str]) -> Frame:
    """The named columns; those that the data set lacks are left out. Raises DataError where there are too many rows."""
    known = [name for name in names if any(column["name"] == name for column in dataset.columns)]
    most = MAX_CELLS // max(len(known), 1)
    if dataset.rows > most:
        message = f"must have at most {most:,} rows to be evaluated in one request, has {dataset.rows:,}"
        raise DataError([ValidationIssue((), message)])
    # Not above: pyarrow takes a while to load, and few requests need it.
    from service.data.tables.chunks import decode_chunks

    chunks = (backend.storage.read_chunk(dataset.id, number) for number in range(dataset.chunks))
    return decode_chunks(chunks, known, dataset.rows)
