"""What a request may say of a file that is read as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FORMATS = ("csv", "parquet", "arrow", "json", "ndjson", "npz", "xlsx", "xls", "ods")


@dataclass(frozen=True)
class IngestOptions:
    """None and nothing leave it to the file."""

    format: str | None = None
    delimiter: str | None = None  #: of CSV
    types: Mapping[str, str] = field(default_factory=dict)  #: number, boolean, category or time, by column
    encoding: str | None = None  #: of CSV, by its Python name
    header: bool | None = None  #: of CSV and workbooks: whether the first line that is read names the columns
    skip_rows: int | None = None  #: of CSV and workbooks: lines above the header, or above the first row
    sheet: str | None = None  #: of a workbook
