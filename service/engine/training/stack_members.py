"""The networks of a stack as its steps see them: whose rows, in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.engine.arrays import Array
from service.engine.executors.choice import chosen_for
from service.engine.network import Network
from service.engine.rows import Rows
from service.engine.training.block import Table
from service.engine.training.cursor import Cursor, generator_state
from service.engine.training.spec import TrainingSpec
from service.engine.training.tracker import Tracker


class StackTable:
    """The rows of all networks, those that several share only once, and where each network's begin."""

    def __init__(self, network: Network, of_networks: Sequence[Rows]) -> None:
        apart = list({id(rows): rows for rows in of_networks}.values())
        starts = np.concatenate(([0], np.cumsum([len(rows) for rows in apart])))
        first = {id(rows): int(start) for rows, start in zip(apart, starts, strict=False)}
        self.starts = [first[id(rows)] for rows in of_networks]
        self.table = Table.of(network, *apart)


@dataclass
class Member:
    """One network's part in a stack."""

    tracker: Tracker
    cursor: Cursor
    rows: int
    start: int  #: where its rows begin in the table
    batch_rows: int

    @property
    def spec(self) -> TrainingSpec:
        return self.tracker.spec

    @property
    def shuffles(self) -> bool:
        # A batch of all rows is the same in any order.
        return self.spec.shuffle and self.batch_rows < self.rows

    @property
    def order_key(self) -> str:
        """Equal for members that have the same rows in the same order in all epochs from now on."""
        return repr((self.start, self.rows, generator_state(self.cursor.order_generator) if self.shuffles else None))


class Orders:
    """The rows of each network in the order of the epoch, as numbers in the table. Networks with the same order have
    one, and, if they shuffle it, one generator."""

    def __init__(self, members: Sequence[Member]) -> None:
        first: dict[str, Member] = {}
        for member in members:
            one = first.setdefault(member.order_key, member)
            if member.shuffles:
                member.cursor.order_generator = one.cursor.order_generator
        apart = list(first)
        self._of_networks = np.array([apart.index(member.order_key) for member in members])
        self._rows = np.zeros((len(apart), max(member.rows for member in members)), np.intp)
        each = [(member, order[: member.rows]) for member, order in zip(first.values(), self._rows, strict=True)]
        for member, order in each:
            order[:] = np.arange(member.start, member.start + member.rows)
        calls = [member.cursor.shuffle(order, member.start) for member, order in each if member.shuffles]
        self._shuffle = chosen_for(max(member.spec.epochs for member in members)).prepare(calls)

    def shuffle(self) -> None:
        """Put all rows in the order of the next epoch."""
        self._shuffle.run(0, self._shuffle.length)

    def are_alike(self, networks: slice) -> bool:
        """Whether these networks have the same rows in the same order."""
        own = self._of_networks[networks]
        return bool((own == own[0]).all())

    def of(self, networks: slice, first: int, stop: int) -> Array:
        """Rows of each of these networks' order, (networks, rows)."""
        return self._rows[self._of_networks[networks], first:stop]
