"""Takes frames of a run while somebody watches it, no more of them than can be drawn."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from service.domain.frames import Frame
from service.jobs.fits import AnyTrainer
from service.jobs.messages import Orders

FRAMES_PER_SECOND = 15.0
BYTES_PER_SECOND = 100_000
#: What a frame says besides its weights, roughly; these travel as base64.
OTHER_BYTES = 500


class Camera:
    def __init__(self, trainer: AnyTrainer, orders: Callable[[], Orders]) -> None:
        self._trainer = trainer
        self._orders = orders
        self._interval = interval_seconds(trainer.network.size)
        self._next = 0.0
        self._frames: list[Frame] = []
        self._taken_at = -1  #: epoch of the newest one

    @property
    def is_on(self) -> bool:
        return self._orders().is_watched

    def look(self) -> None:
        """Take the weights after the epochs that have just ended, if it is time."""
        if self.is_on and time.monotonic() >= self._next:
            self._next = time.monotonic() + self._interval
            self._take()

    def take_last(self) -> None:
        """Those that the run stops with, whenever the last frame was."""
        if self.is_on and self._taken_at != self._trainer.epoch:
            self._take()

    def collect(self) -> tuple[Frame, ...]:
        """All frames since the last call."""
        frames, self._frames = self._frames, []
        return tuple(frames)

    def _take(self) -> None:
        self._taken_at = self._trainer.epoch
        self._frames.append(Frame(epoch=self._taken_at, weights=self._trainer.values.astype("<f4").tobytes()))


def interval_seconds(numbers: int) -> float:
    """Between two frames of so many numbers."""
    size = OTHER_BYTES + np.dtype("<f4").itemsize * numbers * 4 / 3
    return float(max(1 / FRAMES_PER_SECOND, size / BYTES_PER_SECOND))
