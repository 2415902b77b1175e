"""The results of an epoch of a stack: by array, and in the end for each network as it has them alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from service.engine.arrays import Array
from service.engine.network import Network
from service.engine.norms import norms
from service.engine.training.epoch import Epoch


class StackEpoch:
    """`losses` are gathered for each group of networks with the same number of rows, which take the same steps."""

    def __init__(self, groups: Sequence[slice]) -> None:
        self.groups = groups
        count = groups[-1].stop
        self.gradient_norms, self.learning_rates = np.zeros(count), np.zeros(count)
        self._losses: list[list[Array]] = [[] for _ in groups]
        self._scores: dict[int, list[Array]] = {}
        self._targets: dict[int, list[Array]] = {}

    def add(self, networks: slice, losses: Array) -> None:
        """Add the losses of some steps of these networks, (networks, steps), each before its own update."""
        for group, gathered in zip(self.groups, self._losses, strict=True):
            if networks.start <= group.start and group.stop <= networks.stop:
                gathered.append(losses[group.start - networks.start : group.stop - networks.start])

    def keep(self, index: int, scores: Array, targets: Array) -> None:
        """Keep these for the metrics, as copies: the next block overwrites the buffer."""
        self._scores.setdefault(index, []).append(scores.copy())
        self._targets.setdefault(index, []).append(np.ascontiguousarray(targets))

    def of_networks(self, network: Network, rows: Sequence[int]) -> Iterator[Epoch]:
        """Each network's epoch, `rows` long; summed up once, so that no sum depends on the blocks in which the steps
        ran."""
        for group, gathered in zip(self.groups, self._losses, strict=True):
            losses = np.concatenate(gathered, axis=1)
            totals = np.add.reduce(losses, 1)
            means = totals / (1 if network.spec.loss.reduction == "sum" else rows[group.start])
            rates, gradients = self.learning_rates[group].tolist(), self.gradient_norms[group].tolist()
            bad_steps = _bad_steps(losses, totals)
            each = zip(means.tolist(), bad_steps, gradients, rates, strict=True)
            for index, (loss, bad_step, gradient_norm, rate) in enumerate(each, group.start):
                scores, targets = self._scores.get(index, []), self._targets.get(index, [])
                yield Epoch(loss, bad_step, gradient_norm, rate, scores, targets)


def _bad_steps(losses: Array, totals: Array) -> list[int | None]:
    """The first step of each network whose loss is not finite, from 1; the last one if only the sum is not."""
    count, steps = losses.shape
    bad: list[int | None] = [None] * count
    if not np.isfinite(totals).all():
        finite = np.isfinite(losses)
        for index in np.flatnonzero(~np.isfinite(totals)).tolist():
            bad[index] = steps if finite[index].all() else 1 + int(np.argmin(finite[index]))
    return bad


def are_finite(values: Array) -> list[bool]:
    """Whether each network's weights are, (networks, size)."""
    with np.errstate(all="ignore"):
        found: list[bool] = np.isfinite(norms(values)).tolist()
    return found
