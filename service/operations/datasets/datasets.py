"""Find, name, look into and delete data sets; `service.operations.datasets.uploads` makes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from service.domain.datasets import Dataset
from service.domain.paging import Page
from service.domain.types import Json
from service.errors import Conflict, Invalid
from service.operations import names
from service.operations.backend import Backend


def get_dataset(backend: Backend, ref: str) -> Dataset:
    """By id or by name. Raises NotFound."""
    return backend.storage.get_dataset(ref)


def list_datasets(
    backend: Backend,
    page: Page,
    *,
    created_by: str | None = None,
    name: str | None = None,
    all_revisions: bool = False,
) -> Sequence[Dataset]:
    """Newest first, columns without their profiles; of each name the newest revision, or all."""
    return backend.storage.list_datasets(page, created_by=created_by, name=name, all_revisions=all_revisions)


def rename_dataset(backend: Backend, ref: str, name: str) -> Dataset:
    """Raises Invalid, NotFound, AlreadyExists."""
    if issues := list(names.name_issues(name)):
        raise Invalid(fields=issues)
    return backend.storage.rename_dataset(backend.storage.get_dataset(ref).id, name)


def preview(backend: Backend, ref: str, limit: int) -> tuple[Dataset, Sequence[Json]]:
    """A data set and its first rows."""
    dataset = backend.storage.get_dataset(ref)
    return dataset, backend.storage.read_preview(dataset.id)[:limit]


def delete_dataset(backend: Backend, ref: str, *, all_revisions: bool = False) -> None:
    """Delete a data set, or all that have its name.

    Raises NotFound, and Conflict while a job needs it, or for a name that means several.
    """
    found = backend.storage.get_dataset(ref)
    if not all_revisions:
        _check_means_one(found, ref)
        backend.storage.delete_dataset(found.id)
        return
    for one in _revisions(backend, found.name):
        backend.storage.delete_dataset(one.id)


def _check_means_one(found: Dataset, ref: str) -> None:
    if found.revisions > 1 and ref == found.name:
        raise Conflict(
            f"{ref} has {found.revisions} revisions. Name one of them, such as {ref}@{found.revision}, "
            "or delete all of them with revisions=all."
        )


def _revisions(backend: Backend, name: str) -> Iterator[Dataset]:
    """Newest first; each page is read after the one before is gone, so every page is the first."""
    while found := backend.storage.list_datasets(Page(limit=100), name=name, all_revisions=True):
        yield from found
