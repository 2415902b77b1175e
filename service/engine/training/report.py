"""What a run says of each epoch, and of its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from service.engine.training.health import LayerHealth

NO_METRICS: Mapping[str, float] = {}


class FitReport(NamedTuple):
    """What one of several runs side by side counts with: the numbers of an epoch, and its best one so far."""

    loss: float
    val_loss: float | None
    metrics: Mapping[str, float]
    best_epoch: int | None
    best_value: float | None
    ended: str | None = None  #: why it has ended, as an outcome's reason; None while it trains

    def to_json(self) -> dict[str, Any]:
        return {**self._asdict(), "metrics": dict(self.metrics)}


class EpochReport(NamedTuple):
    """One epoch. `loss` is the row-weighted mean (with reduction sum: the sum) of its batches' losses as the steps
    saw them, each before its own update; `metrics` are in the user's units where the rows know them;
    `learning_rate` and `gradient_norm` (before clipping) are of its last step; `layers` is None in epochs where the
    layers were not looked at; `fits` are the runs whose mean these numbers are, if several train side by side, None
    for one that has diverged."""

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
    fits: tuple[FitReport | None, ...] = ()


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
