"""Rows that a job trains on, as its network sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from service.data.splits import Indexes
from service.domain import records
from service.engine.network import Network
from service.engine.rows import Rows
from service.errors import Conflict, NotFound
from service.jobs import encoded_rows
from service.jobs.division import VALIDATION
from service.jobs.preparation import TRAINING
from service.operations.backend import Backend
from service.operations.jobs.job_table_rows import TableRows
from service.operations.models.models import compiled
from service.schema.validation import DataError

#: Numbers in one answer, so that wide networks show fewer rows.
MAX_NUMBERS = 200_000


@dataclass(frozen=True)
class JobRow:
    """`row` counts from 0 within its part; inputs and targets are as the network sees them."""

    part: str  #: training or validation
    row: int
    inputs: list[float]
    targets: list[float]


@dataclass(frozen=True)
class JobRows:
    rows: int  #: for training
    validation_rows: int
    input_names: tuple[str, ...] | None  #: of the network's inputs, where they have names
    sample: list[JobRow]


class MatrixRows:
    """Rows that are stored as the network takes them; `counts` says how many there are of each part."""

    def __init__(self, data: bytes, input_names: tuple[str, ...] | None, network: Network) -> None:
        self.input_names = input_names
        training, validation = encoded_rows.decode(network, data)
        self._parts = {TRAINING: training} if validation is None else {TRAINING: training, VALIDATION: validation}
        self.counts = {part: len(rows) for part, rows in self._parts.items()}

    def take(self, wanted: Mapping[str, Indexes]) -> dict[str, Rows]:
        return {part: self._parts[part].take(indexes) for part, indexes in wanted.items()}


def sample_rows(backend: Backend, job_id: str, *, limit: int) -> JobRows:
    """At most `limit` rows, spread evenly over all. Raises NotFound, and Conflict where they cannot be shown."""
    job = backend.storage.get_job(job_id)
    record = backend.storage.get_network(job.network_id)
    network = compiled(backend, record)
    limit = max(1, min(limit, MAX_NUMBERS // (network.inputs + network.outputs)))
    try:
        return _sample(_source(backend, job, record, network), limit)
    except NotFound as error:
        raise Conflict(f"The data set of this job has been deleted, and its rows with it. {error.message}") from error
    except DataError as error:
        raise Conflict(f"The rows of this job do not fit its network: {error}.") from error


def _source(backend: Backend, job: records.Job, record: records.Network, network: Network) -> MatrixRows | TableRows:
    data = backend.storage.read_job_data(job.id)
    if encoded_rows.are_rows(data):
        return MatrixRows(data, record.features, network)
    return TableRows(backend, job, data, record, network)


def _sample(source: MatrixRows | TableRows, limit: int) -> JobRows:
    names = source.input_names
    training, validation = source.counts[TRAINING], source.counts.get(VALIDATION, 0)
    share = max(1, round(limit * training / (training + validation)))
    shares = {TRAINING: share, VALIDATION: limit - share}
    wanted = {part: _spread(count, shares[part]) for part, count in source.counts.items()}
    sample = [
        JobRow(part, int(path), inputs, targets)
        for part, rows in source.take(wanted).items()
        for path, inputs, targets in zip(wanted[part], rows.inputs.tolist(), rows.targets.tolist(), strict=True)
    ]
    return JobRows(training, validation, names, sample)


def _spread(rows: int, count: int) -> Indexes:
    """At most `count` indexes of so many rows."""
    return np.unique(np.linspace(0, rows - 1, min(count, rows)).round().astype(np.intp))
