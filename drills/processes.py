"""The processes of one service, as Linux shows them, by what each of them does."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from pathlib import Path

from tests.acceptance.processes import PROC, command_of, parent_of

#: Every process of the drilled service inherits it, so that each is found, however it was started.
MARK = "FEEDFORWARD_DRILL"


def members(mark: str) -> dict[int, str]:
    """Every living process of a service, and its part: main, web, worker, nursery (fork server), child, other."""
    marked = f"{MARK}={mark}".encode()
    pids = [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit() and _carries(entry, marked)]
    return {pid: _part(pid) for pid in pids if parent_of(pid) is not None}


def end(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def state_of(pid: int) -> str:
    """Running, sleeping, stopped, and in which call of the system."""
    try:
        status = (PROC / str(pid) / "status").read_text().partition("State:")[2].splitlines()[0].strip()
        return f"{status} {(PROC / str(pid) / 'wchan').read_text()}"
    except OSError:
        return "gone"


def _carries(entry: Path, marked: bytes) -> bool:
    try:
        return marked in (entry / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _part(pid: int) -> str:
    own, above = command_of(pid), command_of(parent_of(pid) or 0)
    if "multiprocessing.forkserver" in own:
        return "child" if "multiprocessing.forkserver" in above else "nursery"
    if "service.cli worker" in own:
        return "worker"
    if "service.cli serve" in own:
        return "web" if "service.cli serve" in above else "main"
    return "other"
