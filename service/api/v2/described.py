"""A model as the protocol describes it: its metadata, and Triton's configuration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from service.data.open_inference.datatypes import BYTES, datatype_of
from service.data.signatures.tensor_spec import TensorSpec
from service.operations.inference.served import served_name
from service.operations.models.models import Model

#: `<project>_<format>`; the protocol's own names know no NumPy.
PLATFORM = "feedforward_numpy"


def metadata(model: Model, versions: Sequence[str]) -> dict[str, Any]:
    signature = model.signature
    described: dict[str, Any] = {
        "name": served_name(model),
        "versions": list(versions),
        "platform": PLATFORM,
        "inputs": [_tensor(spec) for spec in signature.inputs],
        "outputs": [_tensor(spec) for spec in signature.outputs],
    }
    if model.classifier is not None:
        described["properties"] = {"labels": orjson.dumps(signature.form.names).decode()}
    return described


def configuration(model: Model) -> dict[str, Any]:
    """Without batching of Triton's kind (`max_batch_size` 0), so that `dims` have the rows too."""
    signature = model.signature
    return {
        "name": served_name(model),
        "platform": PLATFORM,
        "backend": "feedforward",
        "version_policy": {"latest": {"num_versions": 1}},
        "max_batch_size": 0,
        "input": [_configured(spec) for spec in signature.inputs],
        "output": [_configured(spec) for spec in signature.outputs],
    }


def _tensor(spec: TensorSpec) -> dict[str, Any]:
    return {"name": spec.name, "datatype": datatype_of(spec.dtype), "shape": list(spec.shape)}


def _configured(spec: TensorSpec) -> dict[str, Any]:
    datatype = datatype_of(spec.dtype)
    kind = "TYPE_STRING" if datatype == BYTES else f"TYPE_{datatype}"
    return {"name": spec.name, "data_type": kind, "dims": list(spec.shape)}
