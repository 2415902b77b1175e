"""Make a network of a model file from another program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from service.engine.arrays import Array
from service.engine.network import Network
from service.errors import FieldError, Invalid
from service.operations.backend import Backend
from service.operations.networks.drafts import Draft, read_draft
from service.operations.networks.networks import NetworkView, initial_snapshot, store_network
from service.operations.networks.optional import needs_onnx
from service.operations.validation import invalid_fields
from service.schema.validation import DataError, ValidationIssue


def import_onnx(backend: Backend, name: str, model: bytes, data: bytes | None) -> NetworkView:
    """Store the network of an ONNX file, its weights as the first snapshot; `data` is the file of external weights.

    Raises Invalid by field, AlreadyExists and NotInstalled.
    """
    with needs_onnx():
        from service.imports.onnx.model import read_model
    with invalid_fields():
        found = read_model(model, data, max_numbers=2 * backend.limits.max_parameters)
    labels = None if found.labels is None else list(found.labels)
    draft = _draft(backend, {"name": name, "labels": labels, **found.spec})
    with invalid_fields():
        values = _values(draft.network, found.tensors)
    first = replace(initial_snapshot(draft), values=draft.network.to_bytes(values))
    record = replace(draft.record, explicit_weights=True)
    return store_network(backend, replace(draft, record=record, warnings=found.warnings), first)


def _draft(backend: Backend, body: dict[str, Any]) -> Draft:
    """Raises Invalid by form field: what is wrong with the spec is wrong with the file."""
    try:
        return read_draft(backend, body)
    except Invalid as error:
        raise Invalid(fields=[_in_file(issue) for issue in error.fields]) from error


def _in_file(issue: FieldError) -> FieldError:
    if issue.path[:1] == ("name",):
        return issue
    place = ValidationIssue(issue.path, "").location
    return FieldError(("model",), f"gives a network whose {place or 'spec'} {issue.message}")


def _values(network: Network, tensors: Sequence[Mapping[str, Array]]) -> Array:
    named = {
        f"{node.name}.{key}": tensor
        for node, own in zip(network.nodes, tensors, strict=True)
        for key, tensor in own.items()
    }
    try:
        with np.errstate(over="ignore"):
            return network.from_tensors(named)
    except DataError as error:
        raise DataError(
            ValidationIssue(("model",), f"has weights that do not fit: {issue}") for issue in error.issues
        ) from error
