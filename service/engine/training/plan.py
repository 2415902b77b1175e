"""A plan is a program: the prepared calls of a block of training steps, over buffers that are allocated once.

Every step of a block has its own calls, bound to its own slice of the block's rows, recorded scores and scalars; the
steps share all other buffers. Running a step means calling each in order.

With several threads, each has a share of every batch's rows and its own gradient; after a barrier, each sums and
applies one slice of the flat vector. Sums are taken in a fixed order, so the same number of threads gives the same
bits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import BrokenBarrierError

import numpy as np

from service.engine.tape import Call, Recorder
from service.engine.training.block import Block, Share
from service.engine.training.step import write_step

Program = tuple[Callable[[], object], ...]


class Plan:
    """The programs of a block's steps: one thread per share, each with its own generator for dropout."""

    def __init__(self, block: Block, generators: Sequence[np.random.Generator]) -> None:
        self.block = block
        self.recorders = [
            _recorder(block, share, generator) for share, generator in zip(block.shares, generators, strict=True)
        ]
        self._steps = [
            [write_step(block, share, recorder, step) for step in range(block.steps)]
            for share, recorder in zip(block.shares, self.recorders, strict=True)
        ]

        #: Each thread's calls of all steps in sequence, and the number of calls per step.
        self._whole = [
            (
                tuple(call for step in own for call in (*step.gradient, *step.update)),
                len(own[0].gradient + own[0].update),
            )
            for own in self._steps
        ]

    @property
    def calls(self) -> Sequence[Call]:
        """The first thread's calls of one step, in order, for printing or timing."""
        return self.recorders[0].calls

    def run(self, first: int, last: int, threads: ThreadPoolExecutor | None) -> None:
        """Run the steps first … last - 1 of the block."""
        self._in_threads([calls[first * each : last * each] for calls, each in self._whole], threads)

    def run_gradient(self, step: int, threads: ThreadPoolExecutor | None) -> None:
        """Run one step up to the whole batch's gradient, which the first gradient vector then holds."""
        self._in_threads([own[step].gradient for own in self._steps], threads)

    def run_update(self, step: int, threads: ThreadPoolExecutor | None) -> None:
        """Run the rest of that step; the first gradient vector then holds the update."""
        self._in_threads([own[step].update for own in self._steps], threads)

    def _in_threads(self, work: list[Program], threads: ThreadPoolExecutor | None) -> None:
        if threads is None:
            _call_all(work[0])
            return
        others = [threads.submit(self._call_or_break, program) for program in work[1:]]
        try:
            self._call_or_break(work[0])
        except BrokenBarrierError:
            # The error that broke the barrier; the threads that waited know no more.
            for error in (other.exception() for other in others):
                if error is not None and not isinstance(error, BrokenBarrierError):
                    raise error from None
            raise
        for other in others:
            other.result()

    def _call_or_break(self, program: Program) -> None:
        try:
            # NumPy's error state is per thread, and overflow is data here, not an error.
            with np.errstate(all="ignore"):
                _call_all(program)
        except BaseException:
            self.block.barrier.abort()  # or the other threads would wait forever
            raise


def _call_all(program: Program) -> None:
    for call in program:
        call()


def _recorder(block: Block, share: Share, generator: np.random.Generator) -> Recorder:
    return Recorder(
        rows=share.rows.shape[1],
        dtype=block.network.dtype,
        stack=block.stack,
        training=True,
        generator=generator,
    )
