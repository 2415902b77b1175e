"""Translates one call into rows of the native table, or finds that Python has to make it.

The result has to have the bits of the call itself, so everything that NumPy does around its loops is done here once:
which axes it joins, which one is the innermost, how it begins a reduction. What overlaps in another way than element
by element, or is laid out unlike the buffers of a tape, is left to Python.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from service.engine.arrays import Array
from service.engine.executors.barrier import SharedBarrier
from service.engine.executors.native.axes import NotLowered, steps
from service.engine.executors.native.loops import loop_of
from service.engine.executors.native.products import dots, product
from service.engine.executors.native.row import (
    CAST,
    EACH,
    MEET,
    ROOT,
    SHUFFLE,
    UNIFORM,
    WHERE,
    Row,
    address,
    of_dtype,
    row,
)
from service.engine.tape import Call, maximum, minimum, shuffle, uniform

UFUNCS: dict[Callable[..., object], np.ufunc] = {maximum: np.maximum, minimum: np.minimum}
COMPARISONS = (np.greater, np.greater_equal, np.less, np.less_equal)
FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


class Lowering:
    """Lowers the calls of one program. `kept` are arrays of its own, which must live as long as the rows."""

    def __init__(self) -> None:
        self.kept: list[Array] = []
        self._numbers: dict[tuple[Any, ...], Array] = {}

    def rows(self, call: Call) -> list[Row]:
        """Raises NotLowered."""
        function = call.function
        arguments: tuple[Any, ...] = call.arguments
        ufunc = UFUNCS.get(function, function)
        if ufunc is np.matmul:
            return [product(*self._arrays(arguments))]
        if ufunc is np.vecdot:
            return dots(*self._arrays(arguments))
        if isinstance(ufunc, np.ufunc):
            return self._elementwise(ufunc, self._arrays(arguments))
        if function is np.copyto:
            return self._copy(*arguments)
        if function is uniform:
            return [_drawn(*arguments)]
        if function is shuffle:
            return [_shuffled(*arguments)]
        return self._method(getattr(function, "__self__", None), getattr(function, "__name__", ""), arguments)

    def _method(self, owner: object, name: str, arguments: tuple[Any, ...]) -> list[Row]:
        if isinstance(owner, np.ufunc) and name == "reduce":
            return self._reduction(owner, *arguments)
        if isinstance(owner, np.ndarray) and name == "dot":
            return [product(owner, *self._arrays(arguments), dot=True)]
        if isinstance(owner, SharedBarrier) and name == "wait":
            return [row(MEET, [address(owner.state)], [])]
        if isinstance(owner, np.ndarray) and name == "fill":
            return self._copy(owner, self._constant(arguments[0], owner.dtype))
        raise NotLowered

    @staticmethod
    def _arrays(arguments: tuple[Any, ...]) -> list[Array]:
        if not all(isinstance(argument, np.ndarray) for argument in arguments):
            raise NotLowered
        return list(arguments)

    def _elementwise(self, ufunc: np.ufunc, arrays: list[Array]) -> list[Row]:
        *inputs, out = arrays
        rows: list[Row] = []
        if out.dtype in FLOATS and any(array.dtype == np.bool_ for array in inputs):
            inputs = [self._as_numbers(array, out.dtype, rows) for array in inputs]
        if out.dtype in FLOATS and ufunc in COMPARISONS:
            return self._comparison(ufunc, inputs, out)
        if ufunc is np.sqrt and _flat(inputs[0], out) and out.dtype in FLOATS:
            return [row(of_dtype(ROOT, out.dtype), map(address, (*inputs, out)), [out.size])]
        return [*rows, each(ufunc, [*inputs, out])]

    def _comparison(self, ufunc: np.ufunc, inputs: list[Array], out: Array) -> list[Row]:
        """A comparison whose truth values become numbers."""
        if not out.flags.c_contiguous:
            raise NotLowered
        truth = self._numbers.setdefault((out.shape, np.dtype(np.bool_)), np.empty(out.shape, np.bool_))
        cast = row(of_dtype(CAST, out.dtype), map(address, (truth, out)), [out.size])
        return [each(ufunc, [*inputs, truth]), cast]

    def _as_numbers(self, array: Array, dtype: np.dtype[Any], rows: list[Row]) -> Array:
        """Truth values in the dtype of the result, as NumPy converts them for a loop of numbers."""
        if array.dtype != np.bool_:
            return array
        if rows or not array.flags.c_contiguous:  # a second array would take the place of the first
            raise NotLowered
        key = (array.shape, dtype)
        numbers = self._numbers.setdefault(key, np.empty(array.shape, dtype))
        rows.append(row(of_dtype(CAST, dtype), map(address, (array, numbers)), [array.size]))
        return numbers

    def _copy(self, to: Array, source: Array, casting: str = "same_kind", where: Array | None = None) -> list[Row]:
        if not isinstance(source, np.ndarray) or source.dtype != to.dtype or to.dtype not in FLOATS:
            raise NotLowered
        if where is None:
            return [each(np.positive, [source, to])]
        if source.ndim or not _flat(where, to):
            raise NotLowered
        return [row(of_dtype(WHERE, to.dtype), map(address, (where, source, to)), [to.size])]

    def _constant(self, value: float, dtype: np.dtype[Any]) -> Array:
        self.kept.append(np.array(value, dtype))
        return self.kept[-1]

    def _reduction(
        self, ufunc: np.ufunc, array: Array, axis: int, dtype: object, out: Array, keepdims: bool
    ) -> list[Row]:
        """out = f(out, line) for every line. A sum begins with 0, a maximum with the first line, as NumPy's do."""
        if dtype is not None or not keepdims or array.dtype not in FLOATS or array.dtype != out.dtype:
            raise NotLowered
        if ufunc is np.add:
            start, rest = self._constant(0, out.dtype), array
        elif ufunc is np.maximum:
            start = array[(slice(None),) * axis + (slice(0, 1),)]
            rest = array[(slice(None),) * axis + (slice(1, None),)]
        else:
            raise NotLowered
        rows = [each(np.positive, [start, out])]
        return [*rows, each(ufunc, [out, rest, out], reduced=True)] if rest.size else rows


