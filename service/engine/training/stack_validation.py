"""The scores of the validation rows of a stack's networks, by array where they have equally many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from service.engine.arrays import Array
from service.engine.inference import CHUNK, with_ones
from service.engine.network import Network
from service.engine.rows import Rows
from service.engine.tape import Features, Performer


class StackValidation:
    def __init__(self, network: Network, of_networks: Sequence[Rows | None]) -> None:
        self._network = network
        groups: dict[int, list[int]] = {}
        for index, rows in enumerate(of_networks):
            if rows is not None and len(rows) * network.width <= CHUNK:  # more would be scored piece by piece
                groups.setdefault(len(rows), []).append(index)
        self._groups = [
            (np.array(indexes), _features([of_networks[index] for index in indexes]))
            for indexes in groups.values()
            if len(indexes) > 1
        ]

    def scores(self, values: Array) -> Mapping[int, Array]:
        """(outputs, rows) of the networks that have others beside them; the values are (networks, size)."""
        found: dict[int, Array] = {}
        for indexes, x in self._groups:
            tape = Performer(rows=x.full.shape[-1], dtype=self._network.dtype, stack=(len(indexes),))
            out = tape.new(self._network.outputs, tape.rows)
            with np.errstate(all="ignore"):
                self._network.forward(tape, values[indexes], x, out)
            found |= zip(indexes.tolist(), out, strict=True)
        return found


def _features(of_networks: Sequence[Rows | None]) -> Features:
    tables = np.stack([with_ones(rows.inputs).full.T for rows in of_networks if rows is not None])
    return Features(tables.mT, tables[..., :-1].mT)
