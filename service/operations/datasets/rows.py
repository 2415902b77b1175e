"""Read the rows of a data set: a range of them, or all as one Parquet file, few chunks in memory at a time."""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from service.domain.datasets import Dataset
from service.operations.backend import Backend

if TYPE_CHECKING:
    import pyarrow as pa


def row_tables(backend: Backend, dataset: Dataset, first: int, limit: int | None) -> Iterator[pa.Table]:
    """The rows from `first` on, counted from 0, a chunk at a time."""
    # Not above: pyarrow takes a while to load, and few requests need it.
    from service.data.tables.chunks import read_chunk

    last = dataset.rows if limit is None else min(dataset.rows, first + limit)
    ends = list(accumulate(backend.storage.chunk_rows(dataset.id)))
    for number in range(bisect_right(ends, first), len(ends)):
        begin = ends[number - 1] if number else 0
        if begin >= last:
            return
        table = read_chunk(backend.storage.read_chunk(dataset.id, number))
        yield table.slice(max(first - begin, 0), last - max(first, begin))


@dataclass(frozen=True)
class Layout:
    """Where the chunks of a data set lie in its Parquet file."""

    starts: list[int]
    footer: bytes
    footer_start: int

    @property
    def size_bytes(self) -> int:
        return self.footer_start + len(self.footer)


def table_file(backend: Backend, dataset: Dataset) -> TableFile:
    return TableFile(backend, dataset, layout_of(backend, dataset))


def layout_of(backend: Backend, dataset: Dataset) -> Layout:
    """Read from the footers of all chunks, and kept: a data set never changes."""
    from service.data.tables.parquet_file import ParquetFile

    key = ("layout", dataset.id)
    known: Layout | None = backend.cache.get(key)
    if known is None:
        file = ParquetFile()
        for number in range(dataset.chunks):
            file.add(backend.storage.read_chunk(dataset.id, number))
        known = Layout(file.starts, file.footer(), file.size_bytes)
        backend.cache.put(key, known, len(known.footer) + 100 * len(known.starts))
    return known


class TableFile(io.RawIOBase):
    """All rows of a data set as one Parquet file, of which one chunk is in memory at a time."""

    def __init__(self, backend: Backend, dataset: Dataset, layout: Layout) -> None:
        self._backend, self._dataset, self._layout = backend, dataset, layout
        self._at = 0
        self._part: memoryview | bytes = b""
        self._part_start = 0

    @property
    def size_bytes(self) -> int:
        return self._layout.size_bytes

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size_bytes}[whence]
        return self._at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self.size_bytes:
            return 0
        if not self._part_start <= self._at < self._part_start + len(self._part):
            self._load()
        begin = self._at - self._part_start
        piece = self._part[begin : begin + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def _load(self) -> None:
        """The part of the file that has the byte to be read next."""
        from service.data.tables.parquet_file import MAGIC, body_of

        layout = self._layout
        if self._at >= layout.footer_start:
            self._part, self._part_start = layout.footer, layout.footer_start
        elif self._at < len(MAGIC):
            self._part, self._part_start = MAGIC, 0
        else:
            number = bisect_right(layout.starts, self._at) - 1
            self._part = body_of(self._backend.storage.read_chunk(self._dataset.id, number))
            self._part_start = layout.starts[number]
