"""A file as it was sent, kept in packed pieces, so that it can be read again in another way."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

PIECE_BYTES = 16 * 2**20
CODEC = "zstd"


def write_pieces(path: Path, folder: Path) -> list[str]:
    """Write a file as packed pieces into `folder`; return their names."""
    names: list[str] = []
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            name = f"piece-{len(names):04}.zst"
            with pa.OSFile(str(folder / name), "wb") as target, pa.CompressedOutputStream(target, CODEC) as packed:
                packed.write(piece)
            names.append(name)
    return names


def join_pieces(pieces: Iterable[bytes], path: Path) -> int:
    """Write what `write_pieces` has packed to a file; return its size."""
    size = 0
    with path.open("wb") as file:
        for piece in pieces:
            size += file.write(pa.CompressedInputStream(pa.BufferReader(piece), CODEC).read())
    return size
