"""Tables of users, as frozen records that know neither SQL nor HTTP. Times are seconds since 1970, UTC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.types import Json


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A user's table, without its rows; read those by `Storage.read_chunk`."""

    id: str
    name: str
    sha256: str  #: of the bytes that were uploaded
    filename: str | None  #: as the user called it; never a path of ours
    format: str  #: csv, parquet, arrow, json, ndjson, npz
    options: Json  #: how it was read: delimiter, types, …
    size_bytes: int  #: as uploaded
    rows: int
    columns: Sequence[Json]  #: of each its name, its type and its profile, in the order of the table
    warnings: Sequence[str]
    chunks: int  #: numbered from 0
    created_at: float
    other_names: Sequence[str] = ()  #: by which it is found as well; a list of data sets leaves them out
    revision: int = 1  #: its number among those of its name
    revisions: int = 1  #: how many its name has
    is_newest: bool = True  #: its name alone means it
    created_by: str | None = None
    created_by_key: str | None = None
    origin: Json | None = None  #: where it came from, if a job wrote it

    @property
    def reference(self) -> str:
        """What names these rows: the name alone for the newest revision."""
        return self.name if self.is_newest else f"{self.name}@{self.revision}"


@dataclass(frozen=True, kw_only=True)
class NewDataset:
    """A data set about to be stored."""

    id: str
    sha256: str
    filename: str | None
    format: str
    options: Json
    size_bytes: int
    rows: int
    columns: Sequence[Json]
    preview: Sequence[Json]  #: its first rows
    warnings: Sequence[str]
    created_by: str | None = None
    created_by_key: str | None = None
    origin: Json | None = None
