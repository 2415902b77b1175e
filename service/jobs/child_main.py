"""The process that runs one job: it hears from its worker through a pipe, and ends at once when the pipe closes."""

from __future__ import annotations

import os
import queue
import signal
import threading
from collections.abc import Iterator
from multiprocessing.connection import Connection

from service.domain.status import RequestedState
from service.jobs.contest import Contest
from service.jobs.messages import Assignment, End, Orders, Report
from service.jobs.parent_death_signal import die_with_parent

TICK_SECONDS = 0.1


def main(connection: Connection, rows: Connection, max_bytes: int | None, niceness: int) -> None:
    """Take an assignment from the pipe and carry it out; the chunks of its tables come through `rows`.

    `max_bytes` is the memory it may take. `niceness` leaves a shared core to the processes that answer requests.
    """
    # Not above: the worker, which only names this function, shall not load the engine.
    from service.jobs.job_run import run
    from service.jobs.memory_limit import OUT_OF_MEMORY, limit_memory, taken_bytes

    die_with_parent()
    os.nice(niceness)
    # A signal to the whole process group is meant for the worker, which then stops its children in order.
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, signal.SIG_IGN)
    before = taken_bytes()
    assignment: Assignment = connection.recv()
    try:
        worker = _Worker(connection, assignment.orders)
        if max_bytes is not None:
            limit_memory(max_bytes, beyond=before, threads=threads_of(assignment))
        run(assignment, lambda: worker.orders, connection.send, _received(rows), worker.contest, worker.wait)
    except OSError:  # the worker has gone, and another one will take the job
        os._exit(1)
    except MemoryError:  # so little of it that the run itself could not say so
        connection.send(Report(end=End(error=OUT_OF_MEMORY)))


def threads_of(assignment: Assignment) -> int:
    """A prediction computes in one thread."""
    training = assignment.options.get("training")
    return 1 if training is None else int(training["threads"])


def _received(rows: Connection) -> Iterator[bytes]:
    """Every chunk, one at a time. Where the worker has none that is still due, it has failed, and this run with it."""
    while True:
        try:
            yield rows.recv_bytes()
        except (EOFError, OSError):
            os._exit(1)


class _Worker:
    """What the worker says: its latest orders, kept up to date by a thread of its own, and its answers."""

    def __init__(self, connection: Connection, orders: Orders) -> None:
        self.orders = orders
        self._has_news = threading.Event()
        self._connection = connection
        self._contests: queue.SimpleQueue[Contest] = queue.SimpleQueue()
        threading.Thread(target=self._listen, name="orders", daemon=True).start()

    def wait(self, seconds: float) -> None:
        """Sleep, but not beyond new orders."""
        self._has_news.wait(seconds)
        self._has_news.clear()

    def contest(self) -> Contest | None:
        """Ask for it; None once the job is cancelled."""
        self._connection.send(Report(asks=True))
        while self.orders.requested_state is not RequestedState.CANCEL:
            try:
                return self._contests.get(timeout=TICK_SECONDS)
            except queue.Empty:
                continue
        return None

    def _listen(self) -> None:
        try:
            while True:
                message = self._connection.recv()
                if isinstance(message, Contest):
                    self._contests.put(message)
                else:
                    self.orders = message
                    self._has_news.set()
        except (EOFError, OSError):
            os._exit(1)
