"""The tape on which layers, activations, losses and optimizers write the calls that make up a step.

The same code serves twice. A `Recorder` keeps the calls as data, over buffers that are allocated once; a training step
is "call each in order", which an executor does. A `Performer` runs each call immediately over fresh buffers: that is
inference, and the explanation of a pass.

Arrays are feature-major: (features, rows), or (networks, features, rows) for a stack. One row of ones below the
features lets a single matrix [W | b] hold a layer's weights and biases.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from service.engine.arrays import Array
from service.engine.products import dot_equals_matmul

#: Numbers in one chunk of a flat vector.
PIECE = 1 << 15


class Features(NamedTuple):
    """Data between layers: `values` (features, rows), and `full` with the row of ones below."""

    full: Array
    values: Array


class Call(NamedTuple):
    """One call of a step as data: what runs, on which arrays, for which layer, and what it computes."""

    function: Callable[..., object]
    arguments: tuple[object, ...]
    layer: str
    help: str


class Tape(ABC):
    """Takes the calls of one step over `rows` rows. `training` layers behave as in training (dropout, batch
    statistics)."""

    def __init__(
        self,
        *,
        rows: int,
        dtype: DTypeLike,
        stack: tuple[int, ...] = (),
        training: bool = False,
        generators: Sequence[np.random.Generator] = (),
    ) -> None:
        self.rows = rows
        self.dtype = np.dtype(dtype)
        self.stack = stack
        self.training = training
        self.generators = generators  #: of dropout: one, or one per network of a stack
        self.layer = ""
        #: Intermediate values that layers expose: (layer, "z" | "a" | "delta", array).
        self.shown: list[tuple[str, str, Array]] = []

    @abstractmethod
    def call(self, function: Callable[..., object], *args: object, help: str = "") -> None:
        """Write one call. Output arrays are positional: a `partial` with keywords costs twice as much to call."""

    @abstractmethod
    def new(self, *shape: int, dtype: DTypeLike | None = None) -> Array:
        """An uninitialised buffer of `stack + shape` that nothing else writes during this step."""

    @abstractmethod
    def scratch(self, like: Array, number: int = 0, dtype: DTypeLike | None = None) -> Array:
        """A buffer of `like`'s shape that is free again once the writer's own calls are done."""

    @abstractmethod
    def zeros(self, like: Array) -> Array:
        """Zeros of `like`'s shape, never written to."""

    @property
    @abstractmethod
    def keeps_all(self) -> bool:
        """Whether every z must be kept next to its activation, to be shown."""

    @contextmanager
    def stacked(self, count: int) -> Iterator[None]:
        """What is written meanwhile is for a stack of so many networks."""
        outer, self.stack = self.stack, (count,)
        try:
            yield
        finally:
            self.stack = outer

    def features(self, count: int) -> Features:
        full = self.new(count + 1, self.rows)
        full[..., count, :] = 1
        return Features(full, full[..., :count, :])

    def constant(self, value: float) -> Array:
        """A 0-d array, which NumPy handles faster than a Python float."""
        with np.errstate(over="ignore"):
            return np.array(value, self.dtype)

    def show(self, what: str, array: Array) -> None:
        self.shown.append((self.layer, what, array))

    def dot(self, a: Array, b: Array, out: Array, *, help: str) -> None:
        """out = a b. For two dimensions the array's own method has the smallest overhead; a stack is multiplied as one
        where that gives the same bits."""
        if not self.stack:
            self.call(a.dot, b, out, help=help)
        elif dot_equals_matmul(a[0], b[0], out[0]):
            self.call(np.matmul, a, b, out, help=help)
        else:
            for own_a, own_b, own_out in zip(a, b, out, strict=True):
                self.call(own_a.dot, own_b, own_out, help=help)

    def sum_features(self, array: Array, out: Array, *, help: str) -> None:
        self.call(np.add.reduce, array, array.ndim - 2, None, out, True, help=help)

    def sum_rows(self, array: Array, out: Array, *, help: str) -> None:
        self.call(np.add.reduce, array, array.ndim - 1, None, out, True, help=help)


class Recorder(Tape):
    """Keeps the calls. Rewound between the steps of a block, it hands out the same buffers again in the same order."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.calls: list[Call] = []
        self._buffers: list[Array] = []
        self._next = 0
        self._scratch: dict[tuple[Any, ...], Array] = {}

    def call(self, function: Callable[..., object], *args: object, help: str = "") -> None:
        self.calls.append(Call(function, args, self.layer, help))

    def new(self, *shape: int, dtype: DTypeLike | None = None) -> Array:
        if self._next == len(self._buffers):
            self._buffers.append(np.empty(self.stack + shape, dtype or self.dtype))
        buffer = self._buffers[self._next]
        self._next += 1
        return buffer

    def scratch(self, like: Array, number: int = 0, dtype: DTypeLike | None = None) -> Array:
        kind = np.dtype(dtype or self.dtype)
        key = (like.shape, number, kind)
        if key not in self._scratch:
            self._scratch[key] = np.empty(like.shape, kind)
        return self._scratch[key]

    def zeros(self, like: Array) -> Array:
        key = (like.shape, "zeros")
        if key not in self._scratch:
            self._scratch[key] = np.zeros(like.shape, self.dtype)
        return self._scratch[key]

    @property
    def keeps_all(self) -> bool:
        return False

    def rewind(self) -> None:
        """Begin the next step of the block; the caller takes what the layers exposed and wrote so far."""
        self._next = 0
        self.calls = []
        self.shown = []


class Performer(Tape):
    """Runs each call immediately over its own buffers, so any number of threads may share one set of weights."""

    def __init__(self, *, keeps_all: bool = False, **settings: Any) -> None:
        super().__init__(**settings)
        self._keeps_all = keeps_all

    def call(self, function: Callable[..., object], *args: object, help: str = "") -> None:
        function(*args)

    def new(self, *shape: int, dtype: DTypeLike | None = None) -> Array:
        return np.empty(self.stack + shape, dtype or self.dtype)

    def scratch(self, like: Array, number: int = 0, dtype: DTypeLike | None = None) -> Array:
        return np.empty(like.shape, dtype or self.dtype)

    def zeros(self, like: Array) -> Array:
        return np.zeros(like.shape, self.dtype)

    @property
    def keeps_all(self) -> bool:
        return self._keeps_all

    def show(self, what: str, array: Array) -> None:
        # The previous layer may overwrite this derivative with its own.
        super().show(what, array.copy() if self._keeps_all else array)


def maximum(a: Array, b: Array, out: Array) -> None:
    """np.maximum accepts its output by keyword only."""
    np.maximum(a, b, out=out)


def minimum(a: Array, b: Array, out: Array) -> None:
    np.minimum(a, b, out=out)


def uniform(generator: np.random.Generator, out: Array) -> None:
    generator.random(dtype=out.dtype.type, out=out)


def shuffle(generator: np.random.Generator, first: int, order: Array) -> None:
    """Put the numbers first, first + 1, … in a new order. They are always shuffled from the same one, so that the new
    one depends only on the generator's state."""
    order[:] = np.arange(first, first + len(order))
    generator.shuffle(order)


def pieces(start: int, stop: int, size: int = PIECE) -> Iterator[slice]:
    """Cut part of a flat vector into slices small enough for the passes of an update to stay in the cache."""
    for first in range(start, stop, size):
        yield slice(first, min(first + size, stop))
