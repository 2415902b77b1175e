"""Follows one network's training from epoch to epoch: its schedule, its best epoch, what each epoch reports, and its
end."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any

import numpy as np

from service.engine.arrays import Array
from service.engine.evaluation import evaluate_scores, measure
from service.engine.inference import scores
from service.engine.metrics.table import higher_is_better
from service.engine.network import Network
from service.engine.norms import norm
from service.engine.rows import Rows
from service.engine.training.epoch import Epoch, Epochs
from service.engine.training.health import LayerHealth
from service.engine.training.monitor import Monitor
from service.engine.training.report import NO_METRICS, EpochReport, Outcome
from service.engine.training.spec import TrainingSpec

#: Layers are examined about once per this many steps, and in every epoch with at least as many, to keep it cheap.
STEPS_BETWEEN_LOOKS = 200


class Tracker:
    """Runs no steps: what came of them, and the weights, are handed in."""

    def __init__(
        self, network: Network, spec: TrainingSpec, rows: Rows, validation: Rows | None, steps_per_epoch: int
    ) -> None:
        self.network, self.spec, self.units, self.validation = network, spec, rows.units, validation
        self.steps_per_epoch = steps_per_epoch
        self.monitor = Monitor(spec.monitor or ("val_loss" if validation else "loss"), spec.early_stopping)
        self.schedule_memory: Mapping[str, Any] = spec.schedule.initial_memory()
        self.epoch = 0
        self.outcome: Outcome | None = None
        self.best_values: Array | None = None
        #: Whether something has to happen after each epoch with the weights of that moment.
        self.needs_every_epoch = bool(spec.metrics or validation or spec.early_stopping or spec.schedule.monitored)

    # -- before an epoch ---------------------------------------------------------------------------------------------

    @property
    def is_under_way(self) -> bool:
        return self.outcome is None and self.epoch < self.spec.epochs

    def rates(self, first_step: int, count: int) -> Array:
        """The learning rate of each of these steps, (count,)."""
        rates: Array = self.spec.optimizer.learning_rate * self.factors(first_step, count)
        return rates

    def factors(self, first_step: int, count: int) -> Array:
        """What the schedule makes of the learning rate in each of these steps, (count,)."""
        return self.spec.schedule.factors(
            first_step,
            count,
            steps_per_epoch=self.steps_per_epoch,
            epochs=self.spec.epochs,
            memory=self.schedule_memory,
        )

    def examines(self, epoch: int) -> bool:
        return epoch % self._look_every == 0 or epoch == self.spec.epochs

    @property
    def next_examined(self) -> int:
        return min(self.spec.epochs, (self.epoch // self._look_every + 1) * self._look_every)

    @property
    def _look_every(self) -> int:
        return -(-STEPS_BETWEEN_LOOKS // self.steps_per_epoch)

    # -- after an epoch ----------------------------------------------------------------------------------------------

    def is_finite(self, epoch: Epoch, values: Array) -> bool:
        if epoch.bad_step is not None or not math.isfinite(epoch.gradient_norm):
            return False
        with np.errstate(all="ignore"):
            return math.isfinite(norm(values))

    def report(
        self, epoch: Epoch, values: Array, layers: tuple[LayerHealth, ...] | None, of_validation: Array | None = None
    ) -> EpochReport:
        """Record an epoch that ended well; `of_validation` are the scores of those rows, if they are known already."""
        if not self.needs_every_epoch:
            return self._note(epoch, layers)
        self.epoch += 1
        numbers = {"loss": epoch.loss} | self._measure(epoch, values, of_validation)
        improved = self.monitor.look(self.epoch, numbers[self.monitor.name])
        if improved and self.restores_best:
            self.best_values = np.array(values)
        self._follow_schedule(numbers)
        if self.monitor.exhausted:
            self.outcome = Outcome("stopped_early", self.epoch)
        return EpochReport(
            epoch=self.epoch,
            loss=epoch.loss,
            val_loss=numbers.get("val_loss"),
            metrics={name: value for name, value in numbers.items() if name not in ("loss", "val_loss")},
            learning_rate=epoch.learning_rate,
            gradient_norm=epoch.gradient_norm,
            layers=layers,
            improved=improved,
            best_epoch=self.monitor.best_epoch,
            best_value=self.monitor.best_value,
        )

    def note_all(self, done: Epochs, good: int, layers: tuple[LayerHealth, ...] | None) -> list[EpochReport]:
        """Record the first `good` epochs of a block, in which nothing happens between the epochs; the layers are those
        after the last one."""
        first = self.epoch + 1
        self.epoch += good
        seen = self.monitor.look_at_all(first, done.losses[:good])
        losses, norms, rates = (
            numbers[:good].tolist() for numbers in (done.losses, done.gradient_norms, done.learning_rates)
        )
        looks = [*repeat(None, good - 1), layers]
        numbers = range(first, first + good)
        return list(map(EpochReport, numbers, losses, repeat(None), repeat(NO_METRICS), rates, norms, looks, *seen))

    def _note(self, epoch: Epoch, layers: tuple[LayerHealth, ...] | None) -> EpochReport:
        """`report`, where the loss is all there is to measure: tiny epochs come by the thousand."""
        self.epoch += 1
        monitor = self.monitor
        improved = monitor.look(self.epoch, epoch.loss)
        return EpochReport(
            self.epoch,
            epoch.loss,
            None,
            NO_METRICS,
            epoch.learning_rate,
            epoch.gradient_norm,
            layers,
            improved,
            monitor.best_epoch,
            monitor.best_value,
        )

    def _measure(self, epoch: Epoch, values: Array, of_validation: Array | None) -> dict[str, float]:
        numbers: dict[str, float] = {}
        if self.spec.metrics:
            own, targets = _joined(epoch.scores), _joined(epoch.targets)
            numbers |= measure(self.network, self.spec.metrics, own, targets, self.units)
        if self.validation is not None:
            if of_validation is None:
                of_validation = scores(self.network, values, self.validation.inputs)
            labelled = evaluate_scores(self.network, values, self.validation, of_validation, self.spec.metrics)
            numbers |= {f"val_{name}": value for name, value in labelled.items()}
        return numbers

    def _follow_schedule(self, numbers: Mapping[str, float]) -> None:
        name = self.spec.schedule.monitored
        if name is not None:
            value = -numbers[name] if higher_is_better(name) else numbers[name]
            self.schedule_memory = self.spec.schedule.after_epoch(self.schedule_memory, value)

    # -- the end -----------------------------------------------------------------------------------------------------

    @property
    def restores_best(self) -> bool:
        return self.spec.early_stopping is not None and self.spec.early_stopping.restore_best

    def interrupt(self) -> None:
        self.outcome = Outcome("interrupted", self.epoch)

    def diverge(self, epoch: Epoch) -> None:
        what = "gradient" if epoch.bad_step is None else "loss"
        step = epoch.bad_step or self.steps_per_epoch
        message = (
            f"The {what} was not a finite number in epoch {self.epoch + 1}, step {step}. The weights are those after "
            f"epoch {self.epoch}. A smaller learning_rate, clipping, or inputs of similar scale usually help."
        )
        self.outcome = Outcome("diverged", self.epoch + 1, step, message)

    def finish(self, values: Array) -> None:
        """End the run, if nothing else has ended it, with the weights that its spec asks for."""
        self.outcome = self.outcome or Outcome("finished", self.epoch)
        if self.outcome.ended_well and self.best_values is not None:
            np.copyto(values, self.best_values)


def _joined(chunks: Sequence[Array]) -> Array:
    return np.concatenate(chunks, axis=-1)
