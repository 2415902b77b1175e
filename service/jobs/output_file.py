"""What is known of the rows of a data set as one Parquet file, without the file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from service.data.tables.parquet_file import MAGIC, ParquetFile


@dataclass(frozen=True)
class OutputFile:
    sha256: str
    size_bytes: int


def whole_file(chunks: Iterable[bytes]) -> OutputFile:
    file, digest = ParquetFile(), hashlib.sha256(MAGIC)
    for chunk in chunks:
        digest.update(file.add(chunk))
    footer = file.footer()
    digest.update(footer)
    return OutputFile(digest.hexdigest(), file.size_bytes + len(footer))
