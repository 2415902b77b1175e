"""Find, name and delete the snapshots of a network."""

from __future__ import annotations

from collections.abc import Sequence

from service.domain.records import Page, Snapshot
from service.errors import Invalid
from service.operations import names
from service.operations.backend import Backend


def list_snapshots(backend: Backend, network_ref: str, page: Page, job_id: str | None = None) -> Sequence[Snapshot]:
    """Newest first. Raises NotFound."""
    return backend.storage.list_snapshots(backend.storage.get_network(network_ref).id, page, job_id=job_id)


def get_snapshot(backend: Backend, network_ref: str, snapshot_ref: str) -> Snapshot:
    """By id, alias, or the words latest, best, initial. Raises NotFound."""
    return backend.storage.find_snapshot(backend.storage.get_network(network_ref).id, snapshot_ref)


def name_snapshot(backend: Backend, network_ref: str, snapshot_ref: str, alias: str | None) -> Snapshot:
    """Give a snapshot an alias, taking it from whichever had it, or take its alias away. Raises Invalid, NotFound."""
    if alias is not None and (issues := list(names.alias_issues(alias))):
        raise Invalid(fields=issues)
    return backend.storage.set_snapshot_alias(get_snapshot(backend, network_ref, snapshot_ref).id, alias)


def delete_snapshot(backend: Backend, network_ref: str, snapshot_ref: str) -> None:
    """Raises NotFound, and Conflict for the last snapshot of a network."""
    backend.storage.delete_snapshot(get_snapshot(backend, network_ref, snapshot_ref).id)
