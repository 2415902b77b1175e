"""Trains the members of an ensemble side by side, and looks from outside like the training of one network."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from service.engine.arrays import Array
from service.engine.network import Network
from service.engine.nodes import member_name
from service.engine.rows import Rows
from service.engine.seeds import member_seed
from service.engine.training.lockstep import Lockstep, Parted
from service.engine.training.report import EpochReport, Outcome
from service.engine.training.side_by_side import Fit, side_by_side
from service.engine.training.spec import TrainingSpec
from service.engine.training.stackable import Training
from service.engine.training.state import TrainingState
from service.schema.validation import DataError, ValidationIssue

BEST = "best"


class MemberRows(NamedTuple):
    """What one member is trained on, and validated with."""

    training: Rows
    validation: Rows | None = None


def member_training(network: Network, spec: TrainingSpec, index: int) -> TrainingSpec:
    """A training as one member takes part in it."""
    recipe = network.spec.recipe_of(index)
    return replace(
        spec,
        seed=member_seed(spec.seed, index),
        optimizer=recipe.optimizer or spec.optimizer,
        schedule=recipe.schedule or spec.schedule,
    )


class EnsembleTrainer:
    """Trains member i as a `Trainer` of its own spec and rows, which hold the inputs that it reads, with the seed
    `member_seed(spec.seed, i)` and the options of its recipe.

    `values` are those after the last epoch that all members have ended; a member that has stopped early shows those it
    stopped with until all have, and then its best ones. Members have equal weights until others are chosen at the end;
    one that has diverged has none. Raises as `Trainer` does.
    """

    def __init__(
        self,
        network: Network,
        spec: TrainingSpec,
        rows: Sequence[MemberRows],
        *,
        values: Array | None = None,
        state: TrainingState | None = None,
        interrupt: Callable[[], bool] | None = None,
        threads: int = 1,
    ) -> None:
        self.network, self.spec = network, spec
        start = network.initial_values() if values is None else np.array(values, network.dtype)
        parted = Parted.of(state, len(network.members))
        each = zip(network.members, rows, network.parted(start), parted.states, strict=True)
        trainings = [
            Training(
                network=member,
                spec=member_training(network, spec, index),
                rows=own.training,
                validation=own.validation,
                values=first,
                state=known,
            )
            for index, (member, own, first, known) in enumerate(each)
        ]
        runs = side_by_side(trainings, interrupt, threads)
        self._lockstep = Lockstep(runs, member_name, parted.counted)
        self.values = start
        self._best = start.copy()  # each member's of its best epoch so far
        if state is not None:
            self._restore(state)

    @property
    def members(self) -> Sequence[Fit]:
        return self._lockstep.trainers

    @property
    def lost(self) -> set[int]:
        """The members that have diverged."""
        return self._lockstep.lost

    @property
    def epoch(self) -> int:
        return self._lockstep.epoch

    @property
    def outcome(self) -> Outcome | None:
        return self._lockstep.outcome

    @property
    def monitored(self) -> str:
        return self.members[0].monitored

    @property
    def best_values(self) -> Array | None:
        """None where the members do not return to their best epochs."""
        early = self.spec.early_stopping
        return self._best if early is not None and early.restore_best else None

    def groups(self, at_most: Callable[[], int | None] | None = None) -> Generator[Sequence[EpochReport]]:
        """Train until the end, and yield the report of each epoch: always of one."""
        epochs = self._lockstep.epochs()
        try:
            for report in epochs:
                self._take(report)
                yield [report]
            if self.outcome is not None and self.outcome.ended_well:
                self._join(self.values, range(len(self.members)))
        finally:
            epochs.close()

    def epochs(self) -> Generator[EpochReport]:
        return (report for reports in self.groups() for report in reports)

    def values_after(self, epoch: int) -> Array:
        return self.values

    def best_after(self, epoch: int) -> Array:
        """Of each member those of its best epoch up to this one."""
        return self._best

    def _take(self, report: EpochReport) -> None:
        """The weights after an epoch, and those that are a member's best."""
        self._join(self.values, range(len(self.members)))
        fits = enumerate(report.fits)
        self._join(self._best, [index for index, fit in fits if fit is not None and fit.best_epoch == report.epoch])

    def _join(self, into: Array, members: Sequence[int]) -> None:
        of_members = self.network.parted(into)
        for index in members:
            np.copyto(of_members[index], self.members[index].values)
        if self.lost and len(self.lost) < len(self.members):
            weights = np.array([index not in self.lost for index in range(len(self.members))], np.float64)
            self.network.weigh(into, weights / weights.sum())

    def weigh(self, weights: Sequence[float]) -> None:
        """Give the members these shares in the mean, in the weights that a run has ended with."""
        self.network.weigh(self.values, weights)

    # -- state -------------------------------------------------------------------------------------------------------

    def state(self) -> TrainingState:
        """Everything this run needs to resume, as copies. Call between epochs, not after an interruption."""
        state = self._lockstep.state()
        return TrainingState(state.numbers, {**state.arrays, "values": self.values.copy(), BEST: self._best.copy()})

    def _restore(self, state: TrainingState) -> None:
        for name, target in (("values", self.values), (BEST, self._best)):
            kept = state.arrays.get(name)
            if kept is None or kept.shape != target.shape:
                raise DataError([ValidationIssue((name,), "does not belong to a run of this network")])
            np.copyto(target, kept)
