"""Where child processes come from: a fork server that has loaded the engine once."""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing import forkserver
from pathlib import Path

from service.jobs.messages import Assignment
from service.worker.child import Child

ROOT = Path(__file__).parents[2]


class Nursery:
    """To be made by a thread that lives as long as the worker: the fork server is killed when that thread ends.

    The worker's program has to be a package's `__main__`: of any other, each child would first import all there is.
    """

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["service.jobs.preload"])
        # The fork server learns the way to our modules from the environment alone.
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        forkserver.ensure_running()

    def start(self, assignment: Assignment) -> Child:
        return Child(self._context, assignment)
