"""The chunks of a table, each a Parquet file, as one Parquet file, without reading or writing their pages again.

A Parquet file is its row groups and a footer that says where they lie. The file is the chunks' row groups one after
another, and a footer that has all of them, moved to where they lie now.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from service.data.tables.thrift import LIST, STRUCT, Struct, read_struct, write_struct

MAGIC = b"PAR1"
#: Length of the footer and the magic behind it.
TAIL_BYTES = 8
#: Fields of the footer (parquet.thrift), by number.
NUM_ROWS, ROW_GROUPS = 3, 4
COLUMNS, GROUP_OFFSET, ORDINAL = 1, 5, 7
META_DATA = 3
#: Places in the file: of a column chunk, and of its metadata.
CHUNK_OFFSETS, DATA_OFFSETS = (2, 4, 6), (9, 10, 11, 14)


class ParquetFile:
    """Add the chunks in order, then take the footer."""

    def __init__(self) -> None:
        self.starts: list[int] = []  #: where the row groups of each chunk begin
        self.size_bytes = len(MAGIC)  #: of all but the footer
        self._footer: Struct = {}
        self._groups: list[Struct] = []
        self._rows = 0

    def add(self, chunk: bytes) -> memoryview:
        """Return the part of a chunk that goes into the file."""
        footer, body = _parts(chunk)
        self._footer = self._footer or footer
        self._rows += footer[NUM_ROWS][1]
        for group in _items(footer[ROW_GROUPS]):
            _move(group, self.size_bytes - len(MAGIC))
            group.pop(ORDINAL, None)  # of 16 bits, and optional
            self._groups.append(group)
        self.starts.append(self.size_bytes)
        self.size_bytes += len(body)
        return body

    def footer(self) -> bytes:
        """What comes behind the row groups."""
        whole = {**self._footer, NUM_ROWS: (self._footer[NUM_ROWS][0], self._rows)}
        whole[ROW_GROUPS] = (LIST, (STRUCT, self._groups))
        written = write_struct(whole)
        return written + len(written).to_bytes(4, "little") + MAGIC


def body_of(chunk: bytes) -> memoryview:
    """What `add` returned for a chunk."""
    return memoryview(chunk)[len(MAGIC) : _footer_start(chunk)]


def _parts(chunk: bytes) -> tuple[Struct, memoryview]:
    return read_struct(chunk[_footer_start(chunk) : -TAIL_BYTES]), body_of(chunk)


def _footer_start(chunk: bytes) -> int:
    end = len(chunk) - TAIL_BYTES
    return end - int.from_bytes(chunk[end : end + 4], "little")


def _move(group: Struct, by: int) -> None:
    _shift(group, (GROUP_OFFSET,), by)
    for column in _items(group[COLUMNS]):
        _shift(column, CHUNK_OFFSETS, by)
        _shift(column[META_DATA][1], DATA_OFFSETS, by)


def _shift(struct: Struct, numbers: Iterable[int], by: int) -> None:
    for number in numbers:
        if number in struct and struct[number][1] > 0:  # 0 stands for nowhere
            kind, place = struct[number]
            struct[number] = kind, place + by


def _items(field: tuple[int, Any]) -> list[Struct]:
    items: list[Struct] = field[1][1]
    return items
