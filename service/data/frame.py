"""A table in memory: columns of numbers, of yes or no, of categories, of times; any cell may be missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

Kind = Literal["number", "boolean", "category", "time"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Values = npt.NDArray[Any]
Cells = npt.NDArray[np.bool_]

#: How each kind keeps its cells.
DTYPES: Mapping[Kind, np.dtype[Any]] = MappingProxyType(
    {
        "number": np.dtype(np.float64),
        "boolean": np.dtype(np.float64),
        "category": np.dtype(np.int32),
        "time": np.dtype("datetime64[us]"),
    }
)

#: A moment can be written with a year of four digits.
FIRST, LAST = np.datetime64("0001-01-01", "us"), np.datetime64("9999-12-31T23:59:59.999999", "us")


@dataclass(frozen=True, eq=False)
class Column:
    """One column (rows,) by its kind:

    - number: float64; NaN is missing, infinity stays infinity
    - boolean: float64 of 0 and 1; NaN is missing
    - category: int32 codes into `words`; -1 is missing
    - time: datetime64[us] in UTC; NaT is missing
    """

    kind: Kind
    values: Values
    words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.values.ndim != 1 or self.values.dtype != DTYPES[self.kind]:
            wanted = DTYPES[self.kind].name
            got = f"{self.values.dtype.name} {self.values.shape}"
            raise ValueError(f"a {self.kind} column must be a vector of {wanted}, got {got}")

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def missing(self) -> Cells:
        """Which cells are missing, (rows,)."""
        if self.kind == "category":
            return self.values < 0
        return np.isnat(self.values) if self.kind == "time" else np.isnan(self.values)

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
