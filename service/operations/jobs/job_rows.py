"""Rows that a job trains on, as its network sees them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from service.data.splits import Indexes
from service.domain.job_kind import JobKind
from service.domain.jobs import Job
from service.domain.networks import Network
from service.domain.types import Json
from service.errors import Conflict, NotFound
from service.jobs import encoded_rows
from service.jobs.division import TEST, TRAINING, VALIDATION
from service.jobs.folds import FOLDS
from service.operations.backend import Backend
from service.operations.jobs.job_row_sources import JobRowSource, MatrixRows, TableRows, statistics_of
from service.operations.models.models import compiled, record_signature
from service.schema.validation import DataError

OF_FOLDS = (
    "This job is a cross-validation: each row is held out in one fold and trained on in the others. It has no training "
    "and validation rows of its own."
)
#: Numbers in one answer, so that wide networks show fewer rows.
MAX_NUMBERS = 200_000


@dataclass(frozen=True)
class JobRow:
    """`row` counts from 0 within its part; inputs and targets are as the network sees them."""

    part: str  #: training, validation or test
    row: int
    inputs: list[float]
    targets: list[float]


@dataclass(frozen=True)
class JobRows:
    rows: int  #: for training
    validation_rows: int
    test_rows: int
    input_names: tuple[str, ...] | None  #: of the network's inputs, where they have names
    sample: list[JobRow]


def sample_rows(backend: Backend, job_id: str, *, limit: int) -> JobRows:
    """At most `limit` rows, spread evenly over all. Raises NotFound, and Conflict where they cannot be shown."""
    job = backend.storage.get_job(job_id)
    if job.kind is JobKind.PREDICTION:
        raise Conflict("This job predicts, and trains on no rows. Read the data set that it writes.")
    record = backend.storage.get_network(job.network_id)
    network = compiled(backend, record)
    limit = max(1, min(limit, MAX_NUMBERS // (network.inputs + network.outputs)))
    try:
        names = record_signature(record, network).encoded_names
        return _sample(source_of(backend, job, record), names, limit)
    except NotFound as error:
        raise Conflict(f"The data set of this job has been deleted, and its rows with it. {error.message}") from error
    except DataError as error:
        raise Conflict(f"The rows of this job do not fit its network: {error}.") from error


def source_of(backend: Backend, job: Job, record: Network, statistics: Json | None = None) -> JobRowSource:
    """Prepared with these statistics, or else with those of the job. Raises Conflict, NotFound and DataError."""
    if job.options.get(FOLDS) is not None:
        raise Conflict(OF_FOLDS)
    data = backend.storage.read_job_data(job.id)
    network = compiled(backend, record)
    if encoded_rows.are_rows(data):
        return MatrixRows(data, network)
    if statistics is None and record_signature(record, network).has_statistics:
        statistics = statistics_of(backend, job)
    return TableRows(backend, job, data, record_signature(record, network, statistics))


def _sample(source: JobRowSource, names: tuple[str, ...] | None, limit: int) -> JobRows:
    counts = source.counts
    training = max(1, round(limit * counts[TRAINING] / sum(counts.values())))
    validation = round((limit - training) * counts.get(VALIDATION, 0) / max(1, sum(counts.values()) - counts[TRAINING]))
    shares = {TRAINING: training, VALIDATION: validation, TEST: limit - training - validation}
    wanted = {part: _spread(count, shares[part]) for part, count in counts.items()}
    sample = [
        JobRow(part, int(path), inputs, targets)
        for part, rows in source.take(wanted).items()
        for path, inputs, targets in zip(wanted[part], rows.inputs.tolist(), rows.targets.tolist(), strict=True)
    ]
    return JobRows(counts[TRAINING], counts.get(VALIDATION, 0), counts.get(TEST, 0), names, sample)


def _spread(rows: int, count: int) -> Indexes:
    """At most `count` indexes of so many rows."""
    return np.unique(np.linspace(0, rows - 1, min(count, rows)).round().astype(np.intp))
