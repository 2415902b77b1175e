"""The rows of a job by part, training, validation and test: found again where the job had them from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from service.data.frame import Frame
from service.data.preprocessing.report import Cells
from service.data.signatures.labelled_rows import LabelledRows
from service.data.signatures.signature import Signature
from service.data.splits import Indexes
from service.domain.jobs import Job
from service.domain.paging import Page
from service.domain.types import Json
from service.engine.network import Network
from service.engine.rows import Rows
from service.errors import Conflict
from service.jobs import encoded_rows
from service.jobs.division import TEST, TRAINING, VALIDATION
from service.jobs.options import JobOptions
from service.jobs.preparation import deciding_columns, divided
from service.operations.backend import Backend
from service.operations.jobs.job_tables import job_tables


class JobRowSource(ABC):
    """`counts` says how many rows there are of each part."""

    counts: Mapping[str, int]

    @abstractmethod
    def take(self, wanted: Mapping[str, Indexes]) -> dict[str, Rows]:
        """By part, the rows at these indexes of it."""

    @abstractmethod
    def training(self, indexes: Indexes) -> tuple[Frame | None, Rows]:
        """The training rows at these indexes: as the network sees them, and before that as columns of a table."""

    @abstractmethod
    def labelled(self, parts: Sequence[str]) -> LabelledRows:
        """All rows of these parts, in this order, as an evaluation takes them."""


class MatrixRows(JobRowSource):
    """Rows that are stored as the network takes them."""

    def __init__(self, data: bytes, network: Network) -> None:
        training, validation = encoded_rows.decode(network, data)
        every = {TRAINING: training, VALIDATION: validation, TEST: encoded_rows.decode_test(network, data)}
        self._parts = {part: rows for part, rows in every.items() if rows is not None}
        self.counts = {part: len(rows) for part, rows in self._parts.items()}

    def take(self, wanted: Mapping[str, Indexes]) -> dict[str, Rows]:
        return {part: self._parts[part].take(indexes) for part, indexes in wanted.items()}

    def training(self, indexes: Indexes) -> tuple[Frame | None, Rows]:
        return None, self._parts[TRAINING].take(indexes)

    def labelled(self, parts: Sequence[str]) -> LabelledRows:
        return LabelledRows(_together([self._parts[part] for part in parts]), Cells())


class TableRows(JobRowSource):
    """Rows of tables, prepared with the statistics of `signature`. The columns that decide which part a row is of are
    read whole, the others only in the rows that are taken.

    Raises NotFound where a data set is gone, Conflict where dividing it does not give the job's rows, and DataError.
    """

    def __init__(self, backend: Backend, job: Job, data: bytes, signature: Signature) -> None:
        options = JobOptions.from_json(job.options)
        self._sample_weight = options.sample_weight
        self._encoder = signature.encoder(options.columns)
        self._tables = job_tables(backend, data, options)
        deciding = deciding_columns(self._encoder, options)
        whole = {role: table.whole(deciding) for role, table in self._tables.items()}
        self._parts = divided(whole, self._encoder, options).parts
        self.counts = {part: len(indexes) for parts in self._parts.values() for part, indexes in parts.items()}
        _check_counts(job, self.counts)

    def take(self, wanted: Mapping[str, Indexes]) -> dict[str, Rows]:
        rows: dict[str, Rows] = {}
        for role, parts in self._parts.items():
            taken = {part: indexes[wanted[part]] for part, indexes in parts.items() if len(wanted.get(part, ()))}
            if not taken:
                continue
            every = np.unique(np.concatenate(list(taken.values())))
            frame = self._tables[role].rows([*self._encoder.inputs, *self._encoder.targets], every)
            for part, indexes in taken.items():
                rows[part] = self._encoder.encode(frame.take(np.searchsorted(every, indexes)), None).rows
        return rows

    def training(self, indexes: Indexes) -> tuple[Frame | None, Rows]:
        own = self._parts[TRAINING][TRAINING][indexes]
        every = np.sort(own)
        frame = self._tables[TRAINING].rows([*self._encoder.inputs, *self._encoder.targets], every)
        frame = frame.take(np.searchsorted(every, own))
        return frame.select(list(self._encoder.inputs)), self._encoder.encode(frame, None).rows

    def labelled(self, parts: Sequence[str]) -> LabelledRows:
        found = list(self._encoded(parts))
        cells = found[0].cells if len(found) == 1 else Cells()
        return LabelledRows(_together([one.rows for one in found]), cells)

    def _encoded(self, parts: Sequence[str]) -> Iterator[LabelledRows]:
        weight = [] if self._sample_weight is None else [self._sample_weight]
        names = list(dict.fromkeys([*self._encoder.inputs, *self._encoder.targets, *weight]))
        for role, own in self._parts.items():
            wanted = [own[part] for part in parts if part in own]
            if wanted:
                every = np.sort(np.concatenate(wanted))
                encoded = self._encoder.encode(self._tables[role].rows(names, every), self._sample_weight)
                yield LabelledRows(encoded.rows, encoded.cells)


def _check_counts(job: Job, counts: Mapping[str, int]) -> None:
    if job.epoch and job.rows != counts[TRAINING]:
        raise Conflict(
            f"Which rows this job was trained on cannot be found out again: it had {job.rows:,} training rows, and "
            f"dividing its table now gives {counts[TRAINING]:,}."
        )


def _together(parts: Sequence[Rows]) -> Rows:
    if len(parts) == 1:
        return parts[0]
    weights = None
    if any(part.sample_weights is not None for part in parts):
        weights = np.concatenate([_weights(part) for part in parts])
    inputs, targets = (np.concatenate([getattr(part, name) for part in parts]) for name in ("inputs", "targets"))
    return Rows(inputs, targets, weights, parts[0].units)


def _weights(rows: Rows) -> np.ndarray:
    return np.ones(len(rows), rows.inputs.dtype) if rows.sample_weights is None else rows.sample_weights


def statistics_of(backend: Backend, job: Job) -> Json:
    """Those stored with any weights of the job. Raises Conflict before there are any."""
    for snapshot in backend.storage.list_snapshots(job.network_id, Page(limit=1), job_id=job.id):
        if snapshot.preprocessing is not None:
            return snapshot.preprocessing
    raise Conflict(
        "How this job prepares its rows is known once it has stored its first weights, and it has stored none yet."
    )
