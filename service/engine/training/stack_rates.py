"""The learning rates of a stack, computed once for all networks that are at the same step of the same schedule."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

import numpy as np

from service.engine.arrays import Array
from service.engine.training.block import Block
from service.engine.training.stack_members import Member


class StackRates:
    def __init__(self, members: Sequence[Member]) -> None:
        self._members = members
        groups: dict[Hashable, list[int]] = {}
        for index, member in enumerate(members):
            groups.setdefault(_pace(member), []).append(index)
        self._groups = [np.array(group) for group in groups.values()]
        optimizers = [member.spec.optimizer for member in members]
        self._rates = np.array([optimizer.learning_rate for optimizer in optimizers])
        self._decay = np.array([optimizer.weight_decay for optimizer in optimizers])

    def rest(self, index: int) -> None:
        """Let a network that has ended change no more."""
        self._rates[index] = self._decay[index] = 0.0

    def set(self, block: Block, networks: slice, count: int) -> Array:
        """Set the scalars of the block's first `count` steps, which these networks take next; return the learning rate
        of the last step, by network."""
        last = np.empty(networks.stop - networks.start)
        for indexes in self._within(networks):
            members = [self._members[index] for index in indexes]
            cursor, at = members[0].cursor, indexes - networks.start
            rates = members[0].tracker.factors(cursor.step, count)[:, None] * self._rates[indexes]
            if block.optimizer.weight_decay:
                block.keep[:count, at, 0] = 1 - rates * self._decay[indexes]
            now = {name: np.empty(rates.shape, scalars.dtype) for name, scalars in block.now.items()}
            memory = block.optimizer.fill(now, cursor.step, rates, cursor.memory)
            for name, scalars in now.items():
                block.now[name][:count, at, 0] = scalars
            for member in members:
                member.cursor.memory = memory
                member.cursor.step += count
            last[at] = rates[-1]
        return last

    def _within(self, networks: slice) -> Iterator[Array]:
        for group in self._groups:
            indexes = group[(group >= networks.start) & (group < networks.stop)]
            if indexes.size:
                yield indexes


def _pace(member: Member) -> Hashable:
    """Equal for networks whose rates have the same factors from now on: a schedule that watches a loss is its own."""
    spec, cursor = member.spec, member.cursor
    if spec.schedule.monitored:
        return id(member)
    return (spec.schedule, spec.epochs, member.tracker.steps_per_epoch, cursor.step, tuple(cursor.memory.items()))
