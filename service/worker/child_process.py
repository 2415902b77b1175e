"""A child process as its worker sees it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable
from multiprocessing.context import ForkServerContext

from service.errors import FeedforwardError
from service.jobs import child_main
from service.jobs.contest import Contest
from service.jobs.messages import Limits, Orders, Report, Work

#: Reports that may wait to be stored; a child that is further ahead waits.
MAX_WAITING = 4
EXIT_SECONDS = 5.0


class Child:
    """Starts at once; raises EOFError or OSError where it cannot.

    One thread reads its reports from the pipe, so that it need not wait while one is being stored. Another one sends it
    the chunks of its tables, each only when there is room for it.
    """

    def __init__(
        self,
        context: ForkServerContext,
        work: Work,
        chunks: Iterable[bytes],
        limits: Limits,
    ) -> None:
        name = work[0].job_id if isinstance(work, tuple) else work.job_id
        self._pipe, theirs = context.Pipe()
        wanted, self._rows = context.Pipe(duplex=False)
        self._process = context.Process(target=child_main.main, args=(theirs, wanted, limits), name=name, daemon=True)
        try:
            self._process.start()
        except (EOFError, OSError):
            self._pipe.close()
            self._rows.close()
            raise
        finally:
            theirs.close()
            wanted.close()
        self._reports: queue.Queue[Report | None] = queue.Queue(MAX_WAITING)
        self._closing = threading.Event()
        self._reader = threading.Thread(target=self._read, name=f"reports of {name}", daemon=True)
        self._reader.start()
        self._send(work)
        self._failure: FeedforwardError | None = None
        self._feeder = threading.Thread(target=self._feed, args=(chunks,), name=f"rows of {name}", daemon=True)
        self._feeder.start()

    def next_report(self, timeout_seconds: float) -> Report | None:
        """The next report; None when none arrives in time. Raises EOFError once the child has exited and all is read.

        Raises the error of the chunks, if reading them failed.
        """
        if self._failure is not None:
            raise self._failure
        try:
            report = self._reports.get(timeout=timeout_seconds)
        except queue.Empty:
            return None
        if report is None:
            # A child that lacks chunks exits because of it, maybe while this waited for its last report.
            raise self._failure or EOFError
        return report

    def waiting_reports(self) -> list[Report]:
        """Those that have come and were not taken yet; none of a child whose rows could not be read."""
        found: list[Report] = []
        while self._failure is None:
            try:
                report = self._reports.get_nowait()
            except queue.Empty:
                break
            if report is None:  # The end is for `next_report`.
                self._reports.put(None)
                break
            found.append(report)
        return found

    def tell(self, message: Orders | Contest) -> None:
        self._send(message)

    def kill(self) -> None:
        """Kill the process; what it sent before can still be read."""
        self._process.kill()

    def exit_code(self) -> int | None:
        """The exit code of a child that has exited, negative for a signal; None when it does not end."""
        self._process.join(EXIT_SECONDS)
        return self._process.exitcode

    def close(self) -> int | None:
        """Make sure that it has ended; return its exit code, negative for a signal."""
        self._closing.set()
        self._process.kill()
        self._process.join(EXIT_SECONDS)
        self._reader.join(EXIT_SECONDS)
        self._feeder.join(EXIT_SECONDS)
        self._pipe.close()
        return self._process.exitcode

    def _send(self, message: Work | Orders | Contest) -> None:
        try:
            self._pipe.send(message)
        except OSError:  # it has died: its reader reports it, after its last report
            pass

    def _feed(self, chunks: Iterable[bytes]) -> None:
        try:
            for chunk in chunks:
                self._rows.send_bytes(chunk)
        except FeedforwardError as error:
            self._failure = error
        except OSError:  # it has died: its reader reports it
            pass
        finally:
            self._rows.close()

    def _read(self) -> None:
        try:
            while True:
                self._put(self._pipe.recv())
        except (EOFError, OSError):
            self._put(None)

    def _put(self, report: Report | None) -> None:
        while not self._closing.is_set():
            try:
                self._reports.put(report, timeout=1.0)
                return
            except queue.Full:
                continue
