"""A number for the content of each row, the same on every machine and in every order of the rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

from service.data.frame import Column

#: (rows,), uint64: one column as whole numbers, equal where the cells are equal.
Bits = npt.NDArray[np.uint64]
#: (rows,), at least 0 and below 1, equal where the rows are equal.
Keys = npt.NDArray[np.float64]

#: Rows that are mixed at one time: they stay in the processor's cache.
BLOCK = 16_384
#: The constants of SplitMix64 (Steele, Lea & Flood 2014, section 5; Stafford's variant 13 of the finaliser).
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST, SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
MISSING_NUMBER = np.float64(np.nan).view(np.uint64)
#: The top 53 bits of a hash are a fraction that a float64 holds exactly.
TO_FRACTION = 2.0**-53


def row_keys(columns: Iterable[Bits], rows: int, *, seed: int) -> Keys:
    """Mix the columns of each row, in order, into one number that is uniform over different rows."""
    mixed = np.full(rows, np.uint64(seed))
    scratch = np.empty(min(rows, BLOCK), np.uint64)
    for bits in columns:
        for first in range(0, rows, BLOCK):
            _mix_in(mixed[first : first + BLOCK], bits[first : first + BLOCK], scratch)
    keys: Keys = (mixed >> np.uint64(11)).astype(np.float64) * TO_FRACTION
    return keys


def _mix_in(mixed: Bits, bits: Bits, scratch: Bits) -> None:
    """One step of SplitMix64, whose state moves on by the bits of a column."""
    other = scratch[: len(mixed)]
    mixed += bits
    mixed += GOLDEN
    for shift, factor in ((30, FIRST), (27, SECOND)):
        np.right_shift(mixed, np.uint64(shift), out=other)
        mixed ^= other
        mixed *= factor
    np.right_shift(mixed, np.uint64(31), out=other)
    mixed ^= other


def column_bits(column: Column) -> Bits:
    """The cells of a column as they are; a category by its word, whatever its code."""
    return word_bits(column.words)[column.values] if column.kind == "category" else number_bits(column.values)


def matrix_bits(inputs: npt.NDArray[Any]) -> Iterator[Bits]:
    """The columns of a matrix (rows, columns) in the network's dtype."""
    return (number_bits(inputs[:, column].astype(np.float64)) for column in range(inputs.shape[1]))


def number_bits(values: npt.NDArray[Any]) -> Bits:
    """Of float64 or of times in microseconds: -0 as 0, and every missing cell as one."""
    if values.dtype.kind == "M":
        return values.view(np.uint64)
    bits = (values + 0.0).view(np.uint64)  # -0.0 + 0.0 is 0.0
    missing = np.isnan(values)
    return np.where(missing, MISSING_NUMBER, bits) if missing.any() else bits


def word_bits(words: Sequence[str]) -> Bits:
    """For each word a number, and two more at the end, where the codes -2 and -1 of an unknown word and of a missing
    cell find them."""
    digests = [blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest() for word in words]
    return np.frombuffer(b"".join([*digests, (1).to_bytes(8, "little"), bytes(8)]), "<u8").astype(np.uint64)
