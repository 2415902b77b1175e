"""The scores of a run's validation rows, by a program that is prepared once and runs after each epoch."""

from __future__ import annotations

import numpy as np

from service.engine.arrays import Array
from service.engine.executors.base import Program
from service.engine.executors.choice import chosen_for
from service.engine.inference import CHUNK, with_ones
from service.engine.network import Network
from service.engine.rows import Rows
from service.engine.tape import Recorder


class ValidationScores:
    """`values` are the weights that the run trains in place. Rows that would pass through the network in several pieces
    have no program, for it would keep what all of them become."""

    def __init__(self, network: Network, rows: Rows | None, values: Array, epochs: int) -> None:
        self._program: Program | None = None
        if rows is None or len(rows) * network.width > CHUNK:
            return
        tape = Recorder(rows=len(rows), dtype=network.dtype)
        self._scores = tape.new(network.outputs, len(rows))
        network.forward(tape, values, with_ones(rows.inputs), self._scores)
        self._program = chosen_for(epochs).prepare(tape.calls)

    def now(self) -> Array | None:
        """(outputs, rows), until the next call; None where there is no program."""
        if self._program is None:
            return None
        with np.errstate(all="ignore"):
            self._program.run(0, self._program.length)
        return self._scores
