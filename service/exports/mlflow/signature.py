"""A model's signature in MLflow's words, read from the ONNX file itself, so that it cannot say anything else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import onnx
from onnx import TensorProto

from service.exports.source import Source

#: An element type of ONNX as a column's type and as a tensor's.
TYPES: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        TensorProto.DOUBLE: ("double", "float64"),
        TensorProto.FLOAT: ("float", "float32"),
        TensorProto.INT64: ("long", "int64"),
        TensorProto.STRING: ("string", "str"),
        TensorProto.BOOL: ("boolean", "bool"),
    }
)


def takes_columns(source: Source) -> bool:
    """Whether rows are DataFrames with named columns; otherwise they are a matrix of numbers."""
    return source.fitted is not None or bool(source.signature.encoded_names)


def signature_of(model: onnx.ModelProto, *, columns: bool) -> dict[str, Any]:
    inputs, outputs = model.graph.input, model.graph.output
    if columns:
        return {"inputs": _columns(inputs), "outputs": _columns(outputs), "params": None}
    # An input with a name would have to come as a dictionary; without, it may be an array or a DataFrame.
    return {"inputs": _tensors(inputs, named=False), "outputs": _tensors(outputs, named=True), "params": None}


def _columns(values: Iterable[onnx.ValueInfoProto]) -> str:
    return json.dumps([{"type": TYPES[_type(value)][0], "name": value.name, "required": True} for value in values])


def _tensors(values: Iterable[onnx.ValueInfoProto], *, named: bool) -> str:
    return json.dumps([{**({"name": value.name} if named else {}), **_tensor(value)} for value in values])


def _tensor(value: onnx.ValueInfoProto) -> dict[str, Any]:
    rows, *width = value.type.tensor_type.shape.dim
    shape = [-1, *(dimension.dim_value for dimension in width)]
    return {"type": "tensor", "tensor-spec": {"dtype": TYPES[_type(value)][1], "shape": shape}}


def _type(value: onnx.ValueInfoProto) -> int:
    kind: int = value.type.tensor_type.elem_type
    return kind
