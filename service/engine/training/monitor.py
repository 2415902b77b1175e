"""Tracks the best epoch so far, and whether to stop early."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
