"""Training as a generator of epoch reports, without I/O: to stop, stop iterating; to resume, pass the state back
in."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence

import numpy as np

from service.engine.arrays import Array
from service.engine.network import Network
from service.engine.rows import Rows
from service.engine.training.epoch import Epoch
from service.engine.training.health import Examiner, LayerHealth
from service.engine.training.position import Position
from service.engine.training.report import EpochReport, Outcome
from service.engine.training.run import Run
from service.engine.training.spec import TrainingSpec
from service.engine.training.state import TrainingState
from service.engine.training.tracker import Tracker
from service.engine.training.validation import ValidationScores


class Trainer:
    """One training run. Raises SpecError when the spec does not fit the network, DataError for a state of another run.

    The run starts from a copy of `values` (by default the network's initial ones). `interrupt` is called between blocks
    of steps; if it returns True, the run ends with the last finished epoch's weights.
    """

    def __init__(
        self,
        network: Network,
        spec: TrainingSpec,
        rows: Rows,
        *,
        validation: Rows | None = None,
        values: Array | None = None,
        state: TrainingState | None = None,
        interrupt: Callable[[], bool] | None = None,
    ) -> None:
        spec.check(network, validated=validation is not None)
        self.network, self.spec = network, spec
        self._interrupt = interrupt
        start = network.initial_values() if values is None else np.array(values, network.dtype)
        self._run = Run(network, spec, rows, start)
        self._tracker = Tracker(network, spec, rows, validation, self._run.steps_per_epoch)
        self._validation = ValidationScores(network, validation, self.values, spec.epochs)
        self._kept = start.copy()  # the weights after the last epoch that ended well
        self._together = 1 if self._tracker.needs_every_epoch else self._run.together
        self._values_after: Array | None = None  # the weights after each of the epochs that ran together last
        shown = [(layer, array) for layer, what, array in self._run.last_plan.recorders[0].shown if what == "a"]
        self._examiner = Examiner(network, shown)
        if state is not None:
            self._position.restore(state)
            self._kept = self.values.copy()

    @property
    def values(self) -> Array:
        """The current weights: a view that training keeps updating."""
        return self._run.vectors.values

    @property
    def epoch(self) -> int:
        return self._tracker.epoch

    @property
    def outcome(self) -> Outcome | None:
        return self._tracker.outcome

    @property
    def best_values(self) -> Array | None:
        return self._tracker.best_values

    @property
    def monitored(self) -> str:
        """The name of the metric that decides the best epoch."""
        return self._tracker.monitor.name

    def state(self) -> TrainingState:
        """Everything this run needs to resume, as copies. Call between epochs, not after an interruption."""
        return self._position.state()

    @property
    def _position(self) -> Position:
        run = self._run
        values, slots = run.vectors.values, run.vectors.slots
        return Position(self._tracker, run.cursor, len(run.rows), run.batch_rows, values, slots)

    # -- epochs ------------------------------------------------------------------------------------------------------

    def epochs(self) -> Iterator[EpochReport]:
        """Train until the end, and yield a report after each epoch."""
        return (report for reports in self._train(1) for report in reports)

    def groups(self, at_most: Callable[[], int | None] | None = None) -> Generator[Sequence[EpochReport]]:
        """As `epochs`, but yields the reports of as many tiny epochs together as ran as one block: `values` and `state`
        are those after the last of them, and `values_after` has the weights after each. `at_most`, asked before each
        block, bounds how many; None is no bound."""
        return self._train(self._together, at_most)

    def values_after(self, epoch: int) -> Array:
        """The weights after one of the epochs of the last reports."""
        return self.values if self._values_after is None else self._values_after[epoch - self.epoch - 1]

    def finish(self) -> None:
        """End after the epochs so far, as after the last one."""
        self._tracker.finish(self.values)

    def best_after(self, epoch: int) -> Array:
        """The weights after one of these epochs that is the best so far."""
        return self.values_after(epoch)

    def _train(
        self, together: int, at_most: Callable[[], int | None] | None = None
    ) -> Generator[Sequence[EpochReport]]:
        try:
            while self._tracker.is_under_way:
                bound = (at_most() if at_most else None) or together
                count = min(together, self._tracker.next_examined - self.epoch, bound)
                reports = self._next_epoch() if count == 1 else self._next_epochs(count)
                if reports:
                    yield reports
            self._tracker.finish(self.values)
        finally:
            self._run.close()

    def _next_epochs(self, count: int) -> list[EpochReport]:
        """Run several epochs as one block; report those before the first that diverges."""
        if self._interrupt is not None and self._interrupt():
            self._give_up(None)
            return []
        looks: dict[str, list[float]] = {}
        look = self._look_into(looks) if self._tracker.examines(self.epoch + count) else None
        done = self._run.epochs(self._tracker.rates, count, look)
        good = done.count_finite()
        reports = []
        if good:
            np.copyto(self._kept, done.values[good - 1])
            layers = self._examine(looks) if looks and good == count else None
            reports = self._tracker.note_all(done, good, layers)
        self._values_after = done.values[:good]
        if good < count:
            bad_step = None if np.isfinite(done.losses[good]) else 1
            self._give_up(Epoch(bad_step=bad_step))
        return reports

    def _look_into(self, looks: dict[str, list[float]]) -> Callable[[str], None]:
        return lambda what: looks.__setitem__(what, self._examiner.norms(self._gradient))

    def _examine(self, looks: dict[str, list[float]]) -> tuple[LayerHealth, ...]:
        return self._examiner.report(looks["gradient"], looks["update"], self._examiner.norms(self.values))

    def _next_epoch(self) -> list[EpochReport]:
        self._values_after = None
        looks: dict[str, list[float]] = {}
        examined = self._tracker.examines(self.epoch + 1)
        epoch = self._run.epoch(
            self._tracker.rates,
            keep_scores=bool(self.spec.metrics),
            interrupt=self._interrupt,
            look=self._look_into(looks) if examined else None,
        )
        if epoch is None or not self._tracker.is_finite(epoch, self.values):
            self._give_up(epoch)
            return []
        np.copyto(self._kept, self.values)
        layers = self._examine(looks) if looks else None
        return [self._tracker.report(epoch, self.values, layers, self._validation.now())]

    @property
    def _gradient(self) -> Array:
        return self._run.vectors.gradients[0]

    def _give_up(self, epoch: Epoch | None) -> None:
        """End the run with the last good weights, after an interruption or a divergence."""
        np.copyto(self.values, self._kept)
        if epoch is None:
            self._tracker.interrupt()
        else:
            self._tracker.diverge(epoch)
