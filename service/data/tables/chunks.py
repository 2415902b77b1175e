"""The stored form of a table, Parquet in chunks, and the way back into memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from service.data.arrow_arrays import array_of
from service.data.frame import Column, Frame
from service.data.kinds.kind import ColumnKind, Values
from service.data.kinds.registry import kind_of
from service.data.splits import Indexes

MAX_ROWS = 65_536
MAX_BYTES = 16 * 2**20


def decode_chunks(chunks: Iterable[bytes], names: Sequence[str], rows: int) -> Frame:
    """The named columns of all chunks, in the order of `names`, which together have `rows` rows.

    Each column is written where it stays; beside it there is one chunk at a time. Raises KeyError for a column that is
    not there, ValueError for another number of rows.
    """
    return _decode((_read(chunk, names) for chunk in chunks), names, rows)


def decode_rows(chunks: Iterable[bytes], names: Sequence[str], indexes: Indexes) -> Frame:
    """`decode_chunks`, but only the rows at these indexes, which are in ascending order."""
    return _decode(_picked((_read(chunk, names) for chunk in chunks), indexes), names, len(indexes))


def decode_first(chunk: bytes, names: Sequence[str], rows: int) -> Frame:
    """The named columns of a chunk, of at most so many of its first rows."""
    table = _read(chunk, names).slice(0, rows)
    return _decode([table], names, table.num_rows)


def read_chunk(chunk: bytes, names: Sequence[str] | None = None) -> pa.Table:
    """Those of the named columns that a chunk has, or all."""
    file = pq.ParquetFile(pa.BufferReader(chunk))
    if names is not None:
        names = [name for name in names if name in file.schema_arrow.names]
    return file.read(columns=names, use_threads=False)


def frame_of(table: pa.Table, names: Sequence[str]) -> Frame:
    """The named columns of a chunk's rows."""
    return _decode([table], names, table.num_rows)


def _read(chunk: bytes, names: Sequence[str]) -> pa.Table:
    # `pq.read_table` would first import Arrow's data sets, which takes longer than to read a small table.
    return pq.ParquetFile(pa.BufferReader(chunk)).read(columns=list(dict.fromkeys(names)), use_threads=False)


def _picked(tables: Iterable[pa.Table], indexes: Indexes) -> Iterator[pa.Table]:
    first = 0
    for table in tables:
        begin, end = np.searchsorted(indexes, (first, first + table.num_rows))
        yield table.take(indexes[begin:end] - first)
        first += table.num_rows


def _decode(tables: Iterable[pa.Table], names: Sequence[str], rows: int) -> Frame:
    columns = [_Growing(name, rows) for name in dict.fromkeys(names)]
    for table in tables:
        for column in columns:
            column.add(table[column.name])
        del table
    return Frame({column.name: column.whole() for column in columns})


def write_chunks(table: pa.Table, folder: Path) -> list[dict[str, Any]]:
    """Write a table as files of bounded size; return the name and the rows of each."""
    table = table.replace_schema_metadata().cast(pa.schema([field.remove_metadata() for field in table.schema]))
    bytes_per_row = max(1, table.nbytes // max(1, table.num_rows))
    size = max(1, min(MAX_ROWS, MAX_BYTES // bytes_per_row))
    written = []
    for number, first in enumerate(range(0, table.num_rows, size)):
        part, name = table.slice(first, size), f"chunk-{number:04}.parquet"
        pq.write_table(part, folder / name, compression="zstd", row_group_size=size)
        written.append({"file": name, "rows": part.num_rows})
    return written


class _Growing:
    """One column, chunk by chunk. Words get their codes in the order in which they first come."""

    def __init__(self, name: str, rows: int) -> None:
        self.name = name
        self._rows = rows
        self._at = 0
        self._kind: ColumnKind | None = None
        self._values: Values = np.empty(0)
        self._codes: dict[str, int] = {}

    def add(self, cells: pa.ChunkedArray) -> None:
        if self._kind is None:
            self._kind = kind_of(cells.type)
            self._values = np.empty(self._rows, self._kind.dtype)
        for piece in cells.chunks:
            values = self._codes_of(piece) if self._kind.has_words else self._kind.values(piece)
            self._values[self._at : self._at + len(values)] = values
            self._at += len(values)

    def whole(self) -> Column:
        if self._kind is None or self._at != self._rows:
            raise ValueError(f"the chunks have {self._at} rows of {self.name}, not {self._rows}")
        return Column(self._kind.name, self._values, tuple(self._codes))

    def _codes_of(self, piece: pa.Array) -> Values:
        coded = piece if pa.types.is_dictionary(piece.type) else pc.dictionary_encode(piece)
        known = self._codes
        places = [known.setdefault(word, len(known)) for word in coded.dictionary.to_pylist()]
        codes = np.array([*places, -1], np.int32)
        values: Values = codes[array_of(coded.indices, missing=len(places))]
        return values
