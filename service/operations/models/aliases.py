"""Read, roll back and remove the aliases of a network or of a model."""

from __future__ import annotations

from collections.abc import Container, Sequence

from service.domain.paging import Page
from service.domain.versions import Alias, AliasMove
from service.operations.backend import Backend
from service.operations.creator import creator


def list_aliases(backend: Backend, owner_id: str, page: Page) -> Sequence[Alias]:
    """By name."""
    return backend.storage.list_aliases(owner_id, page)


def get_alias(backend: Backend, owner_id: str, name: str) -> Alias:
    """Raises NotFound."""
    return backend.storage.get_alias(owner_id, name)


def list_moves(backend: Backend, owner_id: str, name: str, page: Page) -> Sequence[AliasMove]:
    """Newest first. Raises NotFound."""
    return backend.storage.list_alias_moves(owner_id, name, page)


def roll_back(backend: Backend, owner_id: str, name: str, expected: Container[int] | None) -> Alias:
    """Undo the newest move that is not undone yet. Raises NotFound, PreconditionFailed, Conflict."""
    return backend.storage.roll_back_alias(owner_id, name, expected=expected, by=creator(backend))


def remove_alias(backend: Backend, owner_id: str, name: str, expected: Container[int] | None) -> None:
    """Raises NotFound, PreconditionFailed."""
    backend.storage.remove_alias(owner_id, name, expected=expected, by=creator(backend))
