"""Weights at one moment, as frozen records that know neither SQL nor HTTP. Times are seconds since 1970, UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from service.domain.types import Json


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Weights at one moment, without the weights themselves; read those by `Storage.read_snapshot_values`."""

    id: str
    network_id: str
    job_id: str | None
    epoch: int  #: 0 for initial or imported weights
    kind: str  #: initial, imported, last, best, periodic
    alias: str | None  #: the first by name of the network's aliases that point at its version
    loss: float | None
    val_loss: float | None
    metrics: Mapping[str, float]
    dtype: str
    manifest: Sequence[Json]  #: name, shape, dtype, offset of each tensor in the buffer
    sha256: str
    size_bytes: int
    created_at: float
    preprocessing: Json | None = None  #: fitted on the rows these weights were trained on
    calibration: Json | None = None  #: what the validation rows said of these weights
    version: int | None = None  #: its number, if it was published

    @property
    def temperature(self) -> float:
        """What predictions divide the scores behind probabilities by."""
        return 1.0 if self.calibration is None else float(self.calibration["temperature"])

    @property
    def threshold(self) -> Json | None:
        """At which one of its classes is predicted."""
        return None if self.calibration is None else self.calibration.get("threshold")


@dataclass(frozen=True, kw_only=True)
class NewSnapshot:
    """`values` are raw little-endian parameters, then statistics, in the order of the manifest.

    With an alias it is published as a version, which the alias then points at.
    """

    id: str
    network_id: str
    job_id: str | None
    epoch: int
    kind: str
    dtype: str
    manifest: Sequence[Json]
    values: bytes
    alias: str | None = None
    loss: float | None = None
    val_loss: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    preprocessing: Json | None = None
    calibration: Json | None = None
    reference: Json | None = None  #: how the training rows and the answers to them are distributed
