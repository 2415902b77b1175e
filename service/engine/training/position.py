"""Where one network's training is between two epochs, as a state to keep and to resume from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from service.engine.arrays import Array
from service.engine.training.cursor import Cursor
from service.engine.training.report import Outcome
from service.engine.training.state import TrainingState
from service.engine.training.tracker import Tracker
from service.schema.validation import DataError, ValidationIssue


@dataclass(frozen=True)
class Position:
    """`values` and `slots` are the run's own, which `restore` overwrites."""

    tracker: Tracker
    cursor: Cursor
    rows: int
    batch_rows: int
    values: Array
    slots: Mapping[str, Array]

    def state(self) -> TrainingState:
        """Copies of everything."""
        numbers = self.cursor.to_json() | {
            "epoch": self.tracker.epoch,
            "rows": self.rows,
            "batch_rows": self.batch_rows,
            "schedule": dict(self.tracker.schedule_memory),
            "monitor": self.tracker.monitor.to_json(),
        }
        arrays = {name: vector.copy() for name, vector in self._vectors.items()}
        if self.tracker.best_values is not None:
            arrays["best_values"] = self.tracker.best_values.copy()
        return TrainingState(numbers, arrays)

    def restore(self, state: TrainingState) -> None:
        """Raises DataError for a state of another run."""
        self._check(state)
        for name, target in self._vectors.items():
            np.copyto(target, state.arrays[name])
        numbers, tracker = state.numbers, self.tracker
        self.cursor.restore(numbers)
        tracker.epoch = numbers["epoch"]
        # Another schedule than that of the run before begins with a memory of its own.
        if numbers["schedule"].keys() == tracker.schedule_memory.keys():
            tracker.schedule_memory = numbers["schedule"]
        tracker.monitor.restore(numbers["monitor"])
        if "best_values" in state.arrays and tracker.restores_best:
            tracker.best_values = state.arrays["best_values"].copy()
        if tracker.monitor.exhausted:
            tracker.outcome = Outcome("stopped_early", tracker.epoch)

    @property
    def _vectors(self) -> dict[str, Array]:
        return {"values": self.values} | {f"slot.{name}": slot for name, slot in self.slots.items()}

    def _check(self, state: TrainingState) -> None:
        numbers = state.numbers
        for name, target in self._vectors.items():
            kept = state.arrays.get(name)
            if kept is None or (kept.shape, kept.dtype) != (target.shape, target.dtype):
                raise DataError([ValidationIssue((name,), "does not belong to a run of this network and optimizer")])
        if len(numbers["generators"]) != len(self.cursor.generators):
            raise DataError([ValidationIssue(("threads",), "must equal that of the run to resume")])
        # A state from before these two were stored has neither.
        for field, then, now in (
            ("rows", numbers.get("rows"), self.rows),
            ("batch_size", numbers.get("batch_rows"), self.batch_rows),
        ):
            if then not in (None, now):
                message = f"must equal that of the run to resume, {then:,}; got {now:,}"
                raise DataError([ValidationIssue((field,), message)])
