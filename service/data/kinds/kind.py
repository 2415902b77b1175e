"""What every kind of column says of itself: in a file, in memory, in a request."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from service.data.arrow_arrays import array_of
from service.data.cell_words import MISSING
from service.data.reading.read_as import PLAIN, ReadAs

if TYPE_CHECKING:  # Arrow takes a while to load, and most requests need none of it.
    import pyarrow as pa

Json = dict[str, Any]
Values = npt.NDArray[Any]
Cells = npt.NDArray[np.bool_]


class CellError(ValueError):
    """A cell of a file cannot be of this kind: which one, and why."""

    def __init__(self, index: int, message: str) -> None:
        self.index, self.message = index, message
        super().__init__(f"cell {index}: {message}")


class ColumnKind(ABC):
    """One kind of column. `KINDS` lists them; everything that depends on a kind asks its record."""

    name: ClassVar[str]
    #: How a frame keeps the cells, and which of these values is a missing one.
    dtype: ClassVar[np.dtype[Any]]
    missing: ClassVar[Any]
    #: The Arrow type of a stored column, and how the types begin that come back as this kind.
    arrow: ClassVar[str]
    stored_as: ClassVar[tuple[str, ...]]
    #: How cells are exchanged with other programs, as NumPy names the type; string for text.
    exchanged_as: ClassVar[str]
    #: The kinds of a table's columns that serve as input or target of this kind.
    accepts: ClassVar[tuple[str, ...]]
    #: What a cell of a file must be, as the end of an error message.
    must_be: ClassVar[str]
    #: Whether the values of a frame are codes into words.
    has_words: ClassVar[bool] = False
    #: Whether a word such as NA is a missing cell in every column, rather than possibly a category.
    has_missing_words: ClassVar[bool] = True
    #: Where a plus belongs that a URL has turned into a space.
    plus: ClassVar[re.Pattern[str] | None] = None

    # -- one cell of a request; None is missing ------------------------------------------------------------------------

    def from_json(self, value: Any, read_as: ReadAs = PLAIN) -> Any:
        """A text says what it says in CSV, so that rows may be sent as strings. Raises SpecError."""
        if value is None:
            return None
        return self.from_text(value, read_as) if isinstance(value, str) else self.json_cell(value)

    def from_text(self, text: str, read_as: ReadAs = PLAIN) -> Any:
        """Read as the column was of whose table this is a row. Raises SpecError."""
        word = text.strip()
        if not word or word in read_as.missing or (self.has_missing_words and word.lower() in MISSING):
            return None
        return self.text_cell(text, read_as)

    def from_query(self, text: str, read_as: ReadAs = PLAIN) -> Any:
        """From a URL, where a plus that is not encoded arrives as a space: 1e+16 as "1e 16". Raises SpecError."""
        return self.from_text(self.plus.sub(r"\1+\2", text.strip()) if self.plus else text, read_as)

    @abstractmethod
    def json_cell(self, value: Any) -> Any:
        """A JSON value that is no text and not null. Raises SpecError."""

    @abstractmethod
    def text_cell(self, text: str, read_as: ReadAs) -> Any:
        """A text that is not blank. Raises SpecError."""

    # -- cells in memory -----------------------------------------------------------------------------------------------

    def is_missing(self, values: Values) -> Cells:
        return np.isnan(values)

    def values_of(self, cells: Sequence[Any]) -> tuple[Values, tuple[str, ...]]:
        """Cells of requests as a frame keeps them, and the words that they are codes of."""
        return np.array(cells, self.dtype), ()

    def absent(self, rows: int) -> Values:
        """A column (rows,) of missing cells."""
        return np.full(rows, self.missing, self.dtype)

    # -- columns of a file, in Arrow -----------------------------------------------------------------------------------

    def stores(self, stored: pa.DataType) -> bool:
        """Whether a stored column of this Arrow type is of this kind."""
        return str(stored).startswith(self.stored_as)

    def values(self, piece: pa.Array) -> Values:
        """A stored array as a frame keeps it, (rows,)."""
        return array_of(piece)

    @abstractmethod
    def from_arrow(self, column: pa.ChunkedArray) -> pa.ChunkedArray | None:
        """A column that has a type, as it is stored; None for a type of another kind. Raises CellError."""

    @abstractmethod
    def from_texts(self, texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
        """Trimmed texts and nulls as what they say, as it is stored; None where one of them is no such cell."""

    def recognised(self, texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
        """`from_texts`, where no request says that the column is of this kind."""
        return self.from_texts(texts)

    def texts(self, column: pa.ChunkedArray) -> pa.ChunkedArray:
        """Stored cells as they are written."""
        return column.cast("string")

    @abstractmethod
    def profile(self, column: pa.ChunkedArray) -> Json:
        """What is in a stored column: `missing` and `distinct`, and what suits the kind."""

    def doubts(self, column: pa.ChunkedArray, profile: Json) -> Iterable[str]:
        """What looks doubtful in a stored column with this profile, each as the end of a sentence."""
        return ()
