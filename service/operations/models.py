"""Networks ready to compute with: compiled plans and weights, kept in this process's cache."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from service.domain import records
from service.engine.network import Network
from service.engine.spec import NetworkSpec
from service.operations.backend import Backend

#: What a compiled network without weights takes, roughly.
PLAN_BYTES = 16_384


@dataclass(frozen=True)
class Model:
    """A network with the weights of one of its snapshots. `values` are shared by threads and never written to."""

    record: records.Network
    snapshot: records.Snapshot
    network: Network
    values: npt.NDArray[Any]


def compiled(backend: Backend, record: records.Network) -> Network:
    """The engine's network for a record; its spec never changes, so it is compiled once."""

    def compile_spec() -> Network:
        return Network(NetworkSpec.from_json(record.spec))

    network: Network = backend.cache.remember(("network", record.id), compile_spec, size_bytes=PLAN_BYTES)
    return network


def load_model(backend: Backend, network_ref: str, snapshot_ref: str) -> Model:
    """Raises NotFound when there is no such network, or no such snapshot of it."""
    record = backend.storage.get_network(network_ref)
    return model_of(backend, record, backend.storage.find_snapshot(record.id, snapshot_ref))


def model_of(backend: Backend, record: records.Network, snapshot: records.Snapshot) -> Model:
    network = compiled(backend, record)

    def read_values() -> npt.NDArray[Any]:
        values = network.from_bytes(backend.storage.read_snapshot_values(snapshot.id))
        values.setflags(write=False)
        return values

    key = ("values", record.id, snapshot.sha256)
    values = backend.cache.remember(key, read_values, size_bytes=snapshot.size_bytes)
    return Model(record, snapshot, network, values)
