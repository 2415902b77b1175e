"""How a column was distributed in the training rows, in little room: bins at its quantiles, or its frequent words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from service.monitoring.cells import Cells, Floats, NumberCells, WordCells, missing_in, unseen_in

#: Bins of a column of numbers: each has about as many training rows.
BINS = 40
#: Words that are counted one by one; all others together.
MAX_WORDS = 50
#: Columns of a network that are compared, at most.
MAX_COLUMNS = 200

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Reference(ABC):
    """`counts` are training rows by bin; `missing` ones have a bin of their own."""

    counts: tuple[int, ...]
    missing: int

    @abstractmethod
    def counts_of(self, cells: Cells) -> list[int]:
        """How many of other cells fall into each bin; missing ones into none. Raises ValueError for another kind."""

    @abstractmethod
    def to_json(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class NumberReference(Reference):
    """A bin ends at its edge, which belongs to it; the last one takes all that is larger, too."""

    edges: tuple[float, ...]
    kind: str = "number"
    exact: bool = False  #: every value of training is an edge

    def counts_of(self, cells: Cells) -> list[int]:
        values = present(cells)
        if not self.edges:
            return [values.size]
        places = np.searchsorted(np.array(self.edges), values, side="left")
        places = np.minimum(places, len(self.edges) - 1)
        counted: list[int] = np.bincount(places, minlength=len(self.edges)).tolist()
        return counted

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "edges": list(self.edges),
            "counts": list(self.counts),
            "missing": self.missing,
            "exact": self.exact,
        }


@dataclass(frozen=True)
class WordReference(Reference):
    """The last bin is that of all other words, seen in training or not."""

    words: tuple[str, ...]

    def counts_of(self, cells: Cells) -> list[int]:
        if not isinstance(cells, WordCells):
            raise ValueError("words can only be compared with words")
        places = {word: place for place, word in enumerate(self.words)}
        found = [0] * (len(self.words) + 1)
        known = np.bincount(cells.codes[cells.codes >= 0], minlength=len(cells.words))
        for word, count in zip(cells.words, known.tolist(), strict=True):
            found[places.get(word, len(self.words))] += count
        found[-1] += unseen_in(cells)
        return found

    def to_json(self) -> dict[str, Any]:
        return {"kind": "category", "words": list(self.words), "counts": list(self.counts), "missing": self.missing}


def present(cells: Cells) -> Floats:
    """The numbers that are not missing, sorted. Raises ValueError for words."""
    if not isinstance(cells, NumberCells):
        raise ValueError("numbers can only be compared with numbers")
    return np.sort(cells.values[~np.isnan(cells.values)])


def reference_of(cells: Cells) -> NumberReference | WordReference:
    if isinstance(cells, WordCells):
        return _of_words(cells)
    edges, exact = _edges(present(cells))
    bare = NumberReference((), missing_in(cells), edges, cells.kind, exact)
    return replace(bare, counts=tuple(bare.counts_of(cells)))


def _of_words(cells: WordCells) -> WordReference:
    counts = np.bincount(cells.codes[cells.codes >= 0], minlength=len(cells.words))
    frequent = np.sort(np.argsort(-counts, kind="stable")[:MAX_WORDS])
    bare = WordReference((), missing_in(cells), tuple(cells.words[place] for place in frequent.tolist()))
    return replace(bare, counts=tuple(bare.counts_of(cells)))


def _edges(values: Floats) -> tuple[tuple[float, ...], bool]:
    """Every value of a few; of many the quantiles, each a value that occurs."""
    distinct = np.unique(values)
    exact = distinct.size <= BINS
    if not exact:
        at = np.arange(1, BINS + 1) / BINS
        distinct = np.unique(np.quantile(values, at, method="inverted_cdf"))
    return tuple(distinct.tolist()), exact


def read_reference(value: Json) -> NumberReference | WordReference:
    """What `to_json` has written."""
    counts, missing = tuple(value["counts"]), value["missing"]
    if value["kind"] == "category":
        return WordReference(counts, missing, tuple(value["words"]))
    return NumberReference(counts, missing, tuple(value["edges"]), value["kind"], value["exact"])


def references_of(columns: Mapping[str, Cells]) -> dict[str, Json]:
    """One for each of the first columns, as JSON."""
    return {name: reference_of(columns[name]).to_json() for name in list(columns)[:MAX_COLUMNS]}
