"""Create, describe, find, change and delete networks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from service.domain.ids import new_id
from service.domain.networks import Network
from service.domain.paging import Page
from service.domain.snapshots import NewSnapshot
from service.domain.types import Json
from service.engine import network as engine
from service.engine.inspection.dry_run import dry_run
from service.errors import FieldError, Invalid
from service.operations import names
from service.operations.backend import Backend
from service.operations.models.models import compiled, forget_network, plan_bytes, record_signature
from service.operations.monitoring.settings import read_answer_log
from service.operations.networks.drafts import Draft, read_draft
from service.operations.own_limits import reserve
from service.operations.request_reader import RequestReader
from service.operations.validation import invalid
from service.schema.types import Body


@dataclass(frozen=True)
class NetworkView:
    """A network with its signature and the shape of each of its layers; a dry run adds bytes and warnings."""

    network: Network
    shapes: Sequence[Json]
    signature: Json
    bytes: Json | None = None
    warnings: Sequence[str] = ()


def create_network(backend: Backend, body: Body) -> NetworkView:
    """Store a network and its initial weights. Raises Invalid, AlreadyExists."""
    draft = read_draft(backend, body)
    return store_network(backend, draft, initial_snapshot(draft))


def store_network(backend: Backend, draft: Draft, first: NewSnapshot) -> NetworkView:
    """Store a network with its first snapshot. Raises AlreadyExists."""
    report = dry_run(draft.network).to_json()
    record = replace(
        draft.record,
        warnings=[*draft.warnings, *report["warnings"]],
        created_by=backend.caller.label,
        created_by_key=backend.caller.key_id,
    )
    reserve(backend, "snapshots", len(first.values))
    stored = backend.storage.create_network(record, first)
    signature = _signature(draft.record, draft.network)
    return NetworkView(stored, report["layers"], signature, warnings=stored.warnings or ())


def try_network(backend: Backend, body: Body) -> NetworkView:
    """What `create_network` would make, with the memory it needs and what looks doubtful; nothing is stored."""
    if body.get("train") is not None:
        raise invalid("train", "must be left out of a dry run, which checks the network alone")
    draft = read_draft(backend, body)
    report = dry_run(draft.network).to_json()
    signature = _signature(draft.record, draft.network)
    warnings = [*draft.warnings, *report["warnings"]]
    return NetworkView(draft.record, report["layers"], signature, report["bytes"], warnings)


def get_network(backend: Backend, ref: str) -> NetworkView:
    return describe(backend, backend.storage.get_network(ref))


def list_networks(
    backend: Backend,
    page: Page,
    tags: Mapping[str, str],
    *,
    created_by: str | None = None,
    search: str | None = None,
) -> Sequence[NetworkView]:
    """Newest first; those of a search, or else those of none. Raises NotFound."""
    search_id = None if search is None else backend.storage.get_search(search).id
    found = backend.storage.list_networks(page, tags=tags, created_by=created_by, search_id=search_id)
    return [describe(backend, network) for network in found]


def update_network(backend: Backend, ref: str, changes: Mapping[str, Any]) -> NetworkView:
    """Change name, description, tags or the log of answers. Raises Invalid, NotFound, AlreadyExists."""
    network, parts = backend.storage.get_network(ref), RequestReader()
    watch = backend.storage.get_watch(network.id) if "answer_log" in changes else None
    given = parts.read_field(changes, "answer_log", lambda value: read_answer_log(value, backend.limits, watch))
    parts.read((), lambda: _check(changes))
    parts.finish()
    others = {name: value for name, value in changes.items() if name != "answer_log"}
    with backend.storage.transaction():
        if others:
            network = backend.storage.update_network(network.id, **others)
        if "answer_log" in changes:
            settings = (None, None) if given is None else (given.written, given.watch)
            network = backend.storage.set_answer_log(network.id, *settings)
    return describe(backend, network)


def _check(changes: Mapping[str, Any]) -> None:
    if issues := list(change_issues(changes)):
        raise Invalid(fields=issues)


def delete_network(backend: Backend, ref: str) -> None:
    """Raises NotFound, and Conflict while a job of it is not ended."""
    network_id = backend.storage.get_network(ref).id
    backend.storage.delete_network(network_id)
    forget_network(backend, network_id)


def describe(backend: Backend, network: Network) -> NetworkView:
    def derived() -> tuple[Json, Json]:
        plan = compiled(backend, network)
        return dry_run(plan).to_json(), _signature(network, plan)

    def size_of(_: object) -> int:
        return plan_bytes(network.spec) + len(str(network.table))

    report, signature = backend.cache.remember(("derived", network.id), derived, size_of=size_of)
    warnings = report["warnings"] if network.warnings is None else network.warnings
    return NetworkView(network, report["layers"], signature, warnings=warnings)


def _signature(record: Network, network: engine.Network) -> Json:
    return record_signature(record, network).to_json()


def initial_snapshot(draft: Draft) -> NewSnapshot:
    network = draft.network
    return NewSnapshot(
        id=new_id("snap"),
        network_id=draft.record.id,
        job_id=None,
        epoch=0,
        kind="initial",
        dtype=network.spec.dtype,
        manifest=network.manifest(),
        values=network.to_bytes(initial_values(network)),
    )


def initial_values(network: engine.Network) -> npt.NDArray[Any]:
    """Raises Invalid when explicit weights are beyond the network's dtype."""
    with np.errstate(over="ignore"):
        values = network.initial_values()
    if not np.isfinite(values).all():
        raise invalid("layers", f"hold start values too large for {network.spec.dtype}")
    return values


def change_issues(changes: Mapping[str, Any]) -> Iterator[FieldError]:
    if "name" in changes:
        yield from names.name_issues(changes["name"])
    yield from names.text_issues(changes.get("description", ""), "description", names.MAX_DESCRIPTION)
    yield from names.tag_issues(changes.get("tags", {}))
