"""What a request may say of a file that is read as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.data.reading.settings import Settings

FORMATS = ("csv", "parquet", "arrow", "json", "ndjson", "npz", "xlsx", "xls", "ods")


@dataclass(frozen=True)
class IngestOptions:
    """None and nothing leave it to the file."""

    format: str | None = None
    delimiter: str | None = None  #: of CSV
    types: Mapping[str, str] = field(default_factory=dict)  #: number, boolean, category or time, by column
    decimal: str | None = None  #: the decimal sign of numbers in texts
    thousands: str | None = None  #: what stands between the thousands of numbers in texts
    dates: str | None = None  #: the order of year, month and day of dates in texts
    missing: Sequence[str] | None = None  #: words and numbers that are missing cells in every column
    encoding: str | None = None  #: of CSV, by its Python name
    header: bool | None = None  #: of CSV and workbooks: whether the first line that is read names the columns
    skip_rows: int | None = None  #: of CSV and workbooks: lines above the header, or above the first row
    sheet: str | None = None  #: of a workbook

    @property
    def settings(self) -> Settings:
        return Settings(self.types, self.decimal, self.thousands, self.dates, tuple(self.missing or ()))

    def of_cells(self) -> dict[str, Any]:
        """What has been said of how cells are read, as a data set's `options` write it."""
        given = {"types": dict(self.types), "missing": list(self.missing or ())}
        given |= {name: getattr(self, name) for name in ("decimal", "thousands", "dates")}
        return {name: value for name, value in given.items() if value}
