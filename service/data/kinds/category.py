"""Columns of categories: words, and what no other kind is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from service.data.cell_words import number_word
from service.data.kinds.kind import CellError, Cells, ColumnKind, Json, Values
from service.data.kinds.profiles import counted, counted_words
from service.data.reading.read_as import ReadAs
from service.schema.rules import reject, shown

if TYPE_CHECKING:
    import pyarrow as pa

TOP = 10
MAX_WORDS = 1000


class CategoryKind(ColumnKind):
    """int32 codes into words; -1 is missing."""

    name = "category"
    dtype = np.dtype(np.int32)
    missing = -1
    arrow = "string"
    stored_as = ("string", "large_string", "dictionary")
    #: Numbers, and yes and no, may name classes.
    exchanged_as = "string"
    accepts = ("category", "number", "boolean")
    must_be = "must be a text"
    has_words = True
    #: Whether one stands for a missing category is left to the list of categories.
    has_missing_words = False

    def json_cell(self, value: Any) -> str:
        """Categories may be written as numbers, such as years."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            return number_word(value)
        raise reject(f"must be a text, got {shown(value)}")

    def text_cell(self, text: str, read_as: ReadAs) -> str:
        return text

    def is_missing(self, values: Values) -> Cells:
        return values < 0

    def values_of(self, cells: Sequence[Any]) -> tuple[Values, tuple[str, ...]]:
        words = tuple(dict.fromkeys(word for word in cells if word is not None))
        places = {word: place for place, word in enumerate(words)} | {None: -1}
        return np.array([places[word] for word in cells], self.dtype), words

    def from_arrow(self, column: pa.ChunkedArray) -> pa.ChunkedArray | None:
        """Raises CellError for a text that PostgreSQL could not keep."""
        import pyarrow as pa
        import pyarrow.compute as pc

        kind = column.type
        if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)):
            return None
        index = pc.index(pc.match_substring(column, "\0"), True).as_py()
        if index >= 0:
            raise CellError(index, "holds a NUL character")
        return column.cast(self.arrow)

    def from_texts(self, texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
        return texts

    def recognised(self, texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
        """Every column could be one of words: that is what is left where no other kind recognises it."""
        return None

    def profile(self, column: pa.ChunkedArray) -> Json:
        words = counted_words(column)
        return {
            **counted(column),
            "top": [{"value": word, "count": count} for word, count in words[:TOP]],
            "words": [word for word, _ in words[:MAX_WORDS]],
            "counts": [count for _, count in words[:MAX_WORDS]],
        }

    def doubts(self, column: pa.ChunkedArray, profile: Json) -> Iterable[str]:
        spellings: dict[str, list[str]] = {}
        for word in profile["words"]:
            spellings.setdefault(" ".join(word.casefold().split()), []).append(word)
        alike = [words for words in spellings.values() if len(words) > 1]
        if alike:
            shown_words = ", ".join(f'"{word[:30]}"' for word in alike[0][:3])
            more = f", and {len(alike) - 1:,} more such" if len(alike) > 1 else ""
            yield f"has words that differ only in case or spaces ({shown_words}{more}); each is a category of its own"
