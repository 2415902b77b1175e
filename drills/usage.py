"""What the processes of a service have: memory, open files and threads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

NAMES = ("memory", "files", "threads")


@dataclass(frozen=True)
class Usage:
    memory: int  #: bytes that are resident, without files that are mapped
    files: int
    threads: int

    def __str__(self) -> str:
        return f"{self.memory / 2**20:.1f} MiB, {self.files} files, {self.threads} threads"

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.memory + other.memory, self.files + other.files, self.threads + other.threads)


def usage_of(processes: Iterable[int]) -> Usage:
    """Of all of them together. Raises FileNotFoundError for one that has ended."""
    return sum((_usage(Path(f"/proc/{process}")) for process in processes), Usage(0, 0, 0))


def _usage(folder: Path) -> Usage:
    status = (folder / "status").read_text()
    memory, threads = (
        int(re.findall(rf"^{name}:\s+(\d+)", status, re.MULTILINE)[0]) for name in ("RssAnon", "Threads")
    )
    return Usage(1024 * memory, len(list((folder / "fd").iterdir())), threads)
