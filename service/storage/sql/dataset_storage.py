"""The part of the SQL storage that keeps data sets."""

from __future__ import annotations

from collections.abc import Sequence

from service.domain.datasets import Dataset, NewDataset
from service.domain.paging import Page
from service.domain.types import Json
from service.storage.datasets import Datasets
from service.storage.sql import datasets, deletion
from service.storage.sql.transaction import Transactions


class SqlDatasets(Datasets):
    _transactions: Transactions

    def begin_dataset(self, dataset: NewDataset) -> None:
        deletion.delete_abandoned_datasets(self._transactions)
        with self._transactions.writing() as connection:
            datasets.begin(connection, dataset)

    def add_chunk(self, dataset_id: str, rows: int, data: bytes) -> None:
        with self._transactions.writing() as connection:
            datasets.add_chunk(connection, dataset_id, rows, data)

    def add_file_piece(self, dataset_id: str, number: int, data: bytes) -> None:
        with self._transactions.writing() as connection:
            datasets.add_file_piece(connection, dataset_id, number, data)

    def read_file_piece(self, dataset_id: str, number: int) -> bytes | None:
        with self._transactions.reading() as connection:
            return datasets.read_file_piece(connection, dataset_id, number)

    def publish_dataset(self, dataset_id: str, *, name: str, fingerprint: str, revision: bool = False) -> Dataset:
        with self._transactions.writing(taken=datasets.taken(name)) as connection:
            return datasets.publish(connection, dataset_id, name, fingerprint, is_revision=revision)

    def find_dataset(self, fingerprint: str) -> Dataset | None:
        with self._transactions.reading() as connection:
            return datasets.find(connection, fingerprint)

    def get_dataset(self, ref: str) -> Dataset:
        with self._transactions.reading() as connection:
            return datasets.get(connection, ref)

    def list_datasets(
        self,
        page: Page,
        *,
        names: Sequence[str] | None = None,
        created_by: str | None = None,
        name: str | None = None,
        all_revisions: bool = False,
    ) -> Sequence[Dataset]:
        with self._transactions.reading() as connection:
            return datasets.list_page(
                connection, page, names=names, created_by=created_by, name=name, all_revisions=all_revisions
            )

    def rename_dataset(self, dataset_id: str, name: str) -> Dataset:
        with self._transactions.writing(taken=datasets.taken(name)) as connection:
            return datasets.rename(connection, dataset_id, name)

    def add_dataset_name(self, dataset_id: str, name: str) -> Dataset:
        with self._transactions.writing(taken=datasets.taken(name)) as connection:
            return datasets.add_name(connection, dataset_id, name)

    def read_preview(self, dataset_id: str) -> Sequence[Json]:
        with self._transactions.reading() as connection:
            return datasets.read_preview(connection, dataset_id)

    def chunk_rows(self, dataset_id: str) -> Sequence[int]:
        with self._transactions.reading() as connection:
            return datasets.chunk_rows(connection, dataset_id)

    def delete_abandoned_datasets(self) -> None:
        deletion.delete_abandoned_datasets(self._transactions)

    def read_chunk(self, dataset_id: str, number: int) -> bytes:
        with self._transactions.reading() as connection:
            return datasets.read_chunk(connection, dataset_id, number)

    def delete_dataset(self, dataset_id: str) -> None:
        deletion.delete_dataset(self._transactions, dataset_id)
