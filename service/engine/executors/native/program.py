"""The native executor: lowers what it can of a program, and leaves the other calls to Python in between."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial

import numpy as np

from service.engine.executors.base import Executor, Program
from service.engine.executors.native.axes import NotLowered
from service.engine.executors.native.idioms import idiom
from service.engine.executors.native.library import Run, loaded, part
from service.engine.executors.native.lowering import Lowering
from service.engine.executors.native.row import WORDS, Row
from service.engine.tape import Call


class NativeProgram(Program):
    """A table of rows, and the calls in between that Python makes.

    `_at[i]` is the number of rows before call i, and `_left` the calls that have none.
    """

    def __init__(self, calls: Sequence[Call], cuts: Collection[int], run: Run) -> None:
        super().__init__(len(calls))
        self._run = run
        self._calls = calls  # keeps every array alive to which a row points
        self._lowering = Lowering()
        self._at = [0]
        self._left: dict[int, Callable[[], object]] = {}
        rows: list[Row] = []
        ends = sorted({*cuts, len(calls)})
        for start, end in zip([0, *ends], ends, strict=False):
            self._lower(calls[start:end], start, rows)
        self._table = np.array(rows, np.int64).reshape(-1, WORDS)
        self._parts: dict[tuple[int, int], tuple[Callable[[], object], ...]] = {}

    def _lower(self, calls: Sequence[Call], start: int, rows: list[Row]) -> None:
        position = 0
        while position < len(calls):
            found = idiom(calls, position)
            count = 1
            if found is not None:
                one, count = found
                rows.append(one)
            else:
                try:
                    rows += self._lowering.rows(calls[position])
                except NotLowered:
                    call = calls[position]
                    self._left[start + position] = partial(call.function, *call.arguments)
            self._at += [len(rows)] * count
            position += count

    def run(self, start: int, stop: int) -> None:
        try:
            parts = self._parts[start, stop]
        except KeyError:
            parts = self._parts[start, stop] = tuple(self._between(start, stop))
        for each in parts:
            each()

    def _between(self, start: int, stop: int) -> list[Callable[[], object]]:
        parts: list[Callable[[], object]] = []
        first = self._at[start]
        for position in [*(place for place in self._left if start <= place < stop), stop]:
            last = self._at[position]
            if last > first:
                parts.append(part(self._run, self._table, first, last))
            first = last
            if position < stop:
                parts.append(self._left[position])
        return parts

    @property
    def left(self) -> list[str]:
        return [self._calls[position].help for position in self._left]


class NativeExecutor(Executor):
    """Raises Unavailable where the loop can be neither found nor compiled."""

    name = "native"

    def __init__(self) -> None:
        self._run, self._run_brief = loaded(), loaded(brief=True)

    def prepare(self, calls: Sequence[Call], cuts: Collection[int] = (), *, brief: bool = False) -> NativeProgram:
        return NativeProgram(calls, cuts, self._run_brief if brief else self._run)
