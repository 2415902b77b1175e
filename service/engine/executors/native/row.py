"""Rows of the table that loop.c runs, as lists of whole numbers: `struct row` word by word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from service.engine.arrays import Array

WORDS = 20
KIND, LOOP, DATA, AT, REST = 0, 1, 2, 3, 7

EACH, PRODUCT, CAST, WHERE, ROOT, MASK, SGD, ADAM, MEET = 0, 1, 2, 4, 6, 8, 10, 12, 14
#: What loop.c adds to a kind from CAST on to ADAM that works on doubles.
OF_DOUBLES = 1

Row = list[int]


def row(kind: int, at: Iterable[int], rest: Iterable[int], *, loop: int = 0, data: int = 0) -> Row:
    """One row: addresses of up to four operands, and the numbers of its kind."""
    addresses, numbers = list(at), list(rest)
    addresses += [0] * (REST - AT - len(addresses))
    return [kind, loop, data, *addresses, *numbers, *[0] * (WORDS - REST - len(numbers))]


def address(array: Array) -> int:
    start: int = array.__array_interface__["data"][0]
    return start


def of_dtype(kind: int, dtype: np.dtype[np.generic]) -> int:
    """The kind of row that makes this pass over numbers of a dtype."""
    return kind + OF_DOUBLES * (dtype == np.float64)


def extent(shape: Sequence[int], strides: Sequence[int], itemsize: int) -> int:
    """Bytes from an array's first to behind its last element; strides are not negative."""
    return sum((count - 1) * stride for count, stride in zip(shape, strides, strict=True)) + itemsize
