"""What every kind of input column can do: learn its statistics from training rows, and write itself as numbers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from service.data.frame import Column, Kind
from service.data.reading.read_as import ReadAs
from service.data.row_keys import Bits, number_bits
from service.schema.fields import Nested, Spec, field
from service.schema.validation import ValidationIssue

Values = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Learnt:
    """What the statistics of one column are, and what is to be said of it, as the end of a sentence."""

    state: Spec
    warnings: tuple[str, ...] = ()


def written_as() -> Any:
    """The field of a column that says how its cells are written."""
    return field(
        Nested(ReadAs), default=None, help="how its cells are written, if not in the plain way", exclude_default=True
    )


class WrittenColumn(Spec):
    """A column whose cells requests write as its data set does."""

    kind: ClassVar[Kind]
    read_as: ReadAs | None


class InputColumn(WrittenColumn):
    """A user's column as one or more columns of the network's input. `width` and `encoded` are fixed from the start."""

    state: ClassVar[type[Spec]]

    @property
    @abstractmethod
    def is_required(self) -> bool:
        """Whether a row with a missing cell is rejected rather than completed."""

    @property
    def is_named(self) -> bool:
        """Whether every row must name it, if only to say that its cell is missing."""
        return self.is_required or bool(getattr(self, "required", False))

    @property
    @abstractmethod
    def encoded(self) -> tuple[str, ...]:
        """What each encoded column is, to be written behind the user's name; "" for the column itself."""

    @property
    def width(self) -> int:
        return len(self.encoded)

    @property
    def codes(self) -> tuple[int, int] | None:
        """For a column that is one category code: the highest code, and how many numbers its vector is to have."""
        return None

    @abstractmethod
    def neutral(self) -> Any:
        """The state of a column that has seen no rows."""

    def state_issues(self, state: Any) -> Iterable[ValidationIssue]:
        """What is wrong with a given state for this column."""
        return ()

    @abstractmethod
    def fit(self, column: Column) -> Learnt:
        """Learn from training rows."""

    def cells(self, column: Column) -> Values:
        """A column of a frame as `write` wants it; categories as codes into those of this column."""
        return column.values

    def bits(self, column: Column) -> Bits:
        """What its cells are to the network, before any statistics, for `row_keys`."""
        return number_bits(column.values)

    @abstractmethod
    def write(self, state: Any, cells: Values, out: Floats) -> None:
        """Write cells (rows,) as float64 (width, rows); infinity comes out as infinity."""

    @abstractmethod
    def shown_fill(self, state: Any) -> Any:
        """The value for missing cells, as the user would write it."""
