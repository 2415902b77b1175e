"""How much memory a training process may take, so that a job too large fails by itself and harms nothing else."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import numpy as np

from service.domain.jobs import JobError

OUT_OF_MEMORY = JobError(
    code="out_of_memory",
    message="There was not enough memory to train. Use a smaller batch_size, fewer units or fewer rows, or have "
    "FEEDFORWARD_MAX_JOB_BYTES raised.",
)
#: What a thread needs to be there: 32 MiB for its buffer of OpenBLAS, 8 for its stack, and some for its allocator.
THREAD_BYTES = 48 * 2**20
#: A product of two such matrices has OpenBLAS take that buffer, which it then keeps.
WARM_UP_SIZE = 256


def limit_memory(max_bytes: int, *, beyond: int, threads: int) -> None:
    """Let this process take `max_bytes` beyond what `taken_bytes` said before the job came, and its threads.

    An allocation beyond that raises MemoryError. Only Linux counts this way; elsewhere there is no limit.
    """
    if not sys.platform.startswith("linux"):
        return
    import resource

    _warm_up(threads)
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = beyond + threads * THREAD_BYTES + max_bytes
    resource.setrlimit(resource.RLIMIT_DATA, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


def taken_bytes() -> int:
    """What Linux counts against RLIMIT_DATA, private memory that can be written, used or not; elsewhere 0."""
    if not sys.platform.startswith("linux"):
        return 0
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmData:")[2].split()[0]) * 1024


def _warm_up(threads: int) -> None:
    """OpenBLAS ends the process where it finds no memory for its buffers, so it gets them before there is a limit."""
    together = threading.Barrier(threads)
    matrix = np.ones((WARM_UP_SIZE, WARM_UP_SIZE), np.float32)

    def multiply() -> None:
        together.wait()
        for _ in range(2):
            matrix @ matrix

    others = [threading.Thread(target=multiply) for _ in range(threads - 1)]
    for thread in others:
        thread.start()
    multiply()
    for thread in others:
        thread.join()
