"""Networks ready to compute with: compiled plans and weights, kept in this process's cache."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy.typing as npt

from service.data.calibration import Calibration, read_calibration
from service.data.signatures.choice import signature_of
from service.data.signatures.classes import Classifier
from service.data.signatures.signature import Signature
from service.data.thresholds import Threshold
from service.domain import networks
from service.domain.snapshots import Snapshot
from service.domain.types import Json
from service.domain.versions import Choice
from service.engine.inference import Predictor
from service.engine.network import Network
from service.engine.spec import NetworkSpec
from service.errors import NotFound
from service.operations.backend import Backend
from service.operations.models.layers import count_all_layers
from service.operations.validation import naming

#: What a compiled network without weights takes, roughly, and each of its layers.
PLAN_BYTES, LAYER_BYTES = 16_384, 8_192
#: How often a snapshot is looked for that is replaced faster than it can be read.
ATTEMPTS = 5


@dataclass(frozen=True)
class Model:
    """A network with the weights of one of its snapshots."""

    record: networks.Network
    choice: Choice
    predictor: Predictor
    served_as: str | None = None  #: the name of the model that was asked

    @property
    def snapshot(self) -> Snapshot:
        return self.choice.snapshot

    @property
    def is_trained(self) -> bool:
        """Whether its weights were learnt, given or imported, not drawn at random."""
        return self.snapshot.kind != "initial" or self.record.explicit_weights

    @property
    def network(self) -> Network:
        return self.predictor.network

    @property
    def values(self) -> npt.NDArray[Any]:
        """The flat weights, shared by threads and never written to."""
        return self.predictor.values

    @property
    def temperature(self) -> float:
        """That the scores behind its probabilities are divided by."""
        return self.predictor.temperature

    @cached_property
    def calibration(self) -> Calibration | None:
        """What held-out rows said of its weights."""
        return read_calibration(self.snapshot.calibration)

    @cached_property
    def signature(self) -> Signature:
        signature = record_signature(self.record, self.network, self.snapshot.preprocessing)
        return with_own_threshold(signature, self.snapshot)

    @property
    def classifier(self) -> Classifier | None:
        return self.signature.classifier


def record_signature(record: networks.Network, network: Network, statistics: Json | None = None) -> Signature:
    """The signature of a network; `statistics` are those of a snapshot, None for a network that has seen no rows."""
    return signature_of(
        network, features=record.features, labels=record.labels, table=record.table, statistics=statistics
    )


def with_own_threshold(signature: Signature, snapshot: Snapshot) -> Signature:
    """The signature of a network with the threshold of some of its weights."""
    classifier = signature.classifier
    if snapshot.threshold is None or classifier is None:
        return signature
    return signature.with_threshold(Threshold.from_json(snapshot.threshold).applied(classifier))


def answered_signature(backend: Backend, record: networks.Network, snapshot_id: str) -> Signature:
    """The signature that reads the outputs of some weights, whose statistics are not needed for that.

    The usual rule decides for weights that are gone.
    """
    signature = record_signature(record, compiled(backend, record))
    if signature.classifier is None:
        return signature
    try:
        return with_own_threshold(signature, backend.storage.find_snapshot(record.id, snapshot_id))
    except NotFound:
        return signature


def answered_signatures(
    backend: Backend, record: networks.Network, snapshot_ids: Iterable[str]
) -> Mapping[str, Signature]:
    """`answered_signature` for each of these weights."""
    return {one: answered_signature(backend, record, one) for one in set(snapshot_ids)}


def compiled(backend: Backend, record: networks.Network) -> Network:
    """The engine's network for a record; its spec never changes, so it is compiled once."""

    def compile_spec() -> Network:
        return Network(NetworkSpec.from_json(record.spec))

    network: Network = backend.cache.remember(
        ("network", record.id), compile_spec, size_of=lambda _: plan_bytes(record.spec)
    )
    return network


def plan_bytes(spec: Json) -> int:
    return PLAN_BYTES + LAYER_BYTES * count_all_layers(spec)


