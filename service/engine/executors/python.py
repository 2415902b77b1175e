"""The reference executor: Python calls one function after the other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from service.engine.executors.base import Executor, Program
from service.engine.tape import Call


class PythonProgram(Program):
    def __init__(self, calls: Sequence[Call]) -> None:
        super().__init__(len(calls))
        self._calls = tuple(partial(call.function, *call.arguments) for call in calls)

    def run(self, start: int, stop: int) -> None:
        for call in self._calls[start:stop]:
            call()


class PythonExecutor(Executor):
    name = "python"

    def prepare(self, calls: Sequence[Call], cuts: Collection[int] = (), *, brief: bool = False) -> Program:
        return PythonProgram(calls)
