"""Lines of the loss history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from service.domain.types import Json


class Epoch(NamedTuple):
    """One line of the loss history. Floats may be NaN or infinite; storage keeps them as they are.

    A tuple and not a dataclass, for it is made by the thousand: a frozen dataclass takes six times as long to make.
    """

    epoch: int
    loss: float
    val_loss: float | None
    learning_rate: float
    gradient_norm: float
    seconds: float
    metrics: Mapping[str, float] = {}  #: "accuracy", "val_accuracy", …
    layers: Sequence[Json] | None = None  #: per-layer health, where it was looked at
    #: The numbers of each run whose mean this is, such as the members of an ensemble; None for one that diverged.
    fits: Sequence[Json | None] | None = None
    job_id: str = ""
