"""Which weights a model's name and version mean to clients of other protocols."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from service.domain.networks import Network
from service.domain.paging import Page
from service.domain.versions import LIVE, Alias, NamedModel, Version
from service.errors import NotFound
from service.operations.backend import Backend
from service.operations.models.models import Model, current_model, served_model

#: What is read of a list at a time.
PAGE = 100
T = TypeVar("T", Network, NamedModel, Version, Alias)


def find_served(backend: Backend, name: str, version: str | None = None) -> Model:
    """A network by name or id, or else a model by name or id.

    A version is the number of one, or an alias, or any other reference to a snapshot; without one it is what is live.
    Raises NotFound, in the words of MLServer, also for one that is unloaded.
    """
    reference = LIVE if version is None else version
    try:
        model = _find(backend, name, reference)
    except NotFound as error:
        is_known = any(field.path == ("snapshot",) for field in error.fields)
        with_version = f" with version {reference}" if is_known else ""
        raise NotFound(f"Model {name}{with_version} not found") from error
    if model.record.unloaded:
        raise NotFound(f"Model {name} is not loaded; POST /v2/repository/models/{model.record.name}/load loads it")
    return model


def _find(backend: Backend, name: str, reference: str) -> Model:
    try:
        return current_model(backend, name, reference)
    except NotFound as error:
        if any(field.path == ("network",) for field in error.fields):
            try:
                return served_model(backend, name, reference)
            except NotFound as other:
                raise other from error
        raise


def served_name(model: Model) -> str:
    """Of the model, or of the network, that was asked for."""
    return model.served_as or model.record.name


def version_name(model: Model) -> str:
    """The number of its version; of what was never published the id of its snapshot."""
    snapshot = model.snapshot
    return snapshot.id if snapshot.version is None else str(snapshot.version)


def served_versions(backend: Backend, model: Model) -> list[str]:
    """The numbers of a network's published versions, from the first; of a model the names of its aliases."""
    storage = backend.storage
    if model.served_as is not None:
        return alias_names(backend, storage.get_model(model.served_as).id)
    return version_numbers(backend, model.record.id)


def alias_names(backend: Backend, owner_id: str) -> list[str]:
    aliases = every(lambda page: backend.storage.list_aliases(owner_id, page), lambda alias: alias.name)
    return [alias.name for alias in aliases]


def version_numbers(backend: Backend, network_id: str) -> list[str]:
    """Of the published versions, from the first."""
    versions = every(lambda page: backend.storage.list_versions(network_id, page), lambda version: version.id)
    return [str(version.number) for version in versions][::-1]


def list_served(backend: Backend) -> list[str]:
    """The names of all networks that are loaded, and of all models."""
    storage = backend.storage
    networks = (network for network in every(storage.list_networks, lambda one: one.id) if not network.unloaded)
    models = every(storage.list_models, lambda model: model.id)
    return list(dict.fromkeys([*(network.name for network in networks), *(model.name for model in models)]))


def every(read: Callable[[Page], Sequence[T]], key: Callable[[T], str]) -> Iterator[T]:
    """All items of a list, page by page."""
    for items in pages(read, key):
        yield from items


def pages(read: Callable[[Page], Sequence[T]], key: Callable[[T], str]) -> Iterator[Sequence[T]]:
    after = None
    while True:
        items = read(Page(limit=PAGE, after=after))
        yield items
        if len(items) < PAGE:
            return
        after = key(items[-1])
