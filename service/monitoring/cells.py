"""The cells of one column, as far as a distribution needs them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from service.data.frame import Column
from service.data.preprocessing.category import MISSING, UNSEEN, codes_of

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.integer]

YES_NO = ("false", "true")


class NumberCells(NamedTuple):
    """Numbers or, with the kind `time`, microseconds since 1970; NaN is missing."""

    values: Floats
    kind: str = "number"


class WordCells(NamedTuple):
    """Codes into `words`; MISSING and UNSEEN are no word of these."""

    codes: Codes
    words: tuple[str, ...]


Cells = NumberCells | WordCells


def cells_of(column: Column, categories: tuple[str, ...] | None = None) -> Cells:
    """`categories` are those that a network knows, if the column is one of categories."""
    if categories is not None:
        return WordCells(codes_of(column, categories), categories)
    if column.kind == "category":
        return WordCells(column.values, column.words)
    if column.kind == "boolean":
        return WordCells(np.where(column.missing, MISSING, column.values == 1).astype(np.int32), YES_NO)
    if column.kind == "time":
        moments = column.values.astype("datetime64[us]").astype(np.int64).astype(np.float64)
        return NumberCells(np.where(column.missing, np.nan, moments), "time")
    return NumberCells(column.values.astype(np.float64))


def missing_in(cells: Cells) -> int:
    is_missing = np.isnan(cells.values) if isinstance(cells, NumberCells) else cells.codes == MISSING
    return int(np.count_nonzero(is_missing))


def unseen_in(cells: WordCells) -> int:
    return int(np.count_nonzero(cells.codes == UNSEEN))
