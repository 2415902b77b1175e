"""What may be said of a file that is to be read as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FORMATS = ("csv", "parquet", "arrow", "json", "ndjson", "npz")


@dataclass(frozen=True)
class IngestOptions:
    """None and nothing leave it to the file."""

    format: str | None = None
    delimiter: str | None = None  #: of CSV
    types: Mapping[str, str] = field(default_factory=dict)  #: number, boolean, category or time, by column
