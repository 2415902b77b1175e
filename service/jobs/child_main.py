"""The process that runs a job, or a stack of jobs.

It hears from its worker through a pipe, and ends at once when the pipe closes.
"""

from __future__ import annotations

import os
import queue
import signal
import threading
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection

from service.domain.status import RequestedState
from service.jobs.contest import Contest
from service.jobs.messages import Assignment, End, Limits, Orders, Report, Work
from service.jobs.parent_death_signal import die_with_parent

TICK_SECONDS = 0.1


def main(connection: Connection, rows: Connection, limits: Limits) -> None:
    """Take work from the pipe and carry it out; the chunks of its tables come through `rows`."""
    # Not above: the worker, which only names this function, shall not load the engine.
    from service.jobs.job_run import run
    from service.jobs.memory_limit import OUT_OF_MEMORY, limit_memory, taken_bytes
    from service.jobs.stack_run import run_stack

    die_with_parent()
    os.nice(limits.niceness)
    # A signal to the whole process group is meant for the worker, which then stops its children in order.
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, signal.SIG_IGN)
    before = taken_bytes()
    work: Work = connection.recv()
    assignments = work if isinstance(work, tuple) else (work,)
    try:
        worker = _Worker(connection, [one.orders for one in assignments])
        if limits.max_bytes is not None:
            limit_memory(limits.max_bytes, beyond=before, threads=threads_of(assignments[0], limits))
        if isinstance(work, tuple):
            run_stack(work, worker.orders_of, connection.send, _received(rows))
            return
        run(
            work,
            lambda: worker.orders_of(work.orders.job_id),
            connection.send,
            _received(rows),
            worker.contest,
            worker.wait,
            threads=limits.threads,
        )
    except OSError:  # the worker has gone, and another one will take the job
        os._exit(1)
    except MemoryError:  # so little of it that the run itself could not say so
        if isinstance(work, tuple):  # each of them has its own word to say, alone
            os._exit(1)
        connection.send(Report(end=End(error=OUT_OF_MEMORY)))


def threads_of(assignment: Assignment, limits: Limits) -> int:
    """A prediction computes in one thread, and so does a single network unless it is told otherwise."""
    training = assignment.options.get("training")
    if training is None:
        return 1
    options = assignment.options
    has_several = assignment.spec.get("members", 1) != 1 or options.get("folds") or options.get("repeats", 1) > 1
    return max(int(training["threads"]), limits.threads if has_several else 1)


def _received(rows: Connection) -> Iterator[bytes]:
    """Every chunk, one at a time. Where the worker has none that is still due, it has failed, and this run with it."""
    while True:
        try:
            yield rows.recv_bytes()
        except (EOFError, OSError):
            os._exit(1)


class _Worker:
    """What the worker says: its latest orders, kept up to date by a thread of its own, and its answers."""

    def __init__(self, connection: Connection, orders: Sequence[Orders]) -> None:
        self._orders = {one.job_id: one for one in orders}
        self._has_news = threading.Event()
        self._connection = connection
        self._contests: queue.SimpleQueue[Contest] = queue.SimpleQueue()
        threading.Thread(target=self._listen, name="orders", daemon=True).start()

    def orders_of(self, job_id: str) -> Orders:
        return self._orders[job_id]

    def wait(self, seconds: float) -> None:
        """Sleep, but not beyond new orders."""
        self._has_news.wait(seconds)
        self._has_news.clear()

    def contest(self) -> Contest | None:
        """Ask for it; None once the job is cancelled."""
        self._connection.send(Report(asks=True))
        while all(one.requested_state is not RequestedState.CANCEL for one in self._orders.values()):
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
                    self._orders[message.job_id] = message
                    self._has_news.set()
        except (EOFError, OSError):
            os._exit(1)
