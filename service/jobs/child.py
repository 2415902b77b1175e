"""The process that trains one job: it hears from its worker through a pipe, and ends at once when the pipe closes."""

from __future__ import annotations

import os
import signal
import threading
from multiprocessing.connection import Connection

from service.domain.status import Want
from service.jobs.messages import Assignment
from service.jobs.orphans import die_with_parent


def main(connection: Connection) -> None:
    """Take an assignment from the pipe and carry it out."""
    # Not above: the worker, which only names this function, shall not load the engine.
    from service.jobs.run import run

    die_with_parent()
    # Whoever stops the whole process group means the worker, which then tells its children in order.
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, signal.SIG_IGN)
    assignment: Assignment = connection.recv()
    wish = _Wish(connection)
    try:
        run(assignment, lambda: wish.want, connection.send)
    except OSError:  # the worker has gone, and another one will take the job
        os._exit(1)


class _Wish:
    """The worker's latest word, kept up to date by a thread of its own."""

    def __init__(self, connection: Connection) -> None:
        self.want = Want.RUN
        self._connection = connection
        threading.Thread(target=self._listen, name="wish", daemon=True).start()

    def _listen(self) -> None:
        try:
            while True:
                self.want = self._connection.recv()
        except (EOFError, OSError):
            os._exit(1)
