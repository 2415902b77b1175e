"""Decide what answers: publish versions, and point aliases at them."""

from __future__ import annotations

from collections.abc import Container, Sequence

from service.domain.networks import Network
from service.domain.paging import Page
from service.domain.versions import Alias, Choice, Creator, NewMove, NewVersion, Version
from service.errors import Invalid, NotFound
from service.operations import names
from service.operations.backend import Backend
from service.operations.creator import creator
from service.operations.validation import naming

MAX_NOTE = 4000


def resolve_snapshot(backend: Backend, network: Network, ref: str) -> Choice:
    """The snapshot that a reference means, and which rule has chosen it. Raises NotFound."""
    with naming("snapshot", "snapshot"):
        return backend.storage.choose_snapshot(network.id, ref)


def publish_version(backend: Backend, network: Network, snapshot_ref: str, note: str = "") -> Version:
    """Publish a snapshot. Raises Invalid, NotFound, and AlreadyExists when it is a version already."""
    if issues := list(names.text_issues(note, "note", MAX_NOTE)):
        raise Invalid(fields=issues)
    snapshot = resolve_snapshot(backend, network, snapshot_ref).snapshot
    new = NewVersion(network_id=network.id, snapshot_id=snapshot.id, note=note, by=creator(backend))
    return backend.storage.publish_version(new)


def move_alias(
    backend: Backend,
    network: Network,
    alias: str,
    version: int,
    *,
    owner_id: str | None = None,
    expected: Container[int] | None = None,
    note: str | None = None,
    by: Creator | None = None,
) -> Alias:
    """Point an alias at a version of a network, within the caller's transaction if there is one.

    It is an alias of the model `owner_id`, or else of the network itself. `expected` are the numbers of the moves one
    of which must be the alias's newest. Raises Invalid, NotFound, PreconditionFailed.
    """
    owner_id = owner_id or network.id
    check_alias(backend, owner_id, alias)
    move = NewMove(
        owner_id=owner_id,
        alias=alias,
        network_id=network.id,
        version=version,
        expected=expected,
        note=note,
        by=creator(backend) if by is None else by,
    )
    with naming("version", "version"):
        return backend.storage.move_alias(move)


def check_alias(backend: Backend, owner_id: str, alias: str) -> None:
    """Raises Invalid for a new alias of a name that none may have; one from before goes on."""
    issues = list(names.alias_issues(alias))
    if not issues:
        return
    try:
        backend.storage.get_alias(owner_id, alias)
    except NotFound:
        raise Invalid(fields=issues) from None


def list_versions(backend: Backend, network_ref: str, page: Page) -> Sequence[Version]:
    """Newest first. Raises NotFound."""
    return backend.storage.list_versions(backend.storage.get_network(network_ref).id, page)


def get_version(backend: Backend, network_ref: str, version: str) -> Version:
    """By number or id. Raises NotFound."""
    return backend.storage.get_version(backend.storage.get_network(network_ref).id, version)


def delete_version(backend: Backend, network_ref: str, version: str) -> None:
    """Raises NotFound, and Conflict while an alias points at it."""
    backend.storage.delete_version(backend.storage.get_network(network_ref).id, version)
