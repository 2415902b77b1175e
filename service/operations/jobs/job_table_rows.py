"""Rows of the tables a job trained on, prepared as the job had prepared them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from service.data.frame import Frame
from service.data.preprocessing.table import TableSpec
from service.data.splits import Indexes
from service.domain import records
from service.domain.records import Dataset, Page
from service.engine.network import Network
from service.engine.rows import Rows
from service.errors import Conflict
from service.jobs import encoded_frames
from service.jobs.encoders import encoder_for
from service.jobs.options import JobOptions
from service.jobs.preparation import TRAINING, VALIDATION, deciding_columns, divided
from service.operations.backend import Backend
from service.operations.models.labelled_tables import MAX_CELLS
from service.operations.models.labels import target_form


class TableRows:
    """`counts` says how many rows each part has. Of the columns that decide on it, every cell is read, of the others
    only those of the rows that are asked for.

    Raises Conflict before the job has weights to show, NotFound where a data set is gone, and DataError.
    """

    def __init__(self, backend: Backend, job: records.Job, record: records.Network, network: Network) -> None:
        options = JobOptions.from_json(job.options)
        known = None if record.table is None else _preprocessing(backend, job)
        form = target_form(record, network.spec)
        self._encoder = encoder_for(network, record.table, options.columns, form, known)
        self.input_names = record.features if record.table is None else TableSpec.from_json(record.table).encoded_names
        self._tables = _tables(backend, job, options)
        deciding = deciding_columns(self._encoder, options)
        self._parts = divided(
            {role: table.whole(deciding) for role, table in self._tables.items()}, self._encoder, options
        )
        self.counts = {part: len(indexes) for parts in self._parts.values() for part, indexes in parts.items()}

    def take(self, wanted: Mapping[str, Indexes]) -> dict[str, Rows]:
        """By part, the rows at these places of it."""
        rows: dict[str, Rows] = {}
        for role, parts in self._parts.items():
            places = {part: indexes[wanted[part]] for part, indexes in parts.items() if len(wanted[part])}
            if not places:
                continue
            every = np.unique(np.concatenate(list(places.values())))
            frame = self._tables[role].rows([*self._encoder.inputs, *self._encoder.targets], every)
            for part, indexes in places.items():
                rows[part] = self._encoder.encode(frame.take(np.searchsorted(every, indexes)), None).rows
        return rows


class _Inline:
    """A table of rows that were sent."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def whole(self, names: list[str]) -> Frame:
        return self._frame.select(names)

    def rows(self, names: list[str], indexes: Indexes) -> Frame:
        return self._frame.select(names).take(indexes)


class _Stored:
    """The table of a data set, read again for each question."""

    def __init__(self, backend: Backend, dataset: Dataset) -> None:
        self._backend = backend
        self._dataset = dataset

    def whole(self, names: list[str]) -> Frame:
        if self._dataset.rows * len(names) > MAX_CELLS:
            most = MAX_CELLS // len(names)
            raise Conflict(f"Rows are shown of jobs whose data set has at most {most:,}: look at its preview instead.")
        # Not above: pyarrow takes a while to load, and few requests need it.
        from service.data.tables.chunks import decode_chunks

        return decode_chunks(self._chunks(), names, self._dataset.rows)

    def rows(self, names: list[str], indexes: Indexes) -> Frame:
        from service.data.tables.chunks import decode_rows

        return decode_rows(self._chunks(), names, indexes)

    def _chunks(self) -> Iterator[bytes]:
        for number in range(self._dataset.chunks):
            yield self._backend.storage.read_chunk(self._dataset.id, number)


def _tables(backend: Backend, job: records.Job, options: JobOptions) -> Mapping[str, _Inline | _Stored]:
    if options.dataset is None:
        return {
            role: _Inline(frame) for role, frame in encoded_frames.decode(backend.storage.read_job_data(job.id)).items()
        }
    named: dict[str, Any] = {TRAINING: options.dataset}
    if options.validation and "dataset" in options.validation:
        named[VALIDATION] = options.validation["dataset"]
    return {role: _Stored(backend, backend.storage.get_dataset(one["id"])) for role, one in named.items()}


def _preprocessing(backend: Backend, job: records.Job) -> records.Json:
    """As it is kept with every weights of the job."""
    for snapshot in backend.storage.list_snapshots(job.network_id, Page(limit=1), job_id=job.id):
        if snapshot.preprocessing is not None:
            return snapshot.preprocessing
    raise Conflict("What this job does to its rows is known from its first weights on, and none of them are kept yet.")
