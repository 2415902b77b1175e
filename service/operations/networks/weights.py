"""Export the weights of a snapshot, and import them as a new one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError

from service.data.calibration import read_calibration
from service.data.matrices import read_matrix
from service.data.signatures.signature import Signature
from service.data.tensors import metadata_of, read_tensors, write_tensors
from service.domain import networks
from service.domain.ids import new_id
from service.domain.snapshots import NewSnapshot, Snapshot
from service.domain.types import Json
from service.engine.network import Network
from service.errors import Invalid
from service.operations import names
from service.operations.backend import Backend
from service.operations.creator import creator
from service.operations.models.models import Model, compiled, record_signature
from service.operations.own_limits import reserve
from service.operations.validation import invalid, invalid_fields
from service.schema.rules import Grid, shown, unknown
from service.schema.validation import DataError, ValidationError, ValidationIssue

Tensors = dict[str, npt.NDArray[Any]]

PREPROCESSING, CALIBRATION = "preprocessing", "calibration"


def layers_of(model: Model) -> Sequence[Json]:
    """Every layer's weights as JSON data."""
    return model.network.layers_json(model.values)


def safetensors_of(model: Model) -> bytes:
    """Every tensor in the safetensors format, with network, snapshot, epoch and preprocessing (JSON) as metadata."""
    snapshot = model.snapshot
    metadata = {"network": model.record.name, "snapshot": snapshot.id, "epoch": str(snapshot.epoch)}
    if model.signature.has_statistics:
        metadata[PREPROCESSING] = json.dumps(snapshot.preprocessing)
    if snapshot.calibration is not None:
        metadata[CALIBRATION] = json.dumps(snapshot.calibration)
    return write_tensors(model.network.tensors(model.values), metadata)


def import_layers(backend: Backend, network_ref: str, body: Mapping[str, Any], alias: str | None) -> Snapshot:
    """Store weights given as `layers_of` gives them. Raises Invalid with a pointer to each tensor that does not fit."""
    record = backend.storage.get_network(network_ref)
    network = compiled(backend, record)
    with invalid_fields("layers"):
        tensors, paths = read_layers(body["layers"], network)
        values = placed(network, tensors, paths)
    return store(backend, record, network, values, body, alias)


def import_safetensors(backend: Backend, network_ref: str, body: bytes, alias: str | None) -> Snapshot:
    """Store weights given as `safetensors_of` gives them. Raises Invalid with each tensor that does not fit."""
    record = backend.storage.get_network(network_ref)
    network = compiled(backend, record)
    try:
        tensors = read_tensors(body)
    except (SafetensorError, ValueError) as error:
        raise Invalid(f"The body is not in the safetensors format: {error}") from error
    except KeyError as error:  # a type of number that the format knows, and NumPy does not
        raise Invalid(f"The body holds numbers of type {error.args[0]}. Save them as F32 or F64.") from error
    with invalid_fields():
        values = placed(network, tensors, {name: (name,) for name in tensors})
    return store(backend, record, network, values, metadata_json(body), alias)


def metadata_json(body: bytes) -> dict[str, Any]:
    """The preprocessing and the calibration in the metadata of a sound safetensors file, where there are any."""
    metadata = metadata_of(body)
    found: dict[str, Any] = {}
    for name in (PREPROCESSING, CALIBRATION):
        try:
            found |= {name: json.loads(metadata[name])} if name in metadata else {}
        except (ValueError, RecursionError):
            raise invalid(name, "must be JSON") from None
    return found


def read_preprocessing(signature: Signature, body: Mapping[str, Any]) -> Json | None:
    """The statistics that belong to weights: with others, the network would predict something else, silently."""
    if signature.has_statistics and PREPROCESSING not in body:
        raise invalid(
            PREPROCESSING,
            "is required: the weights of this network belong to the statistics of its columns. Send those that were "
            "read with the weights, or null for numbers as they are",
        )
    with invalid_fields(PREPROCESSING):
        statistics: Json | None = signature.read_statistics(body.get(PREPROCESSING))
    return statistics


