"""A table in memory: columns of several kinds; any cell may be missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from service.data.kinds.kind import Cells, Values
from service.data.kinds.registry import KINDS

#: The name of one of `KINDS`.
Kind = str


@dataclass(frozen=True, eq=False)
class Column:
    """One column (rows,), kept as the record of its kind says; the codes of a category are places in `words`."""

    kind: Kind
    values: Values
    words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        wanted = KINDS[self.kind].dtype
        if self.values.ndim != 1 or self.values.dtype != wanted:
            got = f"{self.values.dtype.name} {self.values.shape}"
            raise ValueError(f"a {self.kind} column must be a vector of {wanted.name}, got {got}")

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def missing(self) -> Cells:
        """Which cells are missing, (rows,)."""
        return KINDS[self.kind].is_missing(self.values)

    def take(self, indexes: npt.NDArray[Any]) -> Column:
        """The rows at these indexes, or where a mask is true, as a copy."""
        return Column(self.kind, self.values[indexes], self.words)

    def recoded(self, words: Sequence[str]) -> Values:
        """A category column's codes into other words, int32 (rows,): -1 is missing, -2 a word that is not there."""
        places = {word: place for place, word in enumerate(words)}
        table = np.array([*(places.get(word, -2) for word in self.words), -1], np.int32)
        return table[self.values]


@dataclass(frozen=True, eq=False)
class Frame:
    """Columns of one length by name, in the order of the table."""

    columns: Mapping[str, Column]

    def __post_init__(self) -> None:
        lengths = {name: len(column) for name, column in self.columns.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"columns must have one length, got {lengths}")

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def __contains__(self, name: object) -> bool:
        return name in self.columns

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.columns)

    def take(self, indexes: npt.NDArray[Any]) -> Frame:
        """The rows at these indexes, or where a mask is true, as copies."""
        return Frame({name: column.take(indexes) for name, column in self.columns.items()})

    def select(self, names: Sequence[str]) -> Frame:
        """These columns, in this order. Raises KeyError."""
        return Frame({name: self.columns[name] for name in names})