def each(ufunc: np.ufunc, arrays: Sequence[Array], *, reduced: bool = False) -> Row:
    """The row of NumPy's loop over all elements of the arrays; `reduced`: the output has fewer than the input."""
    found = loop_of(ufunc, "".join(array.dtype.char for array in arrays))
    if found is None:
        raise NotLowered
    shape = arrays[1].shape if reduced else arrays[-1].shape
    addresses = [address(array) for array in arrays]
    return row(EACH, addresses, steps(shape, arrays, addresses), loop=found[0], data=found[1])


def _drawn(generator: np.random.Generator, out: Array) -> Row:
    if out.dtype not in FLOATS or not out.flags.c_contiguous:
        raise NotLowered
    return row(of_dtype(UNIFORM, out.dtype), [_state(generator), address(out)], [out.size])


def _shuffled(generator: np.random.Generator, first: int, order: Array) -> Row:
    if order.dtype != np.int64 or order.ndim != 1 or not order.flags.c_contiguous or order.size > 1 << 32:
        raise NotLowered
    return row(SHUFFLE, [_state(generator), address(order)], [order.size, first])


def _state(generator: np.random.Generator) -> int:
    """The address of NumPy's own generator; `ctypes` is its public door to C, which the generator outlives."""
    source = generator.bit_generator
    if type(source) is not np.random.PCG64:
        raise NotLowered
    address_of_state: int = source.ctypes.state_address
    return address_of_state


def _flat(*arrays: Array) -> bool:
    """Whether the arrays are of one shape, each without gaps."""
    return all(array.flags.c_contiguous and array.shape == arrays[0].shape for array in arrays)
