"""One input or output of a network by name, type and shape, for every protocol and file format to write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from service.data.frame import Kind
from service.data.kinds.registry import KINDS

#: Stands for the number of rows in a shape.
ROWS = -1


@dataclass(frozen=True, kw_only=True)
class TensorSpec:
    """`shape` is (-1, width) with -1 for the rows, or (-1,) for an output of one value per row."""

    name: str
    kind: Kind
    dtype: str  #: as NumPy names it; string for text
    shape: tuple[int, ...]
    categories: tuple[str, ...] | None = None  #: the values that a cell of a category can have
    elements: tuple[str, ...] | None = None  #: a name for each number of a row, where they have names
    required: bool = True  #: whether a row must name it
    nullable: bool = False  #: whether its value may be missing

    @classmethod
    def column(cls, name: str, kind: Kind, **fields: Any) -> TensorSpec:
        """An input that is one column of a table."""
        return cls(name=name, kind=kind, dtype=KINDS[kind].exchanged_as, shape=(ROWS, 1), **fields)

    @classmethod
    def per_row(cls, name: str, kind: Kind, *, categories: tuple[str, ...] | None = None) -> TensorSpec:
        """An output of one value per row."""
        return cls(name=name, kind=kind, dtype=KINDS[kind].exchanged_as, shape=(ROWS,), categories=categories)

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "type": self.kind,
            "dtype": self.dtype,
            "shape": list(self.shape),
            "categories": None if self.categories is None else list(self.categories),
            "elements": None if self.elements is None else list(self.elements),
            "required": self.required,
            "nullable": self.nullable,
        }
