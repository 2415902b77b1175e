"""The networks and models of the service as a model repository: what there is, and what clients may ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from service.domain.networks import Network
from service.errors import Conflict, NotFound
from service.operations.backend import Backend
from service.operations.inference.served import alias_names, every, pages
from service.operations.models.models import forget_network

UNLOADED = "unloaded"


@dataclass(frozen=True)
class Entry:
    """One version of a model."""

    name: str
    version: str
    reason: str = ""  #: why it is not ready; empty where it is

    @property
    def is_ready(self) -> bool:
        return not self.reason


def repository_index(backend: Backend) -> Iterator[Entry]:
    """Every published version of every network, and every alias of every model.

    A network without published versions has the snapshot that is live.
    """
    storage, names = backend.storage, set[str]()
    for networks in pages(storage.list_networks, lambda network: network.id):
        served = storage.served_versions([network.id for network in networks])
        for network in networks:
            names.add(network.name)
            reason = UNLOADED if network.unloaded else ""
            yield from (Entry(network.name, version, reason) for version in served.get(network.id, ()))
    for model in every(storage.list_models, lambda model: model.id):
        if model.name in names:  # A network of that name goes first.
            continue
        yield from (Entry(model.name, alias) for alias in alias_names(backend, model.id))


def load(backend: Backend, name: str) -> None:
    """Let clients of the protocol ask a network again. Raises NotFound, and Conflict for a model."""
    _set_unloaded(backend, name, is_unloaded=False)


def unload(backend: Backend, name: str) -> None:
    """Answer clients of the protocol that a network is not there; nothing else changes.

    Raises NotFound, and Conflict for a model.
    """
    network = _set_unloaded(backend, name, is_unloaded=True)
    forget_network(backend, network.id)


def _set_unloaded(backend: Backend, name: str, *, is_unloaded: bool) -> Network:
    storage = backend.storage
    try:
        network = storage.get_network(name)
    except NotFound as error:
        if is_model(backend, name):
            message = f"{name} is a model, which points at networks; load and unload the network"
            raise Conflict(message) from error
        raise NotFound(f"Model {name} not found") from error
    return network if network.unloaded == is_unloaded else storage.update_network(network.id, unloaded=is_unloaded)


def is_model(backend: Backend, name: str) -> bool:
    try:
        backend.storage.get_model(name)
    except NotFound:
        return False
    return True
