"""Rows of the table that loop.c runs, as lists of whole numbers: `struct row` word by word."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from service.engine.arrays import Array

WORDS = 20
KIND, LOOP, DATA, AT, REST = 0, 1, 2, 3, 7

EACH, PRODUCT, CAST, WHERE, ROOT, MASK, SGD, ADAM, SCALED, UNIFORM = 0, 1, 2, 4, 6, 8, 10, 12, 14, 16
SMALL, SHUFFLE, MEET = 18, 20, 21
#: What loop.c adds to a kind from CAST on to SMALL that works on doubles.
OF_DOUBLES = 1

Row = list[int]


def row(kind: int, at: Iterable[int], rest: Iterable[int], *, loop: int = 0, data: int = 0) -> Row:
    """One row: addresses of up to four operands, and the numbers of its kind."""
    addresses, numbers = list(at), list(rest)
    addresses += [0] * (REST - AT - len(addresses))
    return [kind, loop, data, *addresses, *numbers, *[0] * (WORDS - REST - len(numbers))]


def product_numbers(a: Array, b: Array, out: Array) -> list[int]:
    """Of a product of matrices, or of a stack of them: its counts, then the steps of stacks, lines and columns."""
    (m, n), p = a.shape[-2:], b.shape[-1]
    stacks = [matrix.strides[0] if matrix.ndim == 3 else 0 for matrix in (a, b, out)]
    count = out.shape[0] if out.ndim == 3 else 1
    return [count, m, n, p, *stacks, *a.strides[-2:], *b.strides[-2:], *out.strides[-2:]]


def address(array: Array) -> int:
    start: int = array.__array_interface__["data"][0]
    return start


def of_dtype(kind: int, dtype: np.dtype[np.generic]) -> int:
    """The kind of row that makes this pass over numbers of a dtype."""
    return kind + OF_DOUBLES * (dtype == np.float64)
