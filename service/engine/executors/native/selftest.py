"""Compares the native executor with Python before it is used: a few layers and updates have to give the same bytes."""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import DTypeLike

from service.engine.activations.rectifiers import Relu, Selu
from service.engine.activations.sigmoids import Sigmoid, Tanh
from service.engine.activations.table import Softmax
from service.engine.arrays import Array
from service.engine.executors.base import Executor
from service.engine.executors.native.compiler import Unavailable
from service.engine.executors.native.program import NativeExecutor
from service.engine.executors.python import PythonExecutor
from service.engine.optimizers import Adam, Rmsprop, Sgd
from service.engine.tape import Recorder, uniform

UNITS, INPUTS, ROWS = 5, 7, 37


def main() -> None:
    """Exit with a sentence if the native executor cannot be used: `python -m …native.selftest`."""
    try:
        tested()
    except Unavailable as error:
        sys.exit(str(error))


def tested() -> NativeExecutor:
    """The native executor. Raises Unavailable if it does not compute what Python computes."""
    executor = NativeExecutor()
    for dtype in (np.float32, np.float64):
        pairs = zip(_results(PythonExecutor(), dtype), _results(executor, dtype), strict=True)
        if any(expected.tobytes() != actual.tobytes() for expected, actual in pairs):
            raise Unavailable(f"its self-test gave other bytes than Python in {np.dtype(dtype).name}")
    return executor


def _results(executor: Executor, dtype: DTypeLike) -> list[Array]:
    tape = Recorder(rows=ROWS, dtype=dtype)
    arrays = _write(tape, np.random.default_rng(0))
    program = executor.prepare(tape.calls)
    with np.errstate(all="ignore"):
        program.run(0, program.length)
    return arrays


def _write(tape: Recorder, generator: np.random.Generator) -> list[Array]:
    """Write the calls; return every array that they fill."""

    def drawn(*shape: int) -> Array:
        return generator.normal(size=shape).astype(tape.dtype)

    w, x, d, total = drawn(UNITS, INPUTS), drawn(ROWS, INPUTS).T, drawn(UNITS, ROWS), drawn(UNITS, 1)
    filled = [w, d, total]
    z = tape.new(UNITS, ROWS)
    tape.dot(w, x, z, help="")
    for activation in (Relu(), Selu(), Sigmoid(), Tanh(), Softmax()):
        a = tape.features(UNITS).values
        activation.apply(tape, z, a)
        activation.derive(tape, z, a, d)
        filled.append(a)
    source, draw, sums = np.random.default_rng(1), drawn(UNITS, INPUTS), drawn(UNITS)
    for _ in range(2):  # an odd number of floats leaves half a draw to the next
        tape.call(uniform, source, draw)
    tape.call(np.vecdot, draw, w, sums)
    filled += [draw, sums]
    tape.sum_rows(d, total, help="")
    tape.call(total[:1].fill, 0)
    for optimizer in (Sgd(), Adam(), Rmsprop()):
        g = drawn(UNITS, INPUTS)
        tape.dot(d, x.mT, g, help="")
        slots = {name: np.abs(drawn(g.size)) for name in optimizer.slots}
        optimizer.update(tape, g.reshape(-1), slots, {name: tape.constant(0.3) for name in optimizer.scalars})
        tape.call(np.subtract, w.reshape(-1), g.reshape(-1), w.reshape(-1))
        filled += [g, *slots.values()]
    return filled


if __name__ == "__main__":
    main()
