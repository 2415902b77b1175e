"""The programs that an operator of the service starts, and how they are configured for a drill."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from drills.environment import Environment
from tests.acceptance.running import ROOT

#: Short, so that much can be lost and found again in little time.
LEASE_SECONDS = 5
SWEEP_SECONDS = 1
GRACE_SECONDS = 2
#: How long what the service needs is away: less than a lease, also with the time that a server takes to start (on a
#: busy machine it may be more), and more than one.
LESS_SECONDS = LEASE_SECONDS / 4
MORE_SECONDS = LEASE_SECONDS * 1.5
SETTINGS = {
    "FEEDFORWARD_LEASE_SECONDS": LEASE_SECONDS,
    "FEEDFORWARD_SWEEP_SECONDS": SWEEP_SECONDS,
    "FEEDFORWARD_GRACE_SECONDS": GRACE_SECONDS,
    "FEEDFORWARD_CHECKPOINT_SECONDS": 1,
    "FEEDFORWARD_MAX_CRASHES": 100,  # One job may be in the way of many kills.
}
UPGRADE = (sys.executable, "-m", "service.cli", "upgrade-db")
SERVE = (sys.executable, "-m", "service.cli", "serve")
WORKER = (sys.executable, "-m", "service.cli", "worker")


@dataclass
class Program:
    """A process that an operator of the service starts, with all that it starts by itself."""

    name: str
    command: Sequence[str]
    help: str  #: in its log as soon as it is ready
    process: subprocess.Popen[bytes] | None = None
    log_from: int = 0  #: where in its log the process begins to write

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


def environment(environment: Environment) -> dict[str, str]:
    """The environment variables of all of them."""
    given = {name: str(value) for name, value in SETTINGS.items()}
    given |= {"FEEDFORWARD_DATA_DIR": str(environment.data), "TMPDIR": str(environment.folder), "PYTHONPATH": str(ROOT)}
    if not environment.is_embedded:
        given |= {"DATABASE_URL": environment.database_url, "QUEUE_URL": environment.queue_url}
    return os.environ | given
