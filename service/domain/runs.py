"""What a worker gets for one run of a job, and what a run leaves for the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.domain.datasets import Dataset
from service.domain.jobs import Job
from service.domain.networks import Network
from service.domain.types import Json


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """Everything a run needs to go on bit for bit: the engine's training state, as JSON and raw arrays.

    `meta["values"]` says where in `arrays` the weights of a snapshot lie: the first byte and the one behind them.
    """

    job_id: str
    token: int
    epoch: int
    meta: Json
    arrays: bytes
    sha256: str
    created_at: float = 0.0

    @property
    def values(self) -> bytes | None:
        place = self.meta.get("values")
        return None if place is None else self.arrays[slice(*place)]


@dataclass(frozen=True, kw_only=True)
class Block:
    """Rows that a job has predicted, as the next chunk of the data set that it writes."""

    first_row: int
    rows: int
    data: bytes = field(repr=False)
    cells: Json = field(default_factory=dict)  #: rows by column that were imputed, or held an unknown category
    described: Json | None = None  #: of the first block: profiles by column, a preview, warnings


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a worker gets when it wins a job: the record, the rows, the start weights, a checkpoint to go on from."""

    job: Job
    network: Network
    data: bytes
    start_values: bytes
    checkpoint: Checkpoint | None
    start_preprocessing: Json | None = None  #: what the start weights were trained with
    datasets: Mapping[str, Dataset] = field(default_factory=dict)  #: by role: training, validation, prediction
