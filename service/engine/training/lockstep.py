"""Several runs of one training side by side, an epoch of each in turn: the members of an ensemble, or folds.

So an epoch of the job is one of every run: its history, its progress and its pace mean what they mean for one run, and
whatever stops it stops all runs after the same epoch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from service.engine.arrays import Array
from service.engine.training.health import LayerHealth
from service.engine.training.report import EpochReport, FitReport, Outcome
from service.engine.training.side_by_side import SideBySide
from service.engine.training.state import TrainingState
from service.schema.validation import DataError, ValidationIssue

#: What a run is called in the names of its layers, by its place.
Naming = Callable[[int], str]


class Counted(NamedTuple):
    """What a run counts with, and what it counted with in its best epoch; None before either, or once it has
    diverged."""

    now: FitReport | None = None
    best: FitReport | None = None

    def to_json(self) -> list[Any]:
        return [None if fit is None else fit.to_json() for fit in self]

    @classmethod
    def of(cls, told: Sequence[Any]) -> Counted:
        return cls(*(None if fit is None else FitReport(**fit) for fit in told))


class Lockstep:
    """Each run has its own rows, seed, early stopping and best epoch. One that has ended waits for the others; it
    counts in their mean with the numbers of the weights that it keeps. One that has diverged counts no more.

    `counted` goes with the states of runs that go on.
    """

    def __init__(self, runs: SideBySide, naming: Naming, counted: Sequence[Counted] | None = None) -> None:
        self._runs = runs
        self.trainers = tuple(runs.fits)
        self._naming = naming
        self._counted = list(counted or [Counted()] * len(self.trainers))
        self.epoch = max(trainer.epoch for trainer in self.trainers)
        self.outcome: Outcome | None = None
        #: Runs that have diverged.
        self.lost = {index for index, one in enumerate(self._counted) if one.now is None and self.epoch}
        behind = {index for index, trainer in enumerate(self.trainers) if trainer.epoch < self.epoch}
        #: Runs that had stopped before the state that these go on from: they stay so, whatever the options are now.
        self._behind = behind - self.lost
        self._best_epoch = max((fit.best_epoch or 0 for fit in self._sound), default=0) or None
        runs.rest(self._behind | self.lost)

    @property
    def _sound(self) -> list[FitReport]:
        return [counted.now for counted in self._counted if counted.now is not None]

    def epochs(self) -> Generator[EpochReport]:
        """Train until every run has ended, and yield the mean of each epoch. After an interruption some runs may be an
        epoch ahead of the others."""
        try:
            while training := self._training():
                reports = self._step(training)
                if self.outcome is not None:
                    return
                if reports:
                    yield self._mean(reports)
            self._runs.finish([index for index in range(len(self.trainers)) if index not in self.lost])
            self.outcome = self._joint_outcome()
        finally:
            self._runs.close()

    def _training(self) -> list[int]:
        return [
            index
            for index, trainer in enumerate(self.trainers)
            if index not in self.lost | self._behind and trainer.outcome is None and trainer.epoch < trainer.spec.epochs
        ]

    def _step(self, training: Sequence[int]) -> Mapping[int, EpochReport]:
        reports = self._runs.step(training)
        outcomes = {index: self.trainers[index].outcome for index in training if index not in reports}
        if any(outcome is None or outcome.reason == "interrupted" for outcome in outcomes.values()):
            self.outcome = Outcome("interrupted", self.epoch)
            return {}
        for index in outcomes:
            self._counted[index] = Counted()
            self.lost.add(index)
        return reports

    def _mean(self, reports: Mapping[int, EpochReport]) -> EpochReport:
        """Numbers of all runs that are sound; the rate, the gradient and the layers are those of runs that train."""
        self.epoch += 1
        for index, report in reports.items():
            self._counted[index] = self._count(index, report)
        improved = any(report.improved for report in reports.values())
        self._best_epoch = self.epoch if improved else self._best_epoch
        sound = self._sound
        return EpochReport(
            epoch=self.epoch,
            loss=_mean(fit.loss for fit in sound),
            val_loss=_mean_known(fit.val_loss for fit in sound),
            metrics={name: _mean(fit.metrics[name] for fit in sound) for name in sound[0].metrics},
            learning_rate=next(iter(reports.values())).learning_rate,
            gradient_norm=_mean(report.gradient_norm for report in reports.values()),
            layers=self._layers(reports),
            improved=improved,
            best_epoch=self._best_epoch,
            best_value=_mean_known(fit.best_value for fit in sound),
            fits=tuple(counted.now for counted in self._counted),
        )

    def _count(self, index: int, report: EpochReport) -> Counted:
        trainer, best = self.trainers[index], self._counted[index].best
        now = FitReport(report.loss, report.val_loss, report.metrics, report.best_epoch, report.best_value)
        best = now if report.improved or best is None else best
        if trainer.outcome is not None:  # it has stopped early
            now = (now if trainer.best_values is None else best)._replace(ended=trainer.outcome.reason)
        return Counted(now, best)

    def _layers(self, reports: Mapping[int, EpochReport]) -> tuple[LayerHealth, ...] | None:
        found = [
            replace(layer, layer=f"{self._naming(index)}.{layer.layer}")
            for index, report in reports.items()
            for layer in report.layers or ()
        ]
        return tuple(found) or None

    def _joint_outcome(self) -> Outcome:
        """That of the runs that are sound, or else the divergence of the first one."""
        outcomes = [trainer.outcome for trainer in self.trainers if trainer.outcome is not None]
        good = [outcome for outcome in outcomes if outcome.ended_well]
        if not good:
            return outcomes[0]
        early = all(outcome.reason == "stopped_early" for outcome in good)
        return Outcome("stopped_early" if early else "finished", self.epoch)

    # -- state -------------------------------------------------------------------------------------------------------

    def state(self) -> TrainingState:
        """Everything these runs need to resume. Call between epochs, not after an interruption."""
        states = [trainer.state() for trainer in self.trainers]
        numbers = {
            "fits": [state.numbers for state in states],
            "counted": [counted.to_json() for counted in self._counted],
        }
        arrays = {
            f"{index}.{name}": array for index, state in enumerate(states) for name, array in state.arrays.items()
        }
        return TrainingState(numbers, arrays)


class Parted(NamedTuple):
    """The state of runs side by side, by run."""

    states: Sequence[TrainingState | None]
    counted: Sequence[Counted] | None = None

    @classmethod
    def of(cls, state: TrainingState | None, runs: int) -> Parted:
        """Raises DataError for the state of another number of runs."""
        if state is None:
            return cls([None] * runs)
        known = state.numbers.get("fits", ())
        if len(known) != runs:
            raise DataError([ValidationIssue(("fits",), f"must be {runs}, as many as train now; got {len(known)}")])
        states = [TrainingState(numbers, _own(state.arrays, index)) for index, numbers in enumerate(known)]
        return cls(states, [Counted.of(told) for told in state.numbers["counted"]])


def _own(arrays: Mapping[str, Array], index: int) -> dict[str, Array]:
    prefix = f"{index}."
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def _mean(numbers: Iterable[float]) -> float:
    known = list(numbers)
    return math.fsum(known) / len(known) if all(map(math.isfinite, known)) else sum(known) / len(known)


def _mean_known(numbers: Iterable[float | None]) -> float | None:
    """None where a run has none."""
    known = list(numbers)
    return None if None in known else _mean(number for number in known if number is not None)
