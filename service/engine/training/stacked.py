"""Trains K networks of one shape together, on arrays with one more axis, which makes ensembles and searches cheap."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from service.engine.schedules import Constant
from service.engine.training.report import EpochReport
from service.engine.training.stack_members import StackTable
from service.engine.training.stack_part import StackPart
from service.engine.training.stackable import Training, is_worth_stacking, reject_different
from service.engine.training.stacked_network import StackedNetwork

#: A stack of which no more than this share still trains is rebuilt without the rest.
WORTH_KEEPING = 0.75


class StackedTrainer:
    """Train K networks of one shape, each with its own seeds, rows, validation rows, learning rate, weight decay,
    schedule, early stopping, metrics and number of epochs.

    Networks with long steps have a program each, which `threads` run side by side; only what is done between the steps
    is done for all at once. Each gives the bytes that a `Trainer` of its own gives, if NumPy computes in a stack as it
    does alone, which `gives_same_bytes` tries out. Trainings of one `stack_key` fit together; others raise SpecError. A
    network that is done, diverges or leaves changes nothing for the others. `interrupt` is called between blocks of
    steps; if it returns True, all runs end with the last finished epoch's weights. With `holds`, a network that has
    ended keeps the weights that it stopped with until its `finish`.
    """

    def __init__(
        self,
        trainings: Sequence[Training],
        *,
        interrupt: Callable[[], bool] | None = None,
        threads: int = 1,
        holds: bool = False,
    ) -> None:
        reject_different(trainings)
        self._interrupt, self._holds = interrupt, holds
        self._apart = not is_worth_stacking(trainings[0])
        self._pool = ThreadPoolExecutor(threads) if self._apart and threads > 1 else None
        self._table = StackTable(trainings[0].network, [training.rows for training in trainings])
        #: In the order of the trainings.
        self.networks = [StackedNetwork(*each) for each in zip(trainings, self._table.starts, strict=True)]
        self._leave_out([one for one in self.networks if not one.tracker.is_under_way])
        self._stack()

    def rest(self, indexes: Sequence[int]) -> None:
        """Leave these networks out, as they are now. Call between epochs."""
        if indexes:
            self._leave_out([self.networks[index] for index in indexes])
            self._stack()

    def _leave_out(self, networks: Sequence[StackedNetwork]) -> None:
        for one in networks:
            one.end()
            if not self._holds:
                one.finish()

    def epochs(self) -> Generator[dict[int, EpochReport]]:
        """Train until every network has ended, and yield the reports of each epoch by the networks' indexes. Like
        `Trainer.epochs`, without one of an epoch that diverged."""
        try:
            while self.part is not None and not self.part.is_over:
                reports = self.part.epoch(self._interrupt)
                if reports:
                    yield {index: reports[one] for index, one in enumerate(self.networks) if one in reports}
                self._dismiss(self.part)
        finally:
            if self._pool is not None:
                self._pool.shutdown()

    def _stack(self) -> None:
        """Put the networks that train side by side."""
        left = sorted((one for one in self.networks if not one.has_left), key=lambda one: one.member.rows)
        self.part = StackPart(left, self._table, apart=self._apart, pool=self._pool) if left else None

    def _dismiss(self, part: StackPart) -> None:
        """Let networks that have ended go; if they share a program with the rest, that gets a new one once it is worth
        it."""
        for one in part.dismiss():
            if not self._holds:
                one.finish()
        left = [one.has_left for one in part.networks].count(False)
        if not self._apart and left <= WORTH_KEEPING * len(part.networks):
            self._stack()


def gives_same_bytes(trainings: Sequence[Training]) -> bool:
    """Whether a stack of such trainings gives each network the bytes of a `Trainer` on this machine: tries an epoch of
    a few batches with two of them. What NumPy and BLAS do with a stack depends on shapes, versions and processors."""
    pair = [_brief(training) for training in (trainings[0], trainings[-1])]
    stacked, alone = StackedTrainer(pair), [training.alone() for training in pair]
    reports = [list(reports.values()) for reports in stacked.epochs()]
    own = [list(trainer.epochs()) for trainer in alone]
    return repr(reports) == repr([list(pair) for pair in zip(*own, strict=True)]) and all(
        one.values.tobytes() == trainer.values.tobytes() for one, trainer in zip(stacked.networks, alone, strict=True)
    )


def _brief(training: Training) -> Training:
    """With batches of the same sizes, but few of them."""
    spec, count = training.spec, len(training.rows)
    size = spec.batch_rows(count)
    rows = training.rows.take(np.arange(min(count, 2 * size + count % size)))
    brief = replace(spec, epochs=1, schedule=Constant(), early_stopping=None, metrics=())
    return replace(training, spec=brief, rows=rows, state=None)
