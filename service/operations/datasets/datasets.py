"""Find, name, look into and delete data sets; `service.operations.datasets.uploads` makes them."""

from __future__ import annotations

from collections.abc import Sequence

from service.domain.records import Dataset, Json, Page
from service.errors import Invalid
from service.operations import names
from service.operations.backend import Backend


def get_dataset(backend: Backend, ref: str) -> Dataset:
    """By id or by name. Raises NotFound."""
    return backend.storage.get_dataset(ref)


def list_datasets(backend: Backend, page: Page, *, created_by: str | None = None) -> Sequence[Dataset]:
    """Newest first, columns without their profiles."""
    return backend.storage.list_datasets(page, created_by=created_by)


def rename_dataset(backend: Backend, ref: str, name: str) -> Dataset:
    """Raises Invalid, NotFound, AlreadyExists."""
    if issues := list(names.name_issues(name)):
        raise Invalid(fields=issues)
    return backend.storage.rename_dataset(backend.storage.get_dataset(ref).id, name)


def preview(backend: Backend, ref: str, limit: int) -> tuple[Dataset, Sequence[Json]]:
    """A data set and its first rows."""
    dataset = backend.storage.get_dataset(ref)
    return dataset, backend.storage.read_preview(dataset.id)[:limit]


def delete_dataset(backend: Backend, ref: str) -> None:
    """Raises NotFound, and Conflict while a job needs it."""
    backend.storage.delete_dataset(backend.storage.get_dataset(ref).id)
