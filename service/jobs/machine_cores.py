"""How many cores the machine has for this process."""

from __future__ import annotations

import os
import re

from service.jobs.machine_memory import own_cgroup, text_of


def machine_cores() -> int:
    """Those of the machine that it may run on, or the share of them that its container has."""
    found = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    limit = re.match(r"(\d+) (\d+)", text_of(own_cgroup() / "cpu.max"))
    return max(1, min(found, int(limit[1]) // int(limit[2]))) if limit else found
