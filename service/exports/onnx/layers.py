"""Every kind of layer as nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import add
from types import MappingProxyType
from typing import TypeVar

import numpy as np

from service.engine.arrays import Array
from service.engine.layers.activation import ActivationLayer
from service.engine.layers.base import Layer
from service.engine.layers.batch_norm import BatchNorm
from service.engine.layers.dense import Dense
from service.engine.layers.dropout import Dropout
from service.engine.layers.embedding import Embedding
from service.engine.layers.layer_norm import LayerNorm
from service.engine.layers.residual import Residual
from service.engine.nodes import Node
from service.exports.onnx.activations import activated
from service.exports.onnx.graph import INT64, Value
from service.exports.source import Member, NotExportable, Source

L = TypeVar("L", bound=Layer)


def outputs_of(source: Source, x: Value) -> Value:
    """The network's outputs (rows, outputs) for encoded inputs x (rows, inputs). Raises NotExportable."""
    activation, temperature = source.network.head.activation, source.temperature
    if not source.network.members:
        z = through(source, source.network.nodes, x)
        return activated(activation, z if temperature == 1 else z / temperature)
    own = source.network.spec.output_activation
    parts = (activated(own, _through_member(source, member, x)) * member.share for member in source.members())
    mean = reduce(add, parts)
    if temperature == 1:
        return mean
    z = mean if activation.name == "softmax" else mean / (1 - mean)
    return activated(activation, z.call("Log") / temperature)


def _through_member(source: Source, member: Member, x: Value) -> Value:
    read = x if member.read is None else x.take(x.graph.constant(list(member.read), INT64), axis=1)
    return through(source, member.nodes, read)


def through(source: Source, nodes: Iterable[Node], x: Value) -> Value:
    for node in nodes:
        write = WRITERS.get(type(node.layer))
        if write is None:
            raise NotExportable(f"onnx has no form of the layer {node.name} here")
        x = write(source, node, x)
    return x


def _dense(source: Source, node: Node, x: Value) -> Value:
    layer, tensors = _typed(node, Dense), source.tensors(node)
    return activated(layer.activation, x.call("Gemm", tensors["weights"], *_biases(tensors)))


def _biases(tensors: Mapping[str, Array]) -> list[Array]:
    return [tensors["biases"]] if "biases" in tensors else []


def _batch_norm(source: Source, node: Node, x: Value) -> Value:
    # The operator BatchNormalization is computed as x a + (shift - mean a): where mean is far from 0, digits get lost.
    layer, tensors = _typed(node, BatchNorm), source.tensors(node)
    inverse: Array = 1 / np.sqrt(tensors["variance"] + tensors["variance"].dtype.type(layer.epsilon))
    return (x - tensors["mean"]) * inverse * tensors["scale"] + tensors["shift"]


def _layer_norm(source: Source, node: Node, x: Value) -> Value:
    layer, tensors = _typed(node, LayerNorm), source.tensors(node)
    if x.dtype == np.float32:
        return x.call("LayerNormalization", tensors["scale"], tensors["shift"], axis=-1, epsilon=layer.epsilon)
    # The operator keeps its epsilon in single precision, which shows in the twelfth digit.
    far = x - x.call("ReduceMean", axes=[1])
    variance = (far * far).call("ReduceMean", axes=[1])
    return far / (variance + layer.epsilon).call("Sqrt") * tensors["scale"] + tensors["shift"]


def _embedding(source: Source, node: Node, x: Value) -> Value:
    """Codes arrive as numbers, in columns among others, and leave as vectors."""
    layer, tensors = _typed(node, Embedding), source.tensors(node)
    parts = []
    for column, part, _ in layer.layout(node.inputs):
        cells = x.columns(part.start, part.stop)
        if column is not None:
            cells = _looked_up(x.graph.constant(tensors[column.key], x.dtype), cells)
        parts.append(cells)
    return x.graph.side_by_side(parts)


def _looked_up(table: Value, codes: Value) -> Value:
    """The row of a table for each code (rows, 1); NaN stays NaN, which is no whole number."""
    lost = codes.is_nan()
    zero, nan = (codes.graph.constant(number, codes.dtype) for number in (0, np.nan))
    found = table.take(lost.where(zero, codes).cast(INT64).reshape(-1))
    return lost.where(nan, found)


def _typed(node: Node, kind: type[L]) -> L:
    assert isinstance(node.layer, kind)
    return node.layer


WRITERS: Mapping[type[Layer], Callable[[Source, Node, Value], Value]] = MappingProxyType(
    {
        Dense: _dense,
        ActivationLayer: lambda source, node, x: activated(_typed(node, ActivationLayer).activation, x),
        Dropout: lambda source, node, x: x,
        BatchNorm: _batch_norm,
        LayerNorm: _layer_norm,
        Residual: lambda source, node, x: x + through(source, node.children, x),
        Embedding: _embedding,
    }
)
