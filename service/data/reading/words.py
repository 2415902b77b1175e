"""A column of texts on the way to what it says: its different words, with how many cells have each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

SAMPLED = 200


class Words:
    """Trimmed cells; blank ones, and those with one of the `missing` words, are null."""

    def __init__(self, texts: pa.ChunkedArray, missing: Collection[str] = ()) -> None:
        trimmed = pc.utf8_trim_whitespace(texts)
        self.missing: dict[str, int] = {}  #: words that were taken for missing cells, with their cells
        self.cells = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)
        self.take_away(missing)

    def take_away(self, words: Iterable[str]) -> None:
        """Make missing cells of these words."""
        there = [word for word in words if (count := self._count(word)) and not self.missing.update({word: count})]
        if there:
            is_gone = pc.is_in(self.cells, value_set=pa.array(there, pa.string()))
            self.cells = pc.if_else(is_gone, pa.scalar(None, pa.string()), self.cells)
            self.__dict__.pop("counted", None)

    def _count(self, word: str) -> int:
        return int(pc.sum(pc.equal(self.cells, word)).as_py() or 0)

    @cached_property
    def counted(self) -> pa.StructArray:
        """The different words as `values`, with their `counts`."""
        return self.cells.drop_null().value_counts()

    @property
    def different(self) -> pa.Array:
        return self.counted.field("values")

    @property
    def counts(self) -> pa.Array:
        return self.counted.field("counts")

    @property
    def present(self) -> int:
        return len(self.cells) - int(self.cells.null_count)

    def sample(self) -> list[str]:
        found: list[str] = self.different[:SAMPLED].to_pylist()
        return found

    def among(self, known: Collection[str]) -> list[str]:
        """The different words that are known, in any case."""
        is_known = pc.is_in(pc.utf8_lower(self.different), value_set=pa.array(sorted(known), pa.string()))
        found: list[str] = self.different.filter(is_known).to_pylist()
        return found

    def mapped(self, meant: Mapping[str, Any], kind: pa.DataType) -> pa.ChunkedArray:
        """Each cell as what its word means."""
        coded = self.cells.combine_chunks().dictionary_encode()
        values = pa.array([meant[word] for word in coded.dictionary.to_pylist()], kind)
        return pa.chunked_array([values.take(coded.indices)])


def may_hold(texts: pa.ChunkedArray, signs: str) -> bool:
    """Whether one of these ASCII signs may be in a text: their bytes are looked at, which takes no time."""
    buffers = [chunk.buffers()[2] for chunk in texts.chunks]
    pieces = (data.to_pybytes() for data in buffers if data is not None)
    return any(sign in piece for piece in pieces for sign in map(str.encode, signs))
