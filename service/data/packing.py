"""Lists of numbers from JSON as float64, by `struct`, which reads them several times as fast as NumPy does."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain, starmap
from operator import getitem
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

#: So many cells are looked at one by one sooner than NumPy begins.
FEW = 512


def packed_rows(table: Sequence[Any], width: int) -> Numbers | None:
    """Rows of numbers, (rows, width); None where a row or a cell is of another kind."""
    if not set(map(type, table)) <= {list, tuple}:
        return None
    numbers = _packed(width, table)
    if numbers is None:
        return None
    matrix = numbers.reshape(len(table), width)
    if matrix.size <= FEW:
        types = map(type, chain.from_iterable(table))
    else:
        rows, columns = np.nonzero(_may_be_flags(matrix))
        types = map(type, map(getitem, map(table.__getitem__, rows.tolist()), columns.tolist()))
    return None if bool in set(types) else matrix


def packed_list(cells: Sequence[Any]) -> Numbers | None:
    """Numbers, (cells,); None where a cell is of another kind."""
    numbers = _packed(len(cells), [cells])
    if numbers is None:
        return None
    doubtful = cells if len(cells) <= FEW else map(cells.__getitem__, np.flatnonzero(_may_be_flags(numbers)).tolist())
    return None if bool in set(map(type, doubtful)) else numbers


def _packed(width: int, rows: Iterable[Sequence[Any]]) -> Numbers | None:
    try:
        packed = bytearray().join(starmap(_packer(width).pack, rows))
    except (struct.error, OverflowError):
        return None
    return np.frombuffer(packed, np.float64)


@lru_cache(maxsize=128)
def _packer(width: int) -> struct.Struct:
    return struct.Struct(f"{width}d")


def _may_be_flags(numbers: Numbers) -> npt.NDArray[np.bool_]:
    """`struct` takes true and false for 1 and 0."""
    found: npt.NDArray[np.bool_] = (numbers == 0) | (numbers == 1)
    return found
