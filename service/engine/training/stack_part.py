"""Networks of a stack that train side by side: their vectors, the programs over them, and what comes of an epoch."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from service.engine.training.report import EpochReport
from service.engine.training.stack_epoch import are_finite
from service.engine.training.stack_members import StackTable
from service.engine.training.stack_run import StackRun
from service.engine.training.stack_validation import StackValidation
from service.engine.training.stacked_network import StackedNetwork


class StackPart:
    """The networks hold the same vectors, each for itself; from here on they are rows of matrices."""

    def __init__(
        self, networks: Sequence[StackedNetwork], table: StackTable, *, apart: bool, pool: ThreadPoolExecutor | None
    ) -> None:
        self.networks = networks
        first = networks[0]
        self._values = np.stack([one.values for one in networks])
        self._kept = self._values.copy()  # the weights after the last epoch that ended well
        slots = {name: np.stack([one.slots[name] for one in networks]) for name in first.slots}
        for index, one in enumerate(networks):
            one.move(self._values[index], {name: slot[index] for name, slot in slots.items()})
        members = [one.member for one in networks]
        self.run = StackRun(first.network, members, table.table, self._values, slots, apart=apart, pool=pool)
        self._examiner = self.run.examiner()
        self._validation = StackValidation(first.network, [one.tracker.validation for one in networks])

    @property
    def is_over(self) -> bool:
        """Whether no network trains any more."""
        return all(one.has_left for one in self.networks)

    def epoch(self, interrupt: Callable[[], bool] | None) -> dict[StackedNetwork, EpochReport]:
        """Train an epoch; return the reports of the networks that train and have not diverged in it: of none if
        interrupted, which ends all runs with the last good weights."""
        networks = self.networks
        wanted = [one.outcome is None and one.tracker.examines(one.epoch + 1) for one in networks]
        examiner = self._examiner if any(wanted) else None
        done = self.run.epoch(
            keep_scores=[bool(one.spec.metrics and not one.outcome) for one in networks],
            interrupt=interrupt,
            examiner=examiner,
        )
        if done is None:
            self._give_up()
            return {}
        layers = examiner.report(self._values, wanted) if examiner else {}
        of_validation = self._validation.scores(self._values)
        finite = are_finite(self._values)
        epochs = done.of_networks(networks[0].network, self.run.rows)
        reports = {}
        for index, (one, epoch) in enumerate(zip(networks, epochs, strict=True)):
            if one.outcome is not None:
                continue
            if finite[index] and epoch.bad_step is None and math.isfinite(epoch.gradient_norm):
                reports[one] = one.report(epoch, layers.get(index), of_validation.get(index))
            else:
                np.copyto(self._values[index], self._kept[index])
                one.tracker.diverge(epoch)
        np.copyto(self._kept, self._values)
        return reports

    def _give_up(self) -> None:
        np.copyto(self._values, self._kept)
        for one in self.networks:
            one.leave()

    def dismiss(self) -> Iterator[StackedNetwork]:
        """Let networks that have ended go. Those that share a program stay in it, where they change
        nothing."""
        for index, one in enumerate(self.networks):
            if not one.tracker.is_under_way and not one.has_left:
                one.end()
                self.run.rest(index)
                yield one
