"""A thread of a worker that repeats one action until the worker stops."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from service.errors import FeedforwardError
from service.queues.dispatcher import DispatchError

logger = logging.getLogger(__name__)


class Loop:
    def __init__(self, name: str, action: Callable[[], None], *, seconds: float, stopping: threading.Event) -> None:
        self._name = name
        self._action = action
        self._seconds = seconds
        self._stopping = stopping
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        while True:
            attempt(self._name, self._action)
            if self._stopping.wait(self._seconds):
                return


def attempt(name: str, action: Callable[[], None]) -> None:
    """Do what comes again, and log what keeps it from its end."""
    try:
        action()
    except (FeedforwardError, DispatchError) as error:
        logger.warning("The %s was left unfinished and comes again: %s", name, error)
    except Exception:  # A machine out of threads, say: the worker's other parts would go on without this one.
        logger.exception("The %s was left unfinished and comes again.", name)
