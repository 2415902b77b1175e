"""Processes as the system sees them: who descends from whom, and who is still there."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

PROC = Path("/proc")


def until(is_so: Callable[[], object], what: str, *, within_seconds: float = 60) -> None:
    deadline = time.monotonic() + within_seconds
    while not is_so():
        assert time.monotonic() < deadline, f"{what} did not come about within {within_seconds} s"
        time.sleep(0.05)


def descendants(pid: int) -> set[int]:
    """Every living process below `pid`."""
    parents = {int(entry.name): parent_of(int(entry.name)) for entry in PROC.iterdir() if entry.name.isdigit()}
    found, new = set[int](), {pid}
    while new := {child for child, parent in parents.items() if parent in new} - found:
        found |= new
    return found


def parent_of(pid: int) -> int | None:
    """None where there is no such process any more."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[1])


def command_of(pid: int) -> str:
    try:
        return (PROC / str(pid) / "cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def alive(pids: set[int]) -> set[int]:
    return {pid for pid in pids if parent_of(pid) is not None}


def is_stopped(pid: int) -> bool:
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] == "T"


def is_writable(database: Path) -> bool:
    """Whether nobody is in the middle of a write to an SQLite file, who asleep would keep it locked."""
    with closing(sqlite3.connect(database, timeout=0.1)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        return True


def wait_until_gone(pids: set[int]) -> None:
    until(lambda: not alive(pids - {os.getpid()}), f"the end of {pids}")
