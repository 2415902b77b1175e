"""What a run says of each epoch, and of its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from service.engine.training.health import LayerHealth

NO_METRICS: Mapping[str, float] = {}


class EpochReport(NamedTuple):
    """One epoch. `loss` is the row-weighted mean (with reduction sum: the sum) of its batches' losses as the steps
    saw them, each before its own update; `metrics` are in the user's units where the rows know them;
    `learning_rate` and `gradient_norm` (before clipping) are of its last step; `layers` is None in epochs where the
    layers were not looked at."""

    epoch: int
    loss: float
    val_loss: float | None
    metrics: Mapping[str, float]
    learning_rate: float
    gradient_norm: float
    layers: tuple[LayerHealth, ...] | None
    improved: bool
    best_epoch: int | None
    best_value: float | None


@dataclass(frozen=True)
class Outcome:
    """Why a run ended: finished, stopped_early, diverged or interrupted; after a divergence, at which epoch and step,
    from 1."""

    reason: str
    epoch: int
    step: int | None = None
    message: str = ""

    @property
    def ended_well(self) -> bool:
        """Whether the run ended by itself; only then are the weights those the spec asks for."""
        return self.reason in ("finished", "stopped_early")
