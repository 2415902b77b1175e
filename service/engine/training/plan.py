"""A plan is a program: the prepared calls of a block of training steps, over buffers that are allocated once.

Every step of a block has its own calls, over its own slice of the block's rows, recorded scores and scalars; the steps
share all other buffers. Running a step means making each call in order, which is an executor's work.

With several threads, each has a share of every batch's rows and its own gradient; after a barrier, each sums and
applies one slice of the flat vector. Sums are taken in a fixed order, so the same number of threads gives the same
bits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import BrokenBarrierError

import numpy as np

from service.engine.executors.base import Executor, Program
from service.engine.subnormals import FlushedSubnormals
from service.engine.tape import Call, Recorder
from service.engine.training.block import Block, Share
from service.engine.training.step import Step, write_step


class Plan:
    """The programs of a block's steps: one thread per share, each with its own generators for dropout, one for each
    network of a stack."""

    def __init__(self, block: Block, generators: Sequence[Sequence[np.random.Generator]], executor: Executor) -> None:
        self.block = block
        self.recorders = [_recorder(block, share, own) for share, own in zip(block.shares, generators, strict=True)]
        self._threads = [
            ThreadPlan([write_step(block, share, recorder, step) for step in range(block.steps)], executor)
            for share, recorder in zip(block.shares, self.recorders, strict=True)
        ]

    @property
    def calls(self) -> Sequence[Call]:
        """The first thread's calls of one step, in order, for printing or timing."""
        return self.recorders[0].calls

    @property
    def programs(self) -> list[Program]:
        """Each thread's program, as its executor prepared it."""
        return [own.program for own in self._threads]

    def run(self, first: int, last: int, threads: ThreadPoolExecutor | None) -> None:
        """Run the steps first … last - 1 of the block."""
        self._in_threads([partial(own.run, first, last) for own in self._threads], threads)

    def run_gradient(self, step: int, threads: ThreadPoolExecutor | None) -> None:
        """Run one step up to the whole batch's gradient, which the first gradient vector then holds."""
        self._in_threads([partial(own.run_gradient, step) for own in self._threads], threads)

    def run_update(self, step: int, threads: ThreadPoolExecutor | None) -> None:
        """Run the rest of that step; the first gradient vector then holds the update."""
        self._in_threads([partial(own.run_update, step) for own in self._threads], threads)

    def _in_threads(self, work: list[Callable[[], None]], threads: ThreadPoolExecutor | None) -> None:
        if threads is None:
            work[0]()
            return
        others = [threads.submit(self._run_or_break, each) for each in work[1:]]
        try:
            self._run_or_break(work[0])
        except BrokenBarrierError:
            # The error that broke the barrier; the threads that waited know no more.
            for error in (other.exception() for other in others):
                if error is not None and not isinstance(error, BrokenBarrierError):
                    raise error from None
            raise
        for other in others:
            other.result()

    def _run_or_break(self, work: Callable[[], None]) -> None:
        try:
            # Both are per thread; overflow is data here, not an error.
            with np.errstate(all="ignore"), FlushedSubnormals():
                work()
        except BaseException:
            self.block.barrier.abort()  # or the other threads would wait forever
            raise


class ThreadPlan:
    """One thread's program: all steps in sequence, each in two parts."""

    def __init__(self, steps: Sequence[Step], executor: Executor) -> None:
        self._gradient, self._each = len(steps[0].gradient), len(steps[0].gradient + steps[0].update)
        calls = [call for step in steps for call in (*step.gradient, *step.update)]
        cuts = {first + part for first in range(0, len(calls), self._each or 1) for part in (0, self._gradient)}
        self.program: Program = executor.prepare(calls, cuts)

    def run(self, first: int, last: int) -> None:
        self.program.run(first * self._each, last * self._each)

    def run_gradient(self, step: int) -> None:
        self.program.run(step * self._each, step * self._each + self._gradient)

    def run_update(self, step: int) -> None:
        self.program.run(step * self._each + self._gradient, (step + 1) * self._each)


def _recorder(block: Block, share: Share, generators: Sequence[np.random.Generator]) -> Recorder:
    return Recorder(
        rows=share.rows.shape[-2],
        dtype=block.network.dtype,
        stack=block.stack,
        training=True,
        generators=generators,
    )
