"""How far a run goes on, and how fast, as its orders say."""

from __future__ import annotations

import time
from collections.abc import Callable

from service.domain.status import RequestedState
from service.jobs.fits import AnyTrainer
from service.jobs.messages import Orders

#: A slow run of tiny epochs trains as many at once as it shows in one frame.
STOPS_PER_SECOND = 15.0
LONG_SECONDS = 0.2

#: Waits so many seconds, or until the orders change.
Wait = Callable[[float], object]


class Pacer:
    def __init__(self, trainer: AnyTrainer, orders: Callable[[], Orders], wait: Wait) -> None:
        self._trainer = trainer
        self._orders = orders
        self._wait = wait
        self._due = time.monotonic()

    @property
    def is_at_pause(self) -> bool:
        """Whether the run has come to where it pauses by itself. One that is about to end does not pause."""
        pause_at, trainer = self._orders().pause_at, self._trainer
        if pause_at is None or trainer.outcome is not None:
            return False
        return pause_at <= trainer.epoch < trainer.spec.epochs

    def at_most(self) -> int | None:
        """How many epochs may run together now; None: any number."""
        orders = self._orders()
        bounds = []
        if orders.pause_at is not None:
            bounds.append(orders.pause_at - self._trainer.epoch)
        if orders.epochs_per_second is not None:
            bounds.append(int(orders.epochs_per_second / STOPS_PER_SECOND))
        return max(min(bounds), 1) if bounds else None

    def rests_long(self, epochs: int) -> bool:
        """Whether what these epochs have brought should not wait for the next ones to be reported."""
        pace = self._orders().epochs_per_second
        return pace is not None and epochs / pace >= LONG_SECONDS

    def rest(self, epochs: int) -> None:
        """Wait as long after so many epochs as the pace wants; a request to stop ends that at once."""
        began = self._due
        while (orders := self._orders()).requested_state is RequestedState.RUN and orders.epochs_per_second is not None:
            self._due = began + epochs / orders.epochs_per_second
            left = self._due - time.monotonic()
            if left <= 0:
                break
            self._wait(left)
        # An epoch that took longer is not made up for by faster ones.
        self._due = max(self._due, time.monotonic())
