"""Read networks as experiments of MLflow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from service.domain.networks import Network
from service.domain.paging import Page
from service.errors import NotFound
from service.operations.backend import Backend


class FoundExperiments(NamedTuple):
    networks: Sequence[Network]
    next: str | None


def list_experiments(backend: Backend, *, limit: int, after: str | None) -> FoundExperiments:
    """Newest first. Raises NotFound for an `after` that names nothing."""
    found = backend.storage.list_networks(Page(limit=limit + 1, after=after))
    return FoundExperiments(found[:limit], found[limit - 1].id if len(found) > limit else None)


def named_experiments(backend: Backend, name: str) -> FoundExperiments:
    """The one of this name, if there is one."""
    try:
        return FoundExperiments([find_experiment(backend, name)], None)
    except NotFound:
        return FoundExperiments([], None)


def find_experiment(backend: Backend, ref: str) -> Network:
    """Raises NotFound."""
    return backend.storage.get_network(ref)


def known_ids(backend: Backend, refs: Sequence[str]) -> list[str]:
    """The ids of the networks that there are."""
    found = (named_experiments(backend, ref).networks for ref in dict.fromkeys(refs))
    return [network.id for networks in found for network in networks]
