"""A worker process: takes jobs off the queue, and trains each in a child process."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from service.errors import StorageError
from service.queues.dispatcher import Dispatcher
from service.storage.base import Storage
from service.worker.callback_sender import CallbackSender
from service.worker.forkserver import ForkServer
from service.worker.job_runner import JobRunner
from service.worker.loop import Loop
from service.worker.pool import join_all
from service.worker.report_push import FilesOf
from service.worker.report_sender import ReportSender
from service.worker.search_thread import SearchThread
from service.worker.searching import Searching
from service.worker.settings import WorkerSettings
from service.worker.sweeper import Sweeper

logger = logging.getLogger(__name__)


class Worker:
    def __init__(
        self,
        storage: Storage,
        dispatcher: Dispatcher,
        settings: WorkerSettings,
        *,
        run_due: Callable[[], None] | None = None,
        watch_drift: Callable[[], None] | None = None,
        searching: Searching | None = None,
        files_of: FilesOf | None = None,
    ) -> None:
        """`run_due` runs the schedules that are due, `watch_drift` looks for drift where that is due, `files_of` writes
        the model that a report uploads; without it, nothing is reported."""
        self._storage = storage
        self._dispatcher = dispatcher
        self._settings = settings
        self._run_due, self._watch_drift, self._files_of = run_due, watch_drift, files_of
        self._searching = searching
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        self._stopping = threading.Event()

    def run(self) -> None:
        """Work until SIGTERM, SIGINT or `stop`; then let every job save itself and go back to the queue.

        Call it in the main thread. A second signal ends the process at once.
        """
        searches = self._search_thread()
        with self._stopped_by_signals():
            supervisor = JobRunner(
                self._storage,
                self._dispatcher,
                ForkServer(
                    max_job_bytes=self._settings.max_job_bytes,
                    niceness=self._settings.niceness,
                    threads=self._settings.job_threads,
                ),
                self._settings,
                owner=self._owner,
                stopping=self._stopping,
                go_on=searches.wake if searches else None,
            )
            sweeper = Sweeper(self._storage, self._dispatcher, self._settings, owner=self._owner)
            callback_sender = CallbackSender(self._storage, self._settings, stopping=self._stopping)
            loops = [
                self._loop("sweep", sweeper.sweep, self._settings.sweep_seconds),
                self._loop("look for callbacks", callback_sender.look, self._settings.callback_look_seconds),
            ]
            if self._run_due is not None:
                loops.append(self._loop("run of schedules", self._run_due, self._settings.schedule_look_seconds))
            if self._watch_drift is not None:
                loops.append(self._loop("look for drift", self._watch_drift, self._settings.drift_look_seconds))
            reports = self._report_sender()
            if reports is not None:
                loops.append(self._loop("look for reports", reports.look, self._settings.report_look_seconds))
            threads: list[Loop | SearchThread] = [*loops, *([searches] if searches else [])]
            for thread in threads:
                thread.start()
            logger.info("Worker %s is ready, with %d slots.", self._owner, self._settings.slots)
            self._dispatcher.run_worker(self._settings.slots, supervisor.supervise, self._stopping)
            for thread in threads:
                thread.join()
            join_all([one for one in (callback_sender, reports) if one is not None], self._settings.grace_seconds)
        self._say_goodbye()

    def stop(self) -> None:
        """Stop the worker; callable from any thread."""
        self._stopping.set()

    def _search_thread(self) -> SearchThread | None:
        if self._searching is None:
            return None
        return SearchThread(self._searching, seconds=self._settings.search_look_seconds, stopping=self._stopping)

    def _report_sender(self) -> ReportSender | None:
        if self._files_of is None:
            return None
        return ReportSender(self._storage, self._settings, files_of=self._files_of, stopping=self._stopping)

    def _loop(self, name: str, action: Callable[[], None], seconds: float) -> Loop:
        return Loop(name, action, seconds=seconds, stopping=self._stopping)

    @contextmanager
    def _stopped_by_signals(self) -> Iterator[None]:
        signals = (signal.SIGTERM, signal.SIGINT)
        before = {signum: signal.signal(signum, self._on_signal) for signum in signals}
        try:
            yield
        finally:
            for signum, handler in before.items():
                signal.signal(signum, handler)

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        for again in (signal.SIGTERM, signal.SIGINT):
            signal.signal(again, signal.SIG_DFL)
        # An event has a lock, which the interrupted code may hold.
        threading.Thread(target=self.stop, name="stop").start()

    def _say_goodbye(self) -> None:
        try:
            self._storage.forget_worker(self._owner)
        except StorageError:
            logger.info("The database is away; this worker will be forgotten in time.")
