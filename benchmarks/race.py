"""Runs engines against each other: one process each, taking turns, so that a busy machine is busy for all of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.machine import OVERRIDES
from benchmarks.settings import SETTINGS

ROOT = Path(__file__).parents[1]
POOLS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


@dataclass(frozen=True)
class Entrant:
    """An engine with its number of threads. Ours brings its own threads and leaves BLAS one."""

    engine: str
    threads: int = 1

    @property
    def title(self) -> str:
        return self.engine if self.threads == 1 else f"{self.engine}, {self.threads} threads"

    @property
    def is_ours(self) -> bool:
        return self.engine.startswith("ours")

    def environment(self) -> dict[str, str]:
        pool = 1 if self.is_ours else self.threads
        flags = f"--xla_cpu_multi_thread_eigen={str(pool > 1).lower()} intra_op_parallelism_threads={pool}"
        own = {name: value for name, value in os.environ.items() if name not in OVERRIDES}
        return own | {name: str(pool) for name in POOLS} | {"XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"}

    def command(self, peer_python: str) -> list[str]:
        python = sys.executable if self.is_ours or self.engine == "floor" else peer_python
        cpu = [str(max(os.sched_getaffinity(0)))] if self.threads == 1 else []
        return [python, "-m", "benchmarks.worker", self.engine, *cpu]


@dataclass
class Worker:
    process: subprocess.Popen[str]

    def ask(self, **body: Any) -> dict[str, Any]:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(body) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"{' '.join(self.process.args)} ended early")  # type: ignore[arg-type]
        return dict(json.loads(answer))


@dataclass
class Times:
    """Microseconds for a step, one entry for each repeat, and the mean loss of the first epoch."""

    first_loss: float
    of_steps: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return median(self.of_steps)

    @property
    def best(self) -> float:
        return min(self.of_steps)


@contextmanager
def workers(entrants: Sequence[Entrant], peer_python: str) -> Iterator[dict[Entrant, Worker]]:
    with ExitStack() as stack:
        started = {}
        for entrant in entrants:
            process = subprocess.Popen(
                entrant.command(peer_python),
                cwd=ROOT,
                env=entrant.environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.terminate)
            started[entrant] = Worker(process)
        yield started


def race(
    running: Mapping[Entrant, Worker], setting: str, optimizer: str, *, repeats: int, seconds: float
) -> dict[Entrant, Times]:
    """Time every entrant `repeats` times for about `seconds`, in turns that begin with another one each time."""
    times, epochs = {}, {}
    for entrant, worker in running.items():
        body = {"setting": setting, "optimizer": optimizer, "threads": entrant.threads, "seconds": seconds}
        answer = worker.ask(do="prepare", **{"with": body})
        times[entrant], epochs[entrant] = Times(answer["loss"]), answer["epochs"]
    order = list(running)
    for repeat in range(repeats):
        for entrant in order[repeat % len(order) :] + order[: repeat % len(order)]:
            answer = running[entrant].ask(do="time", epochs=epochs[entrant])
            steps = epochs[entrant] * SETTINGS[setting].steps
            times[entrant].of_steps.append(answer["seconds"] / steps * 1e6)
    return times
