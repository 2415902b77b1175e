"""A child process as its worker sees it."""

from __future__ import annotations

import queue
import threading
from multiprocessing.context import ForkServerContext

from service.domain.status import Want
from service.jobs import child
from service.jobs.messages import Assignment, Report

#: Reports that may wait to be stored; a child that is further ahead waits.
MAX_WAITING = 4
EXIT_SECONDS = 5.0


class Child:
    """Starts at once. A thread takes its reports off the pipe, so that it need not wait while one is being stored."""

    def __init__(self, context: ForkServerContext, assignment: Assignment) -> None:
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=child.main, args=(theirs,), name=assignment.job_id, daemon=True)
        self._process.start()
        theirs.close()
        self._reports: queue.Queue[Report | None] = queue.Queue(MAX_WAITING)
        self._closing = threading.Event()
        self._reader = threading.Thread(target=self._read, name=f"reports of {assignment.job_id}", daemon=True)
        self._reader.start()
        self._send(assignment)

    def next_report(self, timeout_seconds: float) -> Report | None:
        """The next report; None when none comes in time. Raises EOFError once the child has gone and all is read."""
        try:
            report = self._reports.get(timeout=timeout_seconds)
        except queue.Empty:
            return None
        if report is None:
            raise EOFError
        return report

    def tell(self, want: Want) -> None:
        self._send(want)

    def kill(self) -> None:
        """What it had sent before can still be read."""
        self._process.kill()

    def close(self) -> int | None:
        """Make sure that it has ended; return its exit code, negative for a signal."""
        self._closing.set()
        self._process.kill()
        self._process.join(EXIT_SECONDS)
        self._reader.join(EXIT_SECONDS)
        self._pipe.close()
        return self._process.exitcode

    def _send(self, message: Assignment | Want) -> None:
        try:
            self._pipe.send(message)
        except OSError:  # it has died: its reader says so, after its last report
            pass

    def _read(self) -> None:
        try:
            while True:
                self._put(self._pipe.recv())
        except (EOFError, OSError):
            self._put(None)

    def _put(self, report: Report | None) -> None:
        while not self._closing.is_set():
            try:
                return self._reports.put(report, timeout=1.0)
            except queue.Full:
                continue
