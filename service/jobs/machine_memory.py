"""What the system says of memory: how much there is, and how often it had to kill for want of it."""

from __future__ import annotations

import os
import re
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")


def machine_bytes() -> int:
    """The memory of the machine, or of the container, where that has less."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limits = [_number(file) for file in (own_cgroup() / "memory.max", CGROUPS / "memory/memory.limit_in_bytes")]
    return min([machine, *(limit for limit in limits if limit)])


def oom_kills() -> int | None:
    """How many processes the system has killed for want of memory: of our own container or service where it counts
    them, else of the whole machine. None where it does not say."""
    for file in (own_cgroup() / "memory.events", Path("/proc/vmstat")):
        found = re.search(r"^oom_kill (\d+)$", text_of(file), re.MULTILINE)
        if found:
            return int(found[1])
    return None


def own_cgroup() -> Path:
    own = re.search(r"^0::/(.*)$", text_of(Path("/proc/self/cgroup")), re.MULTILINE)
    return CGROUPS / own[1] if own else CGROUPS


def _number(file: Path) -> int | None:
    """None where there is no number: `max` stands for no limit."""
    text = text_of(file).strip()
    return int(text) if text.isdecimal() else None


def text_of(file: Path) -> str:
    """Empty where there is no such file."""
    try:
        return file.read_text()
    except OSError:
        return ""
