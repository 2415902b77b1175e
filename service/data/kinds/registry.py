"""The kinds of columns, by name. A file's column of texts is of the first kind that recognises all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.data.kinds.boolean import BooleanKind
from service.data.kinds.category import CategoryKind
from service.data.kinds.kind import ColumnKind
from service.data.kinds.number import NumberKind
from service.data.kinds.time import TimeKind

if TYPE_CHECKING:
    import pyarrow as pa

KINDS: dict[str, ColumnKind] = {kind.name: kind for kind in (NumberKind(), BooleanKind(), CategoryKind(), TimeKind())}


def kind_of(stored: pa.DataType) -> ColumnKind:
    """The kind of a stored column by its Arrow type. Raises LookupError."""
    for kind in KINDS.values():
        if kind.stores(stored):
            return kind
    raise LookupError(f"no kind of column is stored as {stored}")
