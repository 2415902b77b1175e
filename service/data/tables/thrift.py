"""Thrift's compact protocol, as far as the footer of a Parquet file needs it.

Source: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

from typing import Any

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(1, 13)
WHOLE = (I16, I32, I64)

#: Fields by number, each with its type; a list is the type of its items with the items.
Struct = dict[int, tuple[int, Any]]


def read_struct(data: bytes) -> Struct:
    return _Reader(data).struct()


def write_struct(struct: Struct) -> bytes:
    out = bytearray()
    _put_struct(out, struct)
    return bytes(out)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def struct(self) -> Struct:
        fields: Struct = {}
        number = 0
        while head := self._byte():
            kind = head & 15
            number = number + (head >> 4) if head >> 4 else self._whole()
            fields[number] = kind, self._value(kind)
        return fields

    def _value(self, kind: int, *, in_list: bool = False) -> Any:
        if kind in (TRUE, FALSE):
            return self._byte() if in_list else None  # a field's type says it
        if kind in WHOLE:
            return self._whole()
        if kind == BYTE:
            return self._byte()
        if kind == DOUBLE:
            return self._bytes(8)
        if kind == BINARY:
            return self._bytes(self._count())
        if kind in (LIST, SET):
            return self._list()
        if kind == STRUCT:
            return self.struct()
        raise ValueError(f"a footer has no values of the type {kind}")

    def _list(self) -> tuple[int, list[Any]]:
        head = self._byte()
        count, kind = head >> 4, head & 15
        count = self._count() if count == 15 else count
        return kind, [self._value(kind, in_list=True) for _ in range(count)]

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _bytes(self, count: int) -> bytes:
        self._at += count
        return self._data[self._at - count : self._at]

    def _count(self) -> int:
        number = shift = 0
        while True:
            byte = self._byte()
            number |= (byte & 127) << shift
            if byte < 128:
                return number
            shift += 7

    def _whole(self) -> int:
        number = self._count()
        return (number >> 1) ^ -(number & 1)


def _put_struct(out: bytearray, struct: Struct) -> None:
    before = 0
    for number, (kind, value) in sorted(struct.items()):
        if 0 < number - before <= 15:
            out.append((number - before) << 4 | kind)
        else:
            out.append(kind)
            _put_whole(out, number)
        before = number
        if kind not in (TRUE, FALSE):
            _put(out, kind, value)
    out.append(0)


def _put(out: bytearray, kind: int, value: Any) -> None:
    if kind in WHOLE:
        _put_whole(out, value)
    elif kind in (BYTE, TRUE, FALSE):
        out.append(value)
    elif kind == DOUBLE:
        out += value
    elif kind == BINARY:
        _put_count(out, len(value))
        out += value
    elif kind in (LIST, SET):
        _put_list(out, *value)
    else:
        _put_struct(out, value)


def _put_list(out: bytearray, kind: int, items: list[Any]) -> None:
    if len(items) < 15:
        out.append(len(items) << 4 | kind)
    else:
        out.append(15 << 4 | kind)
        _put_count(out, len(items))
    for item in items:
        _put(out, kind, item)


def _put_count(out: bytearray, number: int) -> None:
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)


def _put_whole(out: bytearray, number: int) -> None:
    _put_count(out, (number << 1) ^ (number >> 63))