def forget_network(backend: Backend, network_id: str) -> None:
    """Give back what this process keeps of a deleted network: its plan, weights and programs."""
    backend.cache.forget(lambda key, value: _is_of(network_id, key, value))


def _is_of(network_id: str, key: Any, value: Any) -> bool:
    """By the id in the key; the key of a model has a reference instead, which may be a name."""
    return network_id in key or (key[0] == "model" and value[1].record.id == network_id)


def load_model(backend: Backend, network_ref: str, snapshot_ref: str) -> Model:
    """Raises NotFound where the network or the snapshot does not exist."""
    return _load(backend, backend.storage.get_network(network_ref), snapshot_ref)


def model_of(backend: Backend, record: networks.Network, choice: Choice) -> Model:
    network, snapshot = compiled(backend, record), choice.snapshot

    def read_values() -> Predictor:
        values = network.from_bytes(backend.storage.read_snapshot_values(snapshot.id))
        values.setflags(write=False)
        return Predictor(network, values, snapshot.temperature)

    predictor: Predictor = backend.cache.remember(
        ("weights", record.id, snapshot.sha256, snapshot.temperature), read_values, size_of=lambda made: made.size_bytes
    )
    return Model(record, choice, predictor)


def current_model(backend: Backend, network_ref: str, snapshot_ref: str) -> Model:
    """`load_model`, without looking it up again while nothing has changed.

    `network` and `snapshot` are fields of the request here: a NotFound names the one that refers to nothing.
    """

    def read() -> Model:
        with naming("network", "network"):
            record = backend.storage.get_network(network_ref)
        return _load(backend, record, snapshot_ref)

    version = backend.storage.version_of(network_ref, snapshot_ref)
    return _while_unchanged(backend, version, (network_ref, snapshot_ref), read)


def served_model(backend: Backend, model_ref: str, alias: str) -> Model:
    """The same for what an alias of a model points at; `model` and `snapshot` are the fields of the request."""

    def read() -> Model:
        with naming("model", "model"):
            backend.storage.get_model(model_ref)
        return _attempt(lambda: _serve(backend, model_ref, alias))

    version = backend.storage.version_of_model(model_ref, alias)
    return _while_unchanged(backend, version, ("served", model_ref, alias), read)


def asked_model(backend: Backend, asked: Mapping[str, Any]) -> Model:
    """The model of a request that names a `network` or a `model`, and a `snapshot`."""
    if asked.get("model") is not None:
        return served_model(backend, asked["model"], asked["snapshot"])
    return current_model(backend, asked["network"], asked["snapshot"])


def _serve(backend: Backend, model_ref: str, alias: str) -> Model:
    with naming("snapshot", "snapshot"):
        found = backend.storage.choose_for_model(model_ref, alias)
    return replace(model_of(backend, found.network, found.choice), served_as=found.model.name)


def _while_unchanged(backend: Backend, version: Hashable, refs: tuple[str, ...], read: Callable[[], Model]) -> Model:
    # What one caller was given, another one may not see.
    key = ("model", backend.caller.networks, *refs)
    known = None if version is None else backend.cache.get(key)
    if known is not None and known[0] == version:
        return known[1]  # type: ignore[no-any-return]  # a cache holds anything
    try:
        model = read()
    except NotFound:
        if known is not None:  # Another process has deleted it.
            forget_network(backend, known[1].record.id)
        raise
    if version is not None:
        backend.cache.put(key, (version, model), model.predictor.size_bytes)
    return model


def _load(backend: Backend, record: networks.Network, snapshot_ref: str) -> Model:
    def choose() -> Model:
        with naming("snapshot", "snapshot"):
            choice = backend.storage.choose_snapshot(record.id, snapshot_ref)
        return model_of(backend, record, choice)

    return _attempt(choose)


def _attempt(choose: Callable[[], Model]) -> Model:
    """Choose again where what was chosen is replaced, by a training or a move, before it was read."""
    for _ in range(ATTEMPTS - 1):
        try:
            return choose()
        except NotFound as error:
            if error.fields:
                raise
    return choose()
