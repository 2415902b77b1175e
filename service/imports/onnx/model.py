"""Reads an ONNX file as a network: layers, weights, labels. Files are untrusted: everything is bounded and checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import TensorProto, helper

from service.engine.arrays import Array
from service.imports.onnx.chain import Chain
from service.imports.onnx.errors import rejected
from service.imports.onnx.tensors import TensorReader
from service.imports.onnx.walk import FLOATS, Walk

MAX_NODES = 10_000
MAX_WIDTH = 1_000_000


@dataclass(frozen=True)
class Imported:
    spec: Mapping[str, Any]  #: inputs, layers, loss and dtype as a request for a network has them
    tensors: Sequence[Mapping[str, Array]]  #: of each layer
    labels: tuple[str, ...] | None
    warnings: tuple[str, ...]


def read_model(model: bytes, data: bytes | None, *, max_numbers: int) -> Imported:
    """`data` is the file of external weights. Raises DataError with the path ("model",) or ("data",)."""
    graph = _graph(model)
    constants = _constants(graph, TensorReader(data, max_numbers))
    name, kind, width = _source(graph)
    output, path = _path(graph, constants)
    uses = Counter(used for _, node in path for used in node.input)
    walk = Walk(Chain(width, max_numbers), name, constants, uses)
    with np.errstate(all="ignore"):  # weights that are not finite are rejected as such
        for place, node in path:
            walk.take(node, place)
        both = walk.finish(output)
    is_double = kind == TensorProto.DOUBLE or any(
        isinstance(array, np.ndarray) and array.dtype == np.float64 and array.size > 1 for array in constants.values()
    )
    loss, warnings = _loss(walk.chain)
    labels, more = _labels(graph, constants, walk.chain.width, both)
    spec = {
        "inputs": width,
        "layers": walk.chain.layers,
        "loss": loss,
        "dtype": "float64" if is_double else "float32",
    }
    return Imported(spec, walk.chain.tensors, labels, (*warnings, *more))


def _graph(model: bytes) -> onnx.GraphProto:
    try:
        parsed = onnx.ModelProto.FromString(model)
    except DecodeError:
        raise rejected("is no ONNX file") from None
    graph: onnx.GraphProto = parsed.graph
    if not graph.node:
        raise rejected("is no ONNX file, or one without nodes")
    if len(graph.node) > MAX_NODES:
        raise rejected(f"has {len(graph.node):,} nodes; at most {MAX_NODES:,} are read")
    if parsed.functions:
        raise rejected(f"defines a function, {parsed.functions[0].name}; export it with its functions inlined")
    if graph.sparse_initializer:
        raise rejected("has sparse weights; save them as dense ones")
    return graph


def _constants(graph: onnx.GraphProto, reader: TensorReader) -> dict[str, Any]:
    found = {tensor.name: reader.read(tensor) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant" and len(node.output) == 1:
            for attribute in node.attribute:
                value = helper.get_attribute_value(attribute)
                is_tensor = isinstance(value, onnx.TensorProto)
                found[node.output[0]] = reader.read(value) if is_tensor else np.array(value)
    return found


def _source(graph: onnx.GraphProto) -> tuple[str, int, int]:
    """Name, element type and width of the only input."""
    stored = {tensor.name for tensor in graph.initializer}
    inputs = [item for item in graph.input if item.name not in stored]
    if len(inputs) != 1:
        names = ", ".join(item.name for item in inputs[:10]) or "none"
        raise rejected(f"must have one input, a matrix of numbers (rows, inputs); it has {names}")
    tensor = inputs[0].type.tensor_type
    if tensor.elem_type not in FLOATS:
        raise rejected(f"must have an input of float32 or float64 numbers; {inputs[0].name} is of another type")
    sizes = [dimension.dim_value for dimension in tensor.shape.dim]
    if len(sizes) != 2 or not 0 < sizes[1] <= MAX_WIDTH:
        raise rejected(
            f"must have an input of the shape (rows, inputs), with 1 to {MAX_WIDTH:,} inputs; "
            f"{inputs[0].name} has {sizes}"
        )
    return inputs[0].name, tensor.elem_type, sizes[1]


def _path(graph: onnx.GraphProto, constants: Mapping[str, Any]) -> tuple[str, list[tuple[int, onnx.NodeProto]]]:
    """The output that is predicted, and the nodes that lead to it with their places in the file."""
    output = _output(graph)
    makers = {name: place for place, node in enumerate(graph.node) for name in node.output if name}
    wanted, left = set[int](), [output]
    while left:
        name = left.pop()
        place = makers.get(name)
        if place is not None and place not in wanted and name not in constants:
            wanted.add(place)
            left += graph.node[place].input
    return output, [(place, graph.node[place]) for place in sorted(wanted)]


def _output(graph: onnx.GraphProto) -> str:
    """Of several outputs the one of probabilities; labels follow from it."""
    numbers: list[str] = [item.name for item in graph.output if _holds_numbers(item.type)]
    likely = [name for name in numbers if "prob" in name.lower()] or numbers
    if len(likely) != 1:
        names = ", ".join(item.name for item in graph.output[:10])
        raise rejected(f"must have one output of numbers, or one called probabilities; it has {names or 'none'}")
    return likely[0]


def _holds_numbers(kind: onnx.TypeProto) -> bool:
    return kind.HasField("sequence_type") or kind.tensor_type.elem_type in (*FLOATS, TensorProto.UNDEFINED)


def _loss(chain: Chain) -> tuple[str, tuple[str, ...]]:
    last = chain.layers[-1].get("activation") if chain.layers else None
    name = last["type"] if isinstance(last, Mapping) else last
    loss = {"softmax": "cross_entropy", "sigmoid": "binary_cross_entropy"}.get(str(name), "mean_squared_error")
    if chain.width == 1 and loss == "cross_entropy":
        loss = "mean_squared_error"
    return loss, (f"The file does not name a loss: {loss} is assumed, by the last activation.",)


def _labels(
    graph: onnx.GraphProto, constants: Mapping[str, Any], width: int, both: bool
) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """The names of the classes, where the file has names that are more than indexes."""
    found = next(filter(None, (_labels_of(node, constants) for node in graph.node)), None)
    count = 2 if both or width == 1 else width
    if found is None or found == tuple(map(str, range(len(found)))):
        return None, ()
    if len(found) != count or len(set(found)) != count:
        return None, (f"The file has {len(found)} labels, which do not fit {count} classes: they are left out.",)
    return found, ()


def _labels_of(node: onnx.NodeProto, constants: Mapping[str, Any]) -> tuple[str, ...]:
    if node.op_type == "ZipMap":
        lists = [helper.get_attribute_value(item) for item in node.attribute]
        return tuple(item.decode(errors="replace") if isinstance(item, bytes) else str(item) for item in sum(lists, []))
    if node.op_type in ("ArrayFeatureExtractor", "Gather") and node.input:
        words = constants.get(node.input[0])
        kinds = "O" if node.op_type == "Gather" else "Oi"
        if isinstance(words, np.ndarray) and words.dtype.kind in kinds:
            return tuple(map(str, words.reshape(-1).tolist()))
    return ()
