"""Where child processes come from: a fork server that has loaded the engine once."""

from __future__ import annotations

import logging
import multiprocessing
import os
import time
from collections.abc import Iterable
from multiprocessing import forkserver
from pathlib import Path

from service.errors import FeedforwardError
from service.jobs.messages import Limits, Work
from service.worker.child_process import Child

logger = logging.getLogger(__name__)

ROOT = Path(__file__).parents[2]
#: A fork server that dies just when it is asked for a child cannot answer; the next one can.
ATTEMPTS = 3
RETRY_SECONDS = 0.2


class ChildStartError(FeedforwardError):
    """No training process could be started."""

    code = "no_child"


class ForkServer:
    """Create it in a thread that lives as long as the worker: the fork server is killed when that thread ends.

    The worker's program must be a package's `__main__`: each child would import the whole of any other program first.
    """

    def __init__(self, *, max_job_bytes: int | None, niceness: int = 0, threads: int = 1) -> None:
        self._limits = Limits(max_bytes=max_job_bytes, niceness=niceness, threads=threads)
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["service.jobs.preload"])
        # The fork server finds our modules by the environment alone.
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        forkserver.ensure_running()

    def start(self, work: Work, chunks: Iterable[bytes]) -> Child:
        """Start a child that trains; a thread of its own iterates over `chunks`. Raises ChildStartError."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return Child(self._context, work, chunks, self._limits)
            except (EOFError, OSError) as error:
                logger.warning("Attempt %d to start a training process: %s", attempt, error)
                time.sleep(RETRY_SECONDS)
        raise ChildStartError
