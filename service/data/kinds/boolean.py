"""Columns of yes and no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from service.data.cell_words import NO, ONE, YES, ZERO
from service.data.kinds.kind import ColumnKind, Json, Values
from service.data.kinds.profiles import counted, counted_words
from service.data.reading.read_as import ReadAs
from service.schema.rules import reject, shown

if TYPE_CHECKING:
    import pyarrow as pa


class BooleanKind(ColumnKind):
    """float64 of 0 and 1; NaN is missing."""

    name = "boolean"
    #: The words for no and yes of a column that has none of its own.
    words = ("false", "true")
    dtype = np.dtype(np.float64)
    missing = np.nan
    arrow = "bool"
    stored_as = ("bool",)
    exchanged_as = "bool"
    accepts = ("boolean",)
    must_be = "must be true or false, yes or no, 1 or 0"

    def json_cell(self, value: Any) -> float:
        if value is True or value is False:
            return float(value)
        raise reject(f"must be true or false, got {shown(value)}")

    def text_cell(self, text: str, read_as: ReadAs) -> float:
        word = text.strip().lower()
        if word not in YES | NO | {ONE, ZERO}:
            raise reject(f"must be true or false, got {shown(text)}")
        return float(word in YES | {ONE})

    def values(self, piece: pa.Array) -> Values:
        return super().values(piece.cast("double"))

    def from_arrow(self, column: pa.ChunkedArray) -> pa.ChunkedArray | None:
        return column if self.stores(column.type) else None

    def from_texts(self, texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
        return _flags(texts, YES | {ONE}, NO | {ZERO})

    def recognised(self, texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
        """A column of 1 and 0 alone is one of numbers."""
        return _flags(texts, YES, NO)

    def profile(self, column: pa.ChunkedArray) -> Json:
        top = [{"value": word == "true", "count": count} for word, count in counted_words(column)]
        return {**counted(column), "top": top}


def _flags(texts: pa.ChunkedArray, yes: frozenset[str], no: frozenset[str]) -> pa.ChunkedArray | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    words = pc.utf8_lower(texts)
    if not pc.all(pc.is_in(words, value_set=pa.array([*yes, *no, None], pa.string()))).as_py():
        return None
    return pc.if_else(pc.is_null(words), pa.scalar(None, pa.bool_()), pc.is_in(words, value_set=pa.array([*yes])))
