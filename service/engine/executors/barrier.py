"""Where the threads of a training step wait for each other, whichever executor runs them."""

from __future__ import annotations

from threading import Barrier

import numpy as np


class SharedBarrier(Barrier):
    """Python programs call `wait`. Native ones wait on `state`, the words of loop.c's `struct barrier`; all threads of
    a plan do the same, because one executor prepares all of their programs."""

    PARTIES, ARRIVED, ROUND, BROKEN = range(4)

    def __init__(self, parties: int) -> None:
        super().__init__(parties)
        self.state = np.zeros(4, np.uint32)
        self.state[self.PARTIES] = parties

    def abort(self) -> None:
        super().abort()
        self.state[self.BROKEN] = 1
