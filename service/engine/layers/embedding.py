"""Learned vectors for categories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import as_strided

from service.engine.arrays import Array
from service.engine.initializers import INITIALIZERS, Initializer, LecunNormal
from service.engine.layers.base import Backward, Layer, Place, Tensor, output
from service.engine.tape import Features, Tape
from service.schema.fields import Choice, Nested, Spec, field
from service.schema.rules import Integer, Items
from service.schema.validation import ValidationIssue

#: float32 represents every whole number up to this exactly.
MAX_CATEGORIES = 2**24


@dataclass(frozen=True, kw_only=True)
class EmbeddedColumn(Spec):
    """One input column that holds category codes: 0 for an unknown category, 1 … `categories` for the known ones."""

    index: int = field(Integer(minimum=0), help="the input column, from 0")
    categories: int = field(
        Integer(minimum=1, maximum=MAX_CATEGORIES),
        help="number of known categories; codes run from 0 (unknown) to this number",
    )
    size: int = field(Integer(minimum=1), help="length of a category's vector")

    @property
    def key(self) -> str:
        return f"column_{self.index}"


@dataclass(frozen=True, kw_only=True)
class Embedding(Layer):
    """Must be the first layer. Replaces each category code with that category's learned vector; other columns pass
    unchanged, in the same order. The vector of code 0, an unknown category, starts at zero. Weight decay does not apply
    to the vectors."""

    name = "embedding"
    formula = "a = x with each code replaced by the column E[code]"
    source = "Bengio et al. 2003, section 2; for columns of a table: Guo & Berkhahn 2016, eq. 2"
    first_only = True
    sparse = True

    columns: tuple[EmbeddedColumn, ...] = field(
        Items(Nested(EmbeddedColumn), at_least=1), help="the input columns that hold category codes"
    )
    weight_init: Initializer = field(
        Choice(INITIALIZERS),
        default=LecunNormal(),
        help="initial values of E, with size inputs and categories units: lecun vectors have a one-hot row's length",
    )

    def cross_check(self) -> Iterable[ValidationIssue]:
        seen: set[int] = set()
        for position, column in enumerate(self.columns):
            if column.index in seen:
                yield ValidationIssue(("columns", position, "index"), f"must be unique, got {column.index} again")
            seen.add(column.index)

    def check(self, inputs: int) -> Iterable[ValidationIssue]:
        for position, column in enumerate(self.columns):
            if column.index >= inputs:
                message = f"must be below the number of inputs, {inputs}, got {column.index}"
                yield ValidationIssue(("columns", position, "index"), message)

    def outputs(self, inputs: int) -> int:
        return inputs + sum(column.size - 1 for column in self.columns)

    def tensors(self, inputs: int) -> tuple[Tensor, ...]:
        return tuple(Tensor(column.key, (column.size, column.categories + 1)) for column in self._in_order)

    def codes(self) -> Mapping[int, int]:
        return {column.index: column.categories for column in self.columns}

    def initialize(self, inputs: int, values: Mapping[str, Array], generator: np.random.Generator) -> None:
        for column in self._in_order:
            table = values[column.key]
            table[:, 0] = 0
            table[:, 1:] = self.weight_init.draw(generator, column.size, column.categories, table.dtype)

    def layout(self, inputs: int) -> Iterator[tuple[EmbeddedColumn | None, slice, slice]]:
        """The parts of the output in order: the embedded column (None for columns that pass), the part of the input it
        comes from, and the part of the output it fills."""
        read = written = 0
        for column in self._in_order:
            if column.index > read:
                passed = column.index - read
                yield None, slice(read, column.index), slice(written, written + passed)
                written += passed
            yield column, slice(column.index, column.index + 1), slice(written, written + column.size)
            read, written = column.index + 1, written + column.size
        if read < inputs:
            yield None, slice(read, inputs), slice(written, written + inputs - read)

    def forward(self, tape: Tape, at: Place, x: Features, into: Array | None) -> tuple[Features | Array, Backward]:
        inputs = x.values.shape[-2]
        out, a = output(tape, self.outputs(inputs), into)
        looked_up: list[tuple[EmbeddedColumn, slice, slice, Array]] = []
        for column, source, target in self.layout(inputs):
            if column is None:
                tape.call(np.copyto, a[..., target, :], x.values[..., source, :], help="a = x where it is no code")
                continue
            index = _write_index(tape, at.values[column.key], x.values[..., source, :])
            _write_lookup(tape, at.values[column.key], index, a[..., target, :])
            looked_up.append((column, source, target, index))
        tape.show("a", a)

        def backward(d: Array, wants_dx: bool) -> None:
            """A code has no derivative; as the first layer, the embedding is never asked for one."""
            tape.show("delta", d)
            for column, source, target, index in looked_up:
                gradient = at.gradients[column.key]
                # Statistics of other layers lie between the weights of a stack's networks, and not between gradients.
                if gradient.strides != at.values[column.key].strides:
                    index = _write_index(tape, gradient, x.values[..., source, :])
                _write_sum(tape, d[..., target, :], index, gradient)

        return out, backward

    def public(self, inputs: int, values: Mapping[str, Array]) -> dict[str, Array]:
        """One row for each code, unknown first."""
        return {key: np.ascontiguousarray(value.T) for key, value in values.items()}

    def adopt(self, inputs: int, given: Mapping[str, Array], values: Mapping[str, Array]) -> None:
        for key, value in values.items():
            value[...] = given[key].T

    @property
    def _in_order(self) -> list[EmbeddedColumn]:
        return sorted(self.columns, key=lambda column: column.index)


def _write_index(tape: Tape, table: Array, codes: Array) -> Array:
    """Write the memory index of each row's code vector in `table` (…, size, codes): (…, size, rows)."""
    whole = tape.new(1, tape.rows, dtype=np.intp)
    tape.call(np.copyto, whole, codes, "unsafe", help="the codes as whole numbers")
    steps = np.array([[stride // table.itemsize] for stride in table.strides[:-1]])
    starts = (np.indices(table.shape[:-1]).reshape(table.ndim - 1, -1) * steps).sum(axis=0)
    index = tape.new(table.shape[-2], tape.rows, dtype=np.intp)
    tape.call(np.add, starts.reshape(*table.shape[:-1], 1), whole, index, help="index of E[code]")
    return index


def _write_lookup(tape: Tape, table: Array, index: Array, a: Array) -> None:
    into = a if a.flags.c_contiguous else tape.scratch(a, 7)
    # With "clip", NumPy writes directly into the output; with the default it goes through another array.
    tape.call(_in_memory(table).take, index, 0, into, "clip", help="a = E[code]")
    if into is not a:
        tape.call(np.copyto, a, into, help="a = E[code], next to the other columns")


def _write_sum(tape: Tape, d: Array, index: Array, gradient: Array) -> None:
    if not d.flags.c_contiguous:
        apart = tape.scratch(d, 7)
        tape.call(np.copyto, apart, d, help="δ of the vectors")
        d = apart
    tape.call(gradient.fill, 0, help="dE = 0")
    # In one dimension, NumPy's add.at avoids its slower general path.
    tape.call(np.add.at, _in_memory(gradient), index.reshape(-1), d.reshape(-1), help="dE[code] = Σ δ of its rows")


def _in_memory(tensor: Array) -> Array:
    """The memory from a tensor's first number to its last as one vector; in a stack it contains other tensors between
    the networks, which no index of `_write_index` refers to."""
    steps = zip(tensor.shape, tensor.strides, strict=True)
    length = 1 + sum((count - 1) * (stride // tensor.itemsize) for count, stride in steps)
    return as_strided(tensor, (length,), (tensor.itemsize,))
