"""Find, name and delete the snapshots of a network."""

from __future__ import annotations

from collections.abc import Sequence

from service.domain.paging import Page
from service.domain.snapshots import Snapshot
from service.operations.backend import Backend
from service.operations.creator import creator
from service.operations.models.promotion import check_alias


def list_snapshots(backend: Backend, network_ref: str, page: Page, job_id: str | None = None) -> Sequence[Snapshot]:
    """Newest first. Raises NotFound."""
    return backend.storage.list_snapshots(backend.storage.get_network(network_ref).id, page, job_id=job_id)


def get_snapshot(backend: Backend, network_ref: str, snapshot_ref: str) -> Snapshot:
    """By id, alias, version, job, or the words live, latest, best, initial. Raises NotFound."""
    return backend.storage.find_snapshot(backend.storage.get_network(network_ref).id, snapshot_ref)


def name_snapshot(backend: Backend, network_ref: str, snapshot_ref: str, alias: str | None) -> Snapshot:
    """Publish a snapshot and point an alias at it, or remove the aliases that do. Raises Invalid, NotFound."""
    snapshot = get_snapshot(backend, network_ref, snapshot_ref)
    if alias is not None:
        check_alias(backend, snapshot.network_id, alias)
    return backend.storage.set_snapshot_alias(snapshot.id, alias, by=creator(backend))


def delete_snapshot(backend: Backend, network_ref: str, snapshot_ref: str) -> None:
    """Raises NotFound, and Conflict for a snapshot that is the last of its network, published or live."""
    backend.storage.delete_snapshot(get_snapshot(backend, network_ref, snapshot_ref).id)
