"""Rows to predict for that a request brings as a Parquet or Arrow file."""

from __future__ import annotations

from pathlib import Path

from service.data.tables.ingest import FileRows, ingest_rows
from service.operations.backend import Backend
from service.operations.datasets.uploads import ingest_bytes


def read_file_rows(backend: Backend, data: bytes, folder: Path, *, format: str) -> FileRows:
    """At most as many rows as one request may have; of more than that only the number. Raises DataError."""
    path, limits = folder / "rows", backend.limits
    path.write_bytes(data)
    max_rows, memory_bytes = limits.max_predicted_rows, ingest_bytes(limits)
    return ingest_rows(path, folder / "table", format=format, max_rows=max_rows, memory_bytes=memory_bytes)
