"""The weights of a job at one moment, for those who watch it train."""

from __future__ import annotations

from dataclasses import dataclass, field

from service.domain.epochs import Epoch


@dataclass(frozen=True, kw_only=True)
class Frame:
    epoch: int
    weights: bytes = field(repr=False)  #: every number of a snapshot, in its order, as little-endian float32
    numbers: Epoch | None = None  #: of that epoch, where it is on record


@dataclass(frozen=True, kw_only=True)
class Weights:
    """What a job has come to, as its network stores weights."""

    epoch: int  #: 0 for those that it starts from
    values: bytes = field(repr=False)
