"""What a network answers from now, since when, and why."""

from __future__ import annotations

from dataclasses import dataclass

from service.domain.networks import Network
from service.domain.versions import LIVE, Alias, Choice
from service.errors import NotFound
from service.operations.backend import Backend


@dataclass(frozen=True)
class Live:
    network: Network
    choice: Choice
    alias: Alias | None  #: the alias that led to it, with its newest move

    @property
    def since(self) -> float:
        """When the alias was moved here, else when the weights were made."""
        return self.choice.snapshot.created_at if self.alias is None else self.alias.moved.created_at


def get_live(backend: Backend, network_ref: str) -> Live:
    """Raises NotFound."""
    network = backend.storage.get_network(network_ref)
    choice = backend.storage.choose_snapshot(network.id, LIVE)
    return Live(network, choice, _alias(backend, network, choice))


def _alias(backend: Backend, network: Network, choice: Choice) -> Alias | None:
    if choice.alias is None:
        return None
    try:
        return backend.storage.get_alias(network.id, choice.alias)
    except NotFound:  # It was removed since.
        return None
