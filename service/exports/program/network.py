"""How a program computes outputs: a statement for each layer, and the weights."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from service.data.signatures.output_rows import shortest
from service.engine.activations.base import Activation
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
from service.exports.program.code import Code, call
from service.exports.program.sources import definitions
from service.exports.source import NotExportable, Source

X = Code("x")
#: A network of at most so many numbers shows them; more are packed.
READABLE = 5000
#: Characters of packed numbers in a line.
LINE = 100


def statements(source: Source) -> Iterator[str]:
    """From x (rows, inputs) to x (rows, outputs). Raises NotExportable."""
    if source.network.members:
        yield from _mean(source)
        return
    yield from _through(source, source.network.nodes, depth=0)
    if source.temperature != 1:
        yield f"x = x / {source.temperature!r}"
    yield from _activated(source.network.head.activation)


def _mean(source: Source) -> Iterator[str]:
    """Of the members' outputs. A temperature applies to the logarithm, or the logit, of a mean of probabilities."""
    activation, temperature = source.network.head.activation, source.temperature
    yield "given, mean = x, 0"
    for member in source.members():
        yield "x = given" if member.read is None else f"x = given[:, {list(member.read)}]"
        yield from _through(source, member.nodes, depth=0)
        yield from _activated(source.network.spec.output_activation)
        yield f"mean = mean + {member.share!r} * x"
    yield "x = mean"
    if temperature != 1:
        odds = "x" if activation.name == "softmax" else "x / (1 - x)"
        yield f"x = np.log({odds}) / {temperature!r}"
        yield from _activated(activation)


def _through(source: Source, nodes: Iterable[Node], depth: int) -> Iterator[str]:
    for node in nodes:
        layer = node.layer
        if isinstance(layer, Residual):
            yield f"skip_{depth + 1} = x"
            yield from _through(source, node.children, depth + 1)
            yield f"x = skip_{depth + 1} + x"
            continue
        write = CALLS.get(type(layer))
        if write is None:
            raise NotExportable(f"python has no form of the layer {node.name} here")
        yield from (f"x = {code}" for code in write(source, node))
        activation = layer.own_activation()
        yield from () if activation is None else _activated(activation)


def _activated(activation: Activation) -> Iterator[str]:
    if activation.name == "linear":
        return
    if activation.name not in definitions():
        raise NotExportable(f"python has no form of the activation {activation.name} here")
    yield f"x = {call(activation.name, X, **activation.to_json())}"


def _own(source: Source, node: Node) -> dict[str, Code]:
    """The layer's tensors, as a program calls them."""
    return {key: Code(f'W["{node.name}.{key}"]') for key in source.tensors(node)}


def _embedding(source: Source, node: Node) -> Iterator[Code]:
    assert isinstance(node.layer, Embedding)
    tensors = _own(source, node)
    yield call("embedding", X, {column.index: tensors[column.key] for column in node.layer.columns})


def _normalised(source: Source, node: Node) -> Iterator[Code]:
    assert isinstance(node.layer, BatchNorm | LayerNorm)
    yield call(node.layer.name, X, **_own(source, node), epsilon=node.layer.epsilon)


CALLS: Mapping[type[Layer], Callable[[Source, Node], Iterable[Code]]] = MappingProxyType(
    {
        Dense: lambda source, node: [call("dense", X, *_own(source, node).values())],
        ActivationLayer: lambda source, node: (),
        Dropout: lambda source, node: (),
        BatchNorm: _normalised,
        LayerNorm: _normalised,
        Embedding: _embedding,
    }
)


def weight_functions(source: Source) -> tuple[str, ...]:
    """The functions that `weights` calls."""
    return () if source.network.size <= READABLE else ("unpacked",)


def weights(source: Source) -> Iterator[str]:
    """The items of the dictionary of tensors, in lines."""
    tensors = source.network.tensors(source.values)
    write = _shown if source.network.size <= READABLE else _packed
    for name, tensor in tensors.items():
        yield f'    "{name}": {write(tensor)},'


def _shown(tensor: Array) -> str:
    numbers: Any = shortest(np.ascontiguousarray(tensor))
    rows = numbers if tensor.ndim == 2 else [numbers]
    inner = ",\n            ".join(map(repr, rows))
    text = f"[\n            {inner},\n        ]" if tensor.ndim == 2 else inner
    return f'np.array(\n        {text},\n        "{tensor.dtype.name}",\n    )'


def _packed(tensor: Array) -> str:
    text = base64.b64encode(tensor.astype(tensor.dtype.newbyteorder("<")).tobytes()).decode()
    lines = "\n        ".join(f'"{text[first : first + LINE]}"' for first in range(0, len(text), LINE))
    shape = ", ".join(map(str, tensor.shape))
    return f'unpacked(\n        {lines},\n        "{tensor.dtype.name}",\n        {shape},\n    )'
