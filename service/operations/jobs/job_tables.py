"""The tables that a job trained on, where they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from service.data.frame import Frame
from service.data.splits import Indexes
from service.domain.datasets import Dataset
from service.errors import Conflict
from service.jobs import encoded_frames
from service.jobs.division import TRAINING, VALIDATION
from service.jobs.options import JobOptions
from service.operations.backend import Backend
from service.operations.datasets.read_columns import MAX_CELLS


class InlineTable:
    """A table that was sent inline."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def whole(self, names: list[str]) -> Frame:
        return self._frame.select(names)

    def rows(self, names: list[str], indexes: Indexes) -> Frame:
        return self._frame.select(names).take(indexes)


class StoredTable:
    """The table of a data set, read again for each call."""

    def __init__(self, backend: Backend, dataset: Dataset) -> None:
        self._backend = backend
        self._dataset = dataset

    def whole(self, names: list[str]) -> Frame:
        if self._dataset.rows * len(names) > MAX_CELLS:
            most = MAX_CELLS // len(names)
            raise Conflict(
                f"The rows of a job are found again in data sets of at most {most:,} rows; {self._dataset.name} has "
                f"{self._dataset.rows:,}."
            )
        # Not above: pyarrow takes a while to load, and few requests need it.
        from service.data.tables.chunks import decode_chunks

        return decode_chunks(self._chunks(), names, self._dataset.rows)

    def rows(self, names: list[str], indexes: Indexes) -> Frame:
        from service.data.tables.chunks import decode_rows

        return decode_rows(self._chunks(), names, indexes)

    def _chunks(self) -> Iterator[bytes]:
        for number in range(self._dataset.chunks):
            yield self._backend.storage.read_chunk(self._dataset.id, number)


def job_tables(backend: Backend, data: bytes, options: JobOptions) -> Mapping[str, InlineTable | StoredTable]:
    if options.dataset is None:
        return {role: InlineTable(frame) for role, frame in encoded_frames.decode(data).items()}
    named: dict[str, Any] = {TRAINING: options.dataset}
    if options.validation and "dataset" in options.validation:
        named[VALIDATION] = options.validation["dataset"]
    return {role: StoredTable(backend, backend.storage.get_dataset(one["id"])) for role, one in named.items()}
