"""One network of a stack, with everything of a `Trainer` but the steps."""

from __future__ import annotations

import numpy as np

from service.engine.arrays import Array
from service.engine.optimizers import fresh_slots
from service.engine.training.cursor import Cursor
from service.engine.training.epoch import Epoch
from service.engine.training.health import LayerHealth
from service.engine.training.position import Position
from service.engine.training.report import EpochReport, Outcome
from service.engine.training.stack_members import Member
from service.engine.training.stackable import Training
from service.engine.training.state import TrainingState
from service.engine.training.tracker import Tracker


class StackedNetwork:
    """One network of a stack, read as a `Trainer`: its `state` resumes in either."""

    def __init__(self, training: Training, start: int) -> None:
        network, spec, rows = training.network, training.spec, training.rows
        spec.check(network, validated=training.validation is not None)
        self.network, self.spec = network, spec
        batch_rows = spec.batch_rows(len(rows))
        self.tracker = Tracker(network, spec, rows, training.validation, -(-len(rows) // batch_rows))
        self.member = Member(self.tracker, Cursor.at_start(spec, 1), len(rows), start, batch_rows)
        values = network.initial_values() if training.values is None else np.array(training.values, network.dtype)
        self.move(values, fresh_slots(spec.optimizer, network.parameter_count, network.dtype))
        self._last_state: TrainingState | None = None
        if training.state is not None:
            self._position.restore(training.state)

    @property
    def values(self) -> Array:
        """The current weights: while the network trains, a view that training keeps updating."""
        return self._values

    @property
    def best_values(self) -> Array | None:
        return self.tracker.best_values

    @property
    def epoch(self) -> int:
        return self.tracker.epoch

    @property
    def outcome(self) -> Outcome | None:
        return self.tracker.outcome

    @property
    def monitored(self) -> str:
        """The name of the metric that decides the best epoch."""
        return self.tracker.monitor.name

    def state(self) -> TrainingState:
        """Everything this network needs to resume, as copies; of one that has left, as it was then."""
        return self._last_state or self._position.state()

    def values_after(self, epoch: int) -> Array:
        return self.values

    def best_after(self, epoch: int) -> Array:
        return self.values

    def leave(self) -> None:
        """End this network's run after the last epoch; the others go on. Call between epochs."""
        if self.outcome is None:
            self.tracker.interrupt()

    @property
    def has_left(self) -> bool:
        return self._last_state is not None

    @property
    def _position(self) -> Position:
        member = self.member
        return Position(self.tracker, member.cursor, member.rows, member.batch_rows, self._values, self.slots)

    # -- what the stack does with it ---------------------------------------------------------------------------------

    def move(self, values: Array, slots: dict[str, Array]) -> None:
        """Go on in these vectors."""
        self._values, self.slots = values, slots

    def report(self, epoch: Epoch, layers: tuple[LayerHealth, ...] | None, of_validation: Array | None) -> EpochReport:
        """Record an epoch of the stack that ended well."""
        return self.tracker.report(epoch, self._values, layers, of_validation)

    def end(self) -> None:
        """Leave with copies of everything, for the stack goes on in its vectors."""
        self._last_state = self.state()
        self.move(self._values.copy(), {})

    def finish(self) -> None:
        """After that, take on the weights that the spec asks for."""
        self.tracker.finish(self._values)
