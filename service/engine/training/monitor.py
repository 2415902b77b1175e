"""Tracks the best epoch so far, and whether to stop early."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from service.engine.arrays import Array
from service.engine.metrics.table import higher_is_better
from service.engine.training.spec import EarlyStopping


@dataclass
class Monitor:
    """Follows one metric of the reports. Its fields, apart from the settings, are what a resumed run needs."""

    name: str
    body: EarlyStopping | None
    best_epoch: int | None = None
    best_value: float | None = None
    mark: float | None = None  #: the value to improve on by min_delta
    waited: int = 0

    def __post_init__(self) -> None:
        self._higher_is_better = higher_is_better(self.name)

    def look(self, epoch: int, value: float) -> bool:
        """Record an epoch's value; return whether it is the best so far."""
        improved = not math.isnan(value) and (self.best_value is None or self._better(value, self.best_value, 0.0))
        if improved:
            self.best_epoch, self.best_value = epoch, value
        min_delta = self.body.min_delta if self.body else 0.0
        if not math.isnan(value) and (self.mark is None or self._better(value, self.mark, min_delta)):
            self.mark, self.waited = value, 0
        else:
            self.waited += 1
        return improved

    def look_at_all(self, first_epoch: int, losses: Array) -> tuple[list[bool], list[int | None], list[float | None]]:
        """Record the losses, all finite, of epochs from one on; return for each whether it was the best so far, and
        the best epoch and value after it."""
        improved, best_values = _falling(losses, self.best_value)
        numbers = np.where(improved, np.arange(first_epoch, first_epoch + len(losses)), self.best_epoch or 0)
        best_epochs: list[int | None] = np.maximum.accumulate(numbers).tolist()
        marked, marks = _falling(losses, self.mark)
        if len(losses):
            self.best_epoch, self.best_value, self.mark = best_epochs[-1], best_values[-1].item(), marks[-1].item()
            since = np.flatnonzero(marked)
            self.waited = len(losses) - 1 - since[-1].item() if since.size else self.waited + len(losses)
        return improved.tolist(), best_epochs, best_values.tolist()

    @property
    def exhausted(self) -> bool:
        return self.body is not None and self.waited >= self.body.patience

    def _better(self, value: float, than: float, by: float) -> bool:
        return value > than + by if self._higher_is_better else value < than - by

    def to_json(self) -> dict[str, Any]:
        numbers = {"best_value": self.best_value, "mark": self.mark}
        # A run may have an infinite value, which JSON cannot represent.
        exact = {key: None if value is None else float(value).hex() for key, value in numbers.items()}
        return {"best_epoch": self.best_epoch, "waited": self.waited, **exact}

    def restore(self, data: Mapping[str, Any]) -> None:
        self.best_epoch, self.waited = data["best_epoch"], data["waited"]
        self.best_value, self.mark = (
            None if data[key] is None else float.fromhex(data[key]) for key in ("best_value", "mark")
        )


def _falling(losses: Array, before: float | None) -> tuple[Array, Array]:
    """Whether each loss is below all before it, and the smallest one so far."""
    first = np.inf if before is None else before
    smallest = np.minimum.accumulate(np.concatenate(([first], losses)))
    return losses < smallest[:-1], smallest[1:]
