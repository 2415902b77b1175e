"""The Sobol sequence, with the direction numbers of Joe and Kuo (2008, new-joe-kuo-6), shifted by a seed."""

from __future__ import annotations

import numpy as np

BITS = 32
#: Of each dimension from the second on: the degree s of its polynomial, its coefficients a, and the first m.
_DIRECTIONS: tuple[tuple[int, int, tuple[int, ...]], ...] = (
    (1, 0, (1,)),
    (2, 1, (1, 3)),
    (3, 1, (1, 3, 1)),
    (3, 2, (1, 1, 1)),
    (4, 1, (1, 1, 3, 3)),
    (4, 4, (1, 3, 5, 13)),
    (5, 2, (1, 1, 5, 5, 17)),
    (5, 4, (1, 1, 5, 5, 5)),
    (5, 7, (1, 1, 7, 11, 19)),
    (5, 11, (1, 1, 5, 1, 1)),
    (5, 13, (1, 1, 1, 3, 11)),
    (5, 14, (1, 3, 5, 5, 31)),
    (6, 1, (1, 3, 3, 9, 7, 49)),
    (6, 13, (1, 1, 1, 15, 21, 21)),
    (6, 16, (1, 3, 1, 13, 27, 49)),
    (6, 19, (1, 1, 1, 15, 7, 5)),
    (6, 22, (1, 3, 1, 15, 13, 25)),
    (6, 25, (1, 1, 5, 5, 19, 61)),
    (7, 1, (1, 3, 7, 11, 23, 15, 103)),
    (7, 4, (1, 3, 7, 13, 13, 15, 69)),
)
MAX_DIMENSIONS = len(_DIRECTIONS) + 1


def sobol(number: int, dimensions: int, seed: int) -> list[float]:
    """The point of a number from 0, in the unit cube. The same seed shifts all points of a search by the same bits."""
    shifts = np.random.default_rng(seed).integers(0, 2**BITS, size=dimensions, dtype=np.uint64)
    return [(coordinate(number, one) ^ int(shift)) / 2**BITS for one, shift in enumerate(shifts)]


def coordinate(number: int, dimension: int) -> int:
    """One coordinate of a point without a shift, as a fraction of 2**32."""
    gray, value = number ^ (number >> 1), 0
    for bit, direction in enumerate(_directions(dimension)):
        if gray >> bit & 1:
            value ^= direction
    return value


def _directions(dimension: int) -> list[int]:
    if dimension == 0:
        return [1 << (BITS - 1 - bit) for bit in range(BITS)]
    degree, coefficients, first = _DIRECTIONS[dimension - 1]
    found = [start << (BITS - 1 - bit) for bit, start in enumerate(first)]
    for bit in range(degree, BITS):
        before = found[bit - degree]
        value = before ^ (before >> degree)
        for step in range(1, degree):
            if coefficients >> (degree - 1 - step) & 1:
                value ^= found[bit - step]
        found.append(value)
    return found
