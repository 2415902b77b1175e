"""Training as a generator of epoch reports, without I/O: to stop, stop iterating; to resume, pass the state back
in."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from service.engine.arrays import Array
from service.engine.evaluation import evaluate, measure
from service.engine.metrics.table import higher_is_better
from service.engine.network import Network
from service.engine.norms import norm
from service.engine.rows import Rows
from service.engine.training.health import Examiner, LayerHealth
from service.engine.training.monitor import Monitor
from service.engine.training.report import NO_METRICS, EpochReport, Outcome
from service.engine.training.run import Epoch, Epochs, Run, generator_state
from service.engine.training.spec import TrainingSpec
from service.engine.training.state import TrainingState
from service.schema.validation import DataError, ValidationIssue

#: Layers are examined about once per this many steps, and in every epoch with at least as many, to keep it cheap.
STEPS_BETWEEN_LOOKS = 200


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
        self.network, self.spec, self.validation = network, spec, validation
        self._interrupt = interrupt
        start = network.initial_values() if values is None else np.array(values, network.dtype)
        self._run = Run(network, spec, rows, start)
        self._kept = start.copy()  # the weights after the last epoch that ended well
        self._together = 1 if self._needs_every_epoch else self._run.together
        self._values_after: Array | None = None  # the weights after each of the epochs that ran together last
        self.best_values: Array | None = None
        self._monitor = Monitor(spec.monitor or ("val_loss" if validation else "loss"), spec.early_stopping)
        self._schedule_memory: Mapping[str, Any] = spec.schedule.initial_memory()
        self.epoch = 0
        self.outcome: Outcome | None = None
        plan = self._run.last_plan
        shown = [(layer, array) for layer, what, array in plan.recorders[0].shown if what == "a"]
        self._examiner = Examiner(network, shown)
        if state is not None:
            self._restore(state)

    @property
    def values(self) -> Array:
        """The current weights: a view that training keeps updating."""
        return self._run.vectors.values

    @property
    def monitored(self) -> str:
        """The name of the metric that decides the best epoch."""
        return self._monitor.name

    # -- epochs ------------------------------------------------------------------------------------------------------

    @property
    def _restores_best(self) -> bool:
        return self.spec.early_stopping is not None and self.spec.early_stopping.restore_best

    @property
    def _needs_every_epoch(self) -> bool:
        """Whether something has to happen after each epoch with the weights of that moment."""
        spec = self.spec
        return bool(spec.metrics or self.validation or spec.early_stopping or spec.schedule.monitored)

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

    def _train(
        self, together: int, at_most: Callable[[], int | None] | None = None
    ) -> Generator[Sequence[EpochReport]]:
        try:
            while self.outcome is None and self.epoch < self.spec.epochs:
                bound = (at_most() if at_most else None) or together
                count = min(together, self._next_examined - self.epoch, bound)
                reports = self._next_epoch() if count == 1 else self._next_epochs(count)
                if reports:
                    yield reports
            self.outcome = self.outcome or Outcome("finished", self.epoch)
            if self.outcome.ended_well:
                self._restore_best()
        finally:
            self._run.close()

    def _next_epochs(self, count: int) -> list[EpochReport]:
        """Run several epochs as one block; report those before the first that diverges."""
        if self._interrupt is not None and self._interrupt():
            self._give_up(None)
            return []
        looks: dict[str, list[float]] = {}
        look = self._look_into(looks) if self._is_examined(self.epoch + count) else None
        done = self._run.epochs(self._rates, count, look)
        good = done.count_finite()
        reports = [self._note(done, index, looks if index == count - 1 else None) for index in range(good)]
        if good:
            np.copyto(self._kept, done.values[good - 1])
        self._values_after = done.values[:good]
        if good < count:
            bad_step = None if math.isfinite(done.losses[good]) else 1
            self._give_up(Epoch(np.array(done.losses[good]), bad_step))
        return reports

    def _note(self, done: Epochs, index: int, looks: dict[str, list[float]] | None) -> EpochReport:
        """The report of one epoch of a block."""
        self.epoch += 1
        loss = done.losses[index]
        improved = self._monitor.look(self.epoch, loss)
        layers = self._examine(looks) if looks else None
        return EpochReport(
            self.epoch,
            loss,
            None,
            NO_METRICS,
            done.learning_rates[index],
            done.gradient_norms[index],
            layers,
            improved,
            self._monitor.best_epoch,
            self._monitor.best_value,
        )

    def _look_into(self, looks: dict[str, list[float]]) -> Callable[[str], None]:
        return lambda what: looks.__setitem__(what, self._examiner.norms(self._gradient))

    def _examine(self, looks: dict[str, list[float]]) -> tuple[LayerHealth, ...]:
        return self._examiner.report(looks["gradient"], looks["update"], self._examiner.norms(self.values))

    def _next_epoch(self) -> list[EpochReport]:
        self._values_after = None
        looks: dict[str, list[float]] = {}
        examined = self._is_examined(self.epoch + 1)
        epoch = self._run.epoch(
            self._rates,
            keep_scores=bool(self.spec.metrics),
            interrupt=self._interrupt,
            look=self._look_into(looks) if examined else None,
        )
        if epoch is None or not self._is_finite(epoch):
            self._give_up(epoch)
            return []
        self.epoch += 1
        np.copyto(self._kept, self.values)
        return [self._report(epoch, looks)]

    @property
    def _gradient(self) -> Array:
        return self._run.vectors.gradients[0]

    def _is_examined(self, epoch: int) -> bool:
        return epoch % self._look_every == 0 or epoch == self.spec.epochs

    @property
    def _look_every(self) -> int:
        return -(-STEPS_BETWEEN_LOOKS // self._run.steps_per_epoch)

    @property
    def _next_examined(self) -> int:
        return min(self.spec.epochs, (self.epoch // self._look_every + 1) * self._look_every)

    def _rates(self, first_step: int, count: int) -> Array:
        factors = self._run.schedule_factors(first_step, count, self._schedule_memory)
        rates: Array = self.spec.optimizer.learning_rate * factors
        return rates

    def _is_finite(self, epoch: Epoch) -> bool:
        if epoch.bad_step is not None or not math.isfinite(epoch.gradient_norm):
            return False
        with np.errstate(all="ignore"):
            return math.isfinite(norm(self.values))

    def _give_up(self, epoch: Epoch | None) -> None:
        """End the run with the last good weights, after an interruption or a divergence."""
        np.copyto(self.values, self._kept)
        if epoch is None:
            self.outcome = Outcome("interrupted", self.epoch)
            return
        what = "gradient" if epoch.bad_step is None else "loss"
        step = epoch.bad_step or self._run.steps_per_epoch
        message = (
            f"The {what} was not a finite number in epoch {self.epoch + 1}, step {step}. The weights are those after "
            f"epoch {self.epoch}. A smaller learning_rate, clipping, or inputs of similar scale usually help."
        )
        self.outcome = Outcome("diverged", self.epoch + 1, step, message)

    def _report(self, epoch: Epoch, looks: dict[str, list[float]]) -> EpochReport:
        loss = float(epoch.loss)
        numbers = {"loss": loss} | self._measure(epoch)
        improved = self._monitor.look(self.epoch, numbers[self._monitor.name])
        if improved and self._restores_best:
            self.best_values = np.array(self.values)
        self._follow_schedule(numbers)
        if self._monitor.exhausted:
            self.outcome = Outcome("stopped_early", self.epoch)
        return EpochReport(
            epoch=self.epoch,
            loss=loss,
            val_loss=numbers.get("val_loss"),
            metrics={name: value for name, value in numbers.items() if name not in ("loss", "val_loss")},
            learning_rate=epoch.learning_rate,
            gradient_norm=epoch.gradient_norm,
            layers=self._examine(looks) if looks else None,
            improved=improved,
            best_epoch=self._monitor.best_epoch,
            best_value=self._monitor.best_value,
        )

    def _measure(self, epoch: Epoch) -> dict[str, float]:
        numbers: dict[str, float] = {}
        if self.spec.metrics:
            scores, targets = np.concatenate(epoch.scores, axis=-1), np.concatenate(epoch.targets, axis=-1)
            numbers |= measure(self.network, self.spec.metrics, scores, targets, self._run.rows.units)
        if self.validation is not None:
            labelled = evaluate(self.network, self.values, self.validation, self.spec.metrics)
            numbers |= {f"val_{name}": value for name, value in labelled.items()}
        return numbers

    def _follow_schedule(self, numbers: Mapping[str, float]) -> None:
        name = self.spec.schedule.monitored
        if name is not None:
            value = -numbers[name] if higher_is_better(name) else numbers[name]
            self._schedule_memory = self.spec.schedule.after_epoch(self._schedule_memory, value)

    def _restore_best(self) -> None:
        if self.best_values is not None:
            np.copyto(self.values, self.best_values)

    # -- state -------------------------------------------------------------------------------------------------------

    def state(self) -> TrainingState:
        """Everything this run needs to resume, as copies. Call between epochs, not after an interruption."""
        run = self._run
        numbers = {
            "epoch": self.epoch,
            "step": run.step,
            "rows": len(run.rows),
            "batch_rows": run.batch_rows,
            "optimizer": dict(run.memory),
            "schedule": dict(self._schedule_memory),
            "order_generator": generator_state(run.order_generator),
            "generators": [generator_state(generator) for generator in run.generators],
            "monitor": self._monitor.to_json(),
        }
        arrays = {"values": run.vectors.values.copy()}
        arrays |= {f"slot.{name}": slot.copy() for name, slot in run.vectors.slots.items()}
        if self.best_values is not None:
            arrays["best_values"] = self.best_values.copy()
        return TrainingState(numbers, arrays)

    def _restore(self, state: TrainingState) -> None:
        run, numbers = self._run, state.numbers
        targets = {"values": run.vectors.values} | {f"slot.{name}": slot for name, slot in run.vectors.slots.items()}
        for name, target in targets.items():
            kept = state.arrays.get(name)
            if kept is None or (kept.shape, kept.dtype) != (target.shape, target.dtype):
                raise DataError([ValidationIssue((name,), "does not belong to a run of this network and optimizer")])
            np.copyto(target, kept)
        if len(numbers["generators"]) != len(run.generators):
            raise DataError([ValidationIssue(("threads",), "must equal that of the run to resume")])
        # A state from before these two were stored has neither.
        for name, kept, now in (
            ("rows", numbers.get("rows"), len(run.rows)),
            ("batch_size", numbers.get("batch_rows"), run.batch_rows),
        ):
            if kept not in (None, now):
                message = f"must equal that of the run to resume, {kept:,}; got {now:,}"
                raise DataError([ValidationIssue((name,), message)])
        self.epoch, run.step = numbers["epoch"], numbers["step"]
        run.memory = numbers["optimizer"]
        # Another schedule than that of the run before begins with a memory of its own.
        if numbers["schedule"].keys() == self._schedule_memory.keys():
            self._schedule_memory = numbers["schedule"]
        run.order_generator.bit_generator.state = numbers["order_generator"]
        for generator, kept in zip(run.generators, numbers["generators"], strict=True):
            generator.bit_generator.state = kept
        self._monitor.restore(numbers["monitor"])
        self._kept = self.values.copy()
        if "best_values" in state.arrays and self._restores_best:
            self.best_values = state.arrays["best_values"].copy()
        if self._monitor.exhausted:
            self.outcome = Outcome("stopped_early", self.epoch)
