"""Rows of the tables that a job trained on, prepared as the job prepared them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from service.data.frame import Frame
from service.data.splits import Indexes
from service.domain import records
from service.domain.records import Dataset, Page
from service.engine.network import Network
from service.engine.rows import Rows
from service.errors import Conflict
from service.jobs import encoded_frames
from service.jobs.division import VALIDATION
from service.jobs.options import JobOptions
from service.jobs.preparation import TRAINING, deciding_columns, divided
from service.operations.backend import Backend
from service.operations.datasets.read_columns import MAX_CELLS
from service.operations.models.models import record_signature


class TableRows:
    """`counts` says how many rows each part has. The columns that decide this are read whole, the others only in the
    rows that are taken.

    Raises Conflict before the job has stored weights, NotFound where a data set is gone, and DataError.
    """

    def __init__(
        self, backend: Backend, job: records.Job, data: bytes, record: records.Network, network: Network
    ) -> None:
        options = JobOptions.from_json(job.options)
        signature = record_signature(record, network)
        if signature.has_statistics:
            signature = record_signature(record, network, _statistics(backend, job))
        self._encoder = signature.encoder(options.columns)
        self.input_names = signature.encoded_names
        self._tables = _tables(backend, data, options)
        deciding = deciding_columns(self._encoder, options)
        self._parts = divided(
            {role: table.whole(deciding) for role, table in self._tables.items()}, self._encoder, options
        )
        self.counts = {part: len(indexes) for parts in self._parts.values() for part, indexes in parts.items()}

    def take(self, wanted: Mapping[str, Indexes]) -> dict[str, Rows]:
        """By part, the rows at these indexes of it."""
        rows: dict[str, Rows] = {}
        for role, parts in self._parts.items():
            taken = {part: indexes[wanted[part]] for part, indexes in parts.items() if len(wanted[part])}
            if not taken:
                continue
            every = np.unique(np.concatenate(list(taken.values())))
            frame = self._tables[role].rows([*self._encoder.inputs, *self._encoder.targets], every)
            for part, indexes in taken.items():
                rows[part] = self._encoder.encode(frame.take(np.searchsorted(every, indexes)), None).rows
        return rows


class _Inline:
    """A table that was sent inline."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def whole(self, names: list[str]) -> Frame:
        return self._frame.select(names)

    def rows(self, names: list[str], indexes: Indexes) -> Frame:
        return self._frame.select(names).take(indexes)


class _Stored:
    """The table of a data set, read again for each call."""

    def __init__(self, backend: Backend, dataset: Dataset) -> None:
        self._backend = backend
        self._dataset = dataset

    def whole(self, names: list[str]) -> Frame:
        if self._dataset.rows * len(names) > MAX_CELLS:
            most = MAX_CELLS // len(names)
            raise Conflict(
                f"Rows are shown for data sets of at most {most:,} rows; read the preview of the data set instead."
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


def _tables(backend: Backend, data: bytes, options: JobOptions) -> Mapping[str, _Inline | _Stored]:
    if options.dataset is None:
        return {role: _Inline(frame) for role, frame in encoded_frames.decode(data).items()}
    named: dict[str, Any] = {TRAINING: options.dataset}
    if options.validation and "dataset" in options.validation:
        named[VALIDATION] = options.validation["dataset"]
    return {role: _Stored(backend, backend.storage.get_dataset(one["id"])) for role, one in named.items()}


def _statistics(backend: Backend, job: records.Job) -> records.Json:
    """Those stored with any weights of the job."""
    for snapshot in backend.storage.list_snapshots(job.network_id, Page(limit=1), job_id=job.id):
        if snapshot.preprocessing is not None:
            return snapshot.preprocessing
    raise Conflict(
        "How this job prepares its rows is known once it has stored its first weights, and it has stored none yet."
    )
