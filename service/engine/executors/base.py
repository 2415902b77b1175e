"""What runs a program: a list of calls over fixed buffers.

An executor never changes what a program computes, only how its calls are made: every executor gives the same bits.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from typing import ClassVar

from service.engine.tape import Call


class Program(ABC):
    """The calls of one thread, ready to run."""

    def __init__(self, length: int) -> None:
        self.length = length

    @property
    def left(self) -> list[str]:
        """What the calls compute that Python makes one by one, if they differ from the rest."""
        return []

    @abstractmethod
    def run(self, start: int, stop: int) -> None:
        """Make the calls start … stop - 1 in order. Both must be ends or cuts of the program."""


class Executor(ABC):
    name: ClassVar[str]

    @abstractmethod
    def prepare(self, calls: Sequence[Call], cuts: Collection[int] = (), *, brief: bool = False) -> Program:
        """Make calls ready to run. `cuts` are the positions, besides the first and the last, where a run may start or
        stop. A `brief` program takes microseconds, so that other threads may wait for it."""
