"""Tables given inline, as bytes: one frame after another, each with its role and its length in front."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from service.data import frame_bytes
from service.data.frame import Frame

_HEAD = struct.Struct("<16sQ")


def encode(tables: Mapping[str, Frame]) -> bytes:
    parts = []
    for role, table in tables.items():
        data = frame_bytes.encode(table)
        parts += [_HEAD.pack(role.encode(), len(data)), data]
    return b"".join(parts)


def decode(data: bytes) -> dict[str, Frame]:
    tables, at = {}, 0
    while at < len(data):
        role, length = _HEAD.unpack_from(data, at)
        at += _HEAD.size + length
        tables[role.rstrip(b"\0").decode()] = frame_bytes.decode(data[at - length : at])
    return tables
