"""What a storage promises of data sets; see `service.storage.base` for what holds for all of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from service.domain.datasets import Dataset, NewDataset
from service.domain.paging import Page
from service.domain.types import Json


class Datasets(ABC):
    """A data set may be larger than memory, so it is stored step by step: begun, its chunks one by one, published.

    Until it is published, and from the moment its deletion begins, nobody can see it.
    """

    @abstractmethod
    def begin_dataset(self, dataset: NewDataset) -> None:
        """Store what is known of a data set. What was begun a day ago and never published is forgotten."""

    @abstractmethod
    def add_chunk(self, dataset_id: str, rows: int, data: bytes) -> None:
        """Append a chunk. Raises NotFound, and Conflict when the data set is published."""

    @abstractmethod
    def add_file_piece(self, dataset_id: str, number: int, data: bytes) -> None:
        """Store a piece of the file that a data set is read from, numbered from 0. Raises NotFound, Conflict."""

    @abstractmethod
    def read_file_piece(self, dataset_id: str, number: int) -> bytes | None:
        """A piece of that file; None behind the last one. Raises StorageError when its SHA-256 does not match."""

    @abstractmethod
    def publish_dataset(self, dataset_id: str, *, name: str, fingerprint: str, revision: bool = False) -> Dataset:
        """Make it a data set for everybody; `fingerprint` says what was uploaded and how it was read.

        With `revision` it becomes the newest revision of the name; its number is never given again. Raises NotFound,
        AlreadyExists when another one has the name, as its first one or as a further one, or the fingerprint, and
        StorageError unless the chunks hold as many rows as the data set.
        """

    @abstractmethod
    def find_dataset(self, fingerprint: str) -> Dataset | None:
        """The one data set with this fingerprint, if there is one."""

    @abstractmethod
    def get_dataset(self, ref: str) -> Dataset:
        """By id, by one of its names (the newest revision of it), or as `name@revision`. Raises NotFound."""

    @abstractmethod
    def list_datasets(
        self,
        page: Page,
        *,
        names: Sequence[str] | None = None,
        created_by: str | None = None,
        name: str | None = None,
        all_revisions: bool = False,
    ) -> Sequence[Dataset]:
        """Newest first, columns without their profiles; with `names`, those that match one of the patterns.

        With `created_by`, those made with the key of this id, or by somebody of this name; with `name`, those of the
        name. Of each name the newest revision, or `all_revisions`.

        Raises NotFound when `page.after` names nothing.
        """

    @abstractmethod
    def rename_dataset(self, dataset_id: str, name: str) -> Dataset:
        """Rename a data set with all revisions of its name. Raises NotFound, AlreadyExists."""

    @abstractmethod
    def add_dataset_name(self, dataset_id: str, name: str) -> Dataset:
        """Let a data set be found by one more name. Raises NotFound, AlreadyExists."""

    @abstractmethod
    def read_preview(self, dataset_id: str) -> Sequence[Json]:
        """Its first rows. Raises NotFound."""

    @abstractmethod
    def chunk_rows(self, dataset_id: str) -> Sequence[int]:
        """How many rows each of its chunks has, also of one that is not published yet."""

    @abstractmethod
    def delete_abandoned_datasets(self) -> None:
        """Delete what was begun a day ago and never published, and what ended jobs have left unfinished."""

    @abstractmethod
    def read_chunk(self, dataset_id: str, number: int) -> bytes:
        """One of its chunks, from 0. Raises NotFound, and StorageError when its SHA-256 does not match."""

    @abstractmethod
    def delete_dataset(self, dataset_id: str) -> None:
        """Delete a data set, its chunks in bounded batches. Raises NotFound, and Conflict while a job needs it."""
