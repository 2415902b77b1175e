"""Prediction: a pure function of weights and rows, safe from any number of threads on one set of weights."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from typing import Any, NamedTuple

import numpy as np

from service.engine.arrays import Array
from service.engine.executors.base import Program
from service.engine.executors.choice import chosen
from service.engine.network import Network
from service.engine.rows import matrix
from service.engine.tape import Features, Performer, Recorder

#: Rows pass through the network in chunks of about this many numbers, so that a large request needs little memory.
CHUNK = 1 << 21
#: Programs of one network that are kept prepared: as many as run at once on a few cores.
KEPT_PROGRAMS = 4
#: With at most so many weights a row takes some microseconds.
BRIEF_SIZE = 1 << 16


def predict(network: Network, values: Array, x: Any, temperature: float = 1.0) -> Array:
    """The outputs (rows, outputs) for inputs x (rows, inputs), from scores that are divided by the temperature. Raises
    DataError on a wrong width or non-finite numbers."""
    z = scores(network, values, matrix(x, network.inputs, network.dtype, network.codes))
    return np.ascontiguousarray(network.head.apply(tempered(z, temperature)).T)


def tempered(z: Array, temperature: float) -> Array:
    """Scores divided by a temperature: the same array for 1."""
    return z if temperature == 1 else z / z.dtype.type(temperature)


def scores(network: Network, values: Array, x: Array) -> Array:
    """The last layer's z (outputs, rows) for checked inputs x (rows, inputs)."""
    rows = max(1, CHUNK // network.width)
    pieces = [_scores(network, values, x[first : first + rows]) for first in range(0, len(x), rows)]
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces, axis=-1)


def _scores(network: Network, values: Array, x: Array) -> Array:
    tape = Performer(rows=len(x), dtype=network.dtype)
    out = tape.new(network.outputs, len(x))
    with np.errstate(all="ignore"):
        network.forward(tape, values, with_ones(x), out)
    return out


def with_ones(x: Array) -> Features:
    """Rows (rows, inputs) as features with the row of ones below."""
    rows, inputs = x.shape
    table = np.ones((rows, inputs + 1), x.dtype)
    table[:, :inputs] = x
    return Features(table.T, table[:, :inputs].T)


#: What the prepared calls of one layer take, besides the buffers.
CALL_BYTES = 4096


class _Program(NamedTuple):
    """The prepared calls of one row's prediction, with the buffers they read from and write to."""

    row: Array
    calls: Program
    outputs: Array


class Predictor:
    """`predict` for one set of weights, much faster for a single row: a few programs of that row are kept prepared.

    The weights must not change while a predictor uses them. Of a network of many numbers no more rows are under way at
    once than programs are kept, whatever the number of threads.
    """

    def __init__(self, network: Network, values: Array, temperature: float = 1.0) -> None:
        self.network, self.values, self.temperature = network, values, temperature
        self._free: list[_Program] = []
        self._turns = threading.BoundedSemaphore(KEPT_PROGRAMS) if network.width > CHUNK // 8 else None

    @property
    def size_bytes(self) -> int:
        """Memory that it may come to keep: weights and programs."""
        of_programs = self.network.width * self.network.dtype.itemsize + CALL_BYTES * len(self.network.all_nodes)
        return int(self.values.nbytes) + KEPT_PROGRAMS * of_programs

    def predict(self, x: Any) -> Array:
        """The outputs (rows, outputs) for inputs x (rows, inputs). Raises DataError as `predict` does."""
        if isinstance(x, np.ndarray) and x.dtype.kind == "f" and x.shape == (1, self.network.inputs):
            return self._predict_row(x)
        rows = self._checked(x)
        if len(rows) == 1:
            return self._predict_row(rows)
        with self._turn():
            return predict(self.network, self.values, rows, self.temperature)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._turns is None:
            yield
            return
        with self._turns:
            yield

    def _predict_row(self, x: Array) -> Array:
        if self._turns is None:
            return self._run(x)
        with self._turns:
            return self._run(x)

    def _run(self, x: Array) -> Array:
        try:
            program = self._free.pop()
        except IndexError:
            program = self._prepare()
        try:
            return self._outputs(program, x)
        finally:
            if len(self._free) < KEPT_PROGRAMS:
                self._free.append(program)

    def _outputs(self, program: _Program, x: Array) -> Array:
        with np.errstate(all="ignore"):
            program.row[...] = x[0]
            # A sum is finite only where all numbers are; of large ones it may not be, and `_checked` then finds none.
            if not isfinite(np.add.reduce(program.row)) or (self.network.codes and not self._are_codes(x[0])):
                self._checked(x)  # which says where
            program.calls.run(0, program.calls.length)
        return program.outputs.T.copy()

    def _checked(self, x: Any) -> Array:
        return matrix(x, self.network.inputs, self.network.dtype, self.network.codes)

    def _are_codes(self, row: Array) -> bool:
        """A fast check; False if in doubt."""
        if row.dtype.itemsize < 4:
            return False
        codes = ((row.item(column), highest) for column, highest in self.network.codes.items())
        return all(0 <= code <= highest and code.is_integer() for code, highest in codes)

    def _prepare(self) -> _Program:
        tape = Recorder(rows=1, dtype=self.network.dtype)
        row = with_ones(np.zeros((1, self.network.inputs), self.network.dtype))
        z, outputs = tape.new(self.network.outputs, 1), tape.new(self.network.outputs, 1)
        self.network.forward(tape, self.values, row, z)
        if self.temperature != 1:
            tape.call(np.divide, z, tape.constant(self.temperature), z, help=f"z = z / {self.temperature:.4g}")
        self.network.head.activation.apply(tape, z, outputs)
        return _Program(row.values[:, 0], chosen().prepare(tape.calls, brief=self.network.size <= BRIEF_SIZE), outputs)
