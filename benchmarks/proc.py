"""Process statistics from Linux: the processor time of a server's web process, and memory."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class ProcessorTime:
    process: str

    @classmethod
    def of_busiest_child(cls, parent: int, action: Callable[[], object]) -> ProcessorTime:
        """Of the child that works while `action` runs: granian's own process only watches over those that answer."""
        before = {child: seconds_of(child) for child in children_of(parent)}
        action()
        return cls(max(before, key=lambda child: seconds_of(child) - before[child]))

    def read(self) -> float:
        return seconds_of(self.process)


def children_of(parent: int) -> list[str]:
    lists = Path(f"/proc/{parent}/task").glob("*/children")
    return [child for children in lists for child in children.read_text().split()]


def seconds_of(process: str) -> float:
    # Fields 14 and 15 of proc(5); the name, in field 2, may hold spaces, and ends with the last bracket.
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_of_own(name: str) -> int:
    """Bytes of this process under this name in proc(5)'s status: VmRSS, or VmHWM for the peak."""
    return _bytes(Path("/proc/self/status").read_text(), name)


def forget_peak() -> None:
    """Reset the peak memory of this process."""
    Path("/proc/self/clear_refs").write_text("5")


def shared_memory_of(pid: int) -> int:
    """Bytes of one process, what it shares counted in parts, and files it maps not at all; 0 when it has ended."""
    try:
        return _bytes(Path(f"/proc/{pid}/smaps_rollup").read_text(), "Pss_Anon")
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _bytes(text: str, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)
    assert found is not None
    return int(found[1]) * 1024
