"""Why a training process died, where it could not report it itself."""

from __future__ import annotations

import signal

from service.domain.jobs import JobError
from service.jobs.machine_memory import oom_kills

OOM_KILLED = JobError(
    code="out_of_memory",
    message="It was killed by the system for want of memory. Use a smaller batch_size, fewer units or fewer rows.",
)


def exit_cause(exit_code: int | None, *, oom_kills_before: int | None) -> JobError:
    """Out-of-memory kills are reported nowhere else, so they are concluded from the system's count of them."""
    if exit_code is not None and exit_code < 0:
        kills = oom_kills()
        if -exit_code == signal.SIGKILL and kills is not None and kills > (oom_kills_before or 0):
            return OOM_KILLED
        return JobError(code="crashed", message=f"It was killed by the signal {_name(-exit_code)}.")
    return JobError(code="crashed", message=f"It ended by itself, with the code {exit_code}.")


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