def read_weights_calibration(signature: Signature, body: Mapping[str, Any]) -> Json | None:
    """What was said of the weights when they were read, if it belongs to such a network."""
    with invalid_fields(CALIBRATION):
        calibration = read_calibration(body.get(CALIBRATION))
        if calibration is None:
            return None
        if issues := list(calibration.issues(signature.network, signature.classifier)):
            raise DataError(issues)
    return calibration.to_json()


def read_layers(layers: Sequence[Any], network: Network) -> tuple[Tensors, dict[str, tuple[str | int, ...]]]:
    """Tensors by name, and the path of each in `layers`. Raises DataError."""
    expected = network.tensors(np.zeros(network.size, network.dtype))
    shapes = {name: tensor.shape for name, tensor in expected.items()}
    tensors: Tensors = {}
    issues: list[ValidationIssue] = []
    paths: dict[str, tuple[str | int, ...]] = {}
    for name, path, value in named_tensors(layers):
        if name in paths:
            issues.append(ValidationIssue(path, f"occurs twice: {name}"))
        paths[name] = path
        try:
            tensors[name] = read_tensor(name, value, shapes)
        except ValidationError as error:
            issues += [issue.under(*path) for issue in error.issues]
    if issues:
        raise DataError(issues)
    return tensors, paths


def named_tensors(layers: Sequence[Any]) -> Iterator[tuple[str, tuple[str | int, ...], Any]]:
    for index, layer in enumerate(layers):
        if not isinstance(layer, Mapping) or not isinstance(layer.get("name"), str):
            raise DataError(
                [ValidationIssue((index,), f"must be an object with the name of a layer, got {shown(layer)}")]
            )
        for key, value in layer.items():
            if key not in ("name", "type"):
                yield f"{layer['name']}.{key}", (index, key), value


def read_tensor(name: str, value: Any, shapes: Mapping[str, tuple[int, ...]]) -> npt.NDArray[Any]:
    if name not in shapes:
        raise DataError([ValidationIssue((), unknown(name, shapes, "tensor"))])
    if len(shapes[name]) == 2:
        return read_matrix(value, shapes[name][1])
    return np.array(Grid(1).read(value))


def placed(network: Network, tensors: Tensors, paths: Mapping[str, tuple[str | int, ...]]) -> npt.NDArray[Any]:
    """The flat values of the tensors. The engine's issues name a tensor; these have its path."""
    try:
        # A number beyond the network's dtype becomes infinite, and the engine rejects it as such.
        with np.errstate(over="ignore"):
            return network.from_tensors(tensors)
    except DataError as error:
        raise DataError(
            ValidationIssue((*paths.get(str(issue.path[0]), issue.path[:1]), *issue.path[1:]), issue.message)
            if issue.path
            else issue
            for issue in error.issues
        ) from error


def store(
    backend: Backend,
    record: networks.Network,
    network: Network,
    values: npt.NDArray[Any],
    about: Mapping[str, Any],
    alias: str | None,
) -> Snapshot:
    """Store weights with what is said about them. Raises Invalid."""
    signature = record_signature(record, network)
    preprocessing, calibration = read_preprocessing(signature, about), read_weights_calibration(signature, about)
    if alias is not None and (issues := list(names.alias_issues(alias))):
        raise Invalid(fields=issues)
    snapshot = NewSnapshot(
        id=new_id("snap"),
        network_id=record.id,
        job_id=None,
        epoch=0,
        kind="imported",
        dtype=network.spec.dtype,
        manifest=network.manifest(),
        values=network.to_bytes(values),
        preprocessing=preprocessing,
        calibration=calibration,
        alias=alias,
    )
    reserve(backend, "snapshots", len(snapshot.values))
    return backend.storage.add_snapshot(snapshot, by=creator(backend))
