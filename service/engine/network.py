"""A compiled network: the layout of each layer's tensors in one flat vector, and its passes as tape calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from service.engine.arrays import Array
from service.engine.layers.base import Backward, Layer, Place, Tensor
from service.engine.layers.dense import KERNEL, Dense
from service.engine.layers.residual import forward_layers
from service.engine.losses.head import Head
from service.engine.spec import NetworkSpec
from service.engine.tape import Features, Tape
from service.schema.validation import DataError, SpecError, ValidationIssue

#: A spec beyond these is rejected before anything is allocated, unless the caller sets other limits.
MAX_PARAMETERS = 50_000_000
MAX_COST = 100_000_000


@dataclass(frozen=True)
class Segment:
    """One tensor's place in the flat vector."""

    layer: str
    tensor: Tensor
    offset: int

    @property
    def span(self) -> slice:
        return slice(self.offset, self.offset + self.tensor.size)

    def view(self, flat: Array) -> Array:
        """The tensor inside `flat` (…, size), without a copy."""
        return flat[..., self.span].reshape(flat.shape[:-1] + self.tensor.shape)


@dataclass(frozen=True)
class Node:
    """One layer at its position in the network."""

    name: str
    layer: Layer
    inputs: int
    segments: tuple[Segment, ...]
    children: tuple[Node, ...]

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.walk()

    def values(self, flat: Array) -> dict[str, Array]:
        return {segment.tensor.key: segment.view(flat) for segment in self.segments}

    def place(self, flat: Array, gradients: Array | None, penalties: Array | None) -> Place:
        trained = [segment for segment in self.segments if segment.tensor.trained]
        into = {} if gradients is None else {segment.tensor.key: segment.view(gradients) for segment in trained}
        children = tuple((child.name, child.layer, child.place(flat, gradients, penalties)) for child in self.children)
        return Place(self.values(flat), into, penalties, children)


class Network:
    """A network ready for use, without weights. `values` below is a flat vector (size,): parameters, then
    statistics."""

    def __init__(self, spec: NetworkSpec, *, max_parameters: int = MAX_PARAMETERS, max_cost: int = MAX_COST) -> None:
        self.spec = spec
        self.inputs = spec.inputs
        self.outputs = spec.outputs
        self.dtype = np.dtype(spec.dtype)
        self.codes = spec.layers[0].codes()
        _reject_beyond(spec, max_parameters, max_cost)
        self.head = Head(spec.output_activation, spec.loss, self.outputs)
        self.nodes = tuple(_place_layers(spec))
        self.all_nodes = tuple(node for top in self.nodes for node in top.walk())
        self.segments = tuple(segment for node in self.all_nodes for segment in node.segments)
        self.trained = tuple(segment for segment in self.segments if segment.tensor.trained)
        self.parameter_count = sum(segment.tensor.size for segment in self.trained)
        self.size = sum(segment.tensor.size for segment in self.segments)
        #: Numbers that one row becomes on its way: its inputs, and the outputs of every layer, nested ones too.
        self.width = self.inputs + sum(node.layer.outputs(node.inputs) for node in self.all_nodes)
        #: What a row costs, in memory and in work: the numbers it meets and becomes.
        self.cost = self.size + self.width

    # -- weights -----------------------------------------------------------------------------------------------------

    def initial_values(self) -> Array:
        """The initial weights: explicit ones if the spec gives them, otherwise drawn with the spec's seed."""
        values = np.zeros(self.size, self.dtype)
        generator = np.random.default_rng(self.spec.seed)
        for node in self.all_nodes:
            node.layer.initialize(node.inputs, node.values(values), generator)
        return values

    def manifest(self) -> list[dict[str, Any]]:
        """The tensors of the flat buffer in order: name, shape, dtype, and offset in bytes."""
        return [
            {
                "name": f"{segment.layer}.{segment.tensor.key}",
                "shape": list(segment.tensor.shape),
                "dtype": self.spec.dtype,
                "offset": segment.offset * self.dtype.itemsize,
            }
            for segment in self.segments
        ]

    def to_bytes(self, values: Array) -> bytes:
        """The flat vector, raw and little-endian."""
        return values.astype(self.dtype.newbyteorder("<"), copy=False).tobytes()

    def from_bytes(self, buffer: bytes) -> Array:
        expected = self.size * self.dtype.itemsize
        if len(buffer) != expected:
            raise DataError([ValidationIssue((), f"the weights must have {expected} bytes, got {len(buffer)}")])
        return np.frombuffer(buffer, self.dtype.newbyteorder("<")).astype(self.dtype)

    def tensors(self, values: Array) -> dict[str, Array]:
        """Contiguous copies by name, weights as (inputs, units): `dense_1.weights`, `dense_1.biases`, …"""
        return {
            f"{node.name}.{key}": value
            for node in self.all_nodes
            for key, value in node.layer.public(node.inputs, node.values(values)).items()
        }

    def from_tensors(self, given: Mapping[str, Any]) -> Array:
        """The flat vector from tensors named and shaped as `tensors` gives them. Raises DataError naming every
        misfit."""
        expected = self.tensors(np.zeros(self.size, self.dtype))
        issues = [ValidationIssue((name,), "is missing") for name in expected if name not in given]
        issues += [
            ValidationIssue((name,), f"is not a tensor of this network; known: {', '.join(expected)}")
            for name in given
            if name not in expected
        ]
        own: dict[str, dict[str, Array]] = {node.name: {} for node in self.all_nodes}
        for name in expected.keys() & given.keys():
            layer, _, key = name.rpartition(".")
            try:
                own[layer][key] = _tensor(given[name], expected[name].shape, self.dtype)
            except DataError as error:
                issues += [issue.under(name) for issue in error.issues]
        if issues:
            raise DataError(sorted(issues, key=lambda issue: str(issue.path)))
        values = np.zeros(self.size, self.dtype)
        for node in self.all_nodes:
            node.layer.adopt(node.inputs, own[node.name], node.values(values))
        return values

    def layers_json(self, values: Array) -> list[dict[str, Any]]:
        """Each layer with its tensors as nested lists; non-finite numbers are included unchanged."""
        return [
            {"name": node.name, "type": node.layer.name}
            | {key: value.tolist() for key, value in node.layer.public(node.inputs, node.values(values)).items()}
            for node in self.all_nodes
        ]

    def formula(self, node: Node) -> str:
        """A node's formula with its own activation, even if the head has taken it over."""
        layer = self.spec.layers[-1] if node is self.nodes[-1] else node.layer
        return layer.describe()

    # -- passes ------------------------------------------------------------------------------------------------------

    def forward(
        self,
        tape: Tape,
        values: Array,
        x: Features,
        scores: Array,
        *,
        gradients: Array | None = None,
        penalties: Array | None = None,
    ) -> Backward:
        """Write the forward pass of `values` (…, size) into `scores` (…, outputs, rows); return the backward pass."""
        places = tuple((node.name, node.layer, node.place(values, gradients, penalties)) for node in self.nodes)
        _, backward = forward_layers(tape, places, x, scores)
        return backward

    def decayed(self, values: Array) -> list[Array]:
        """Views of the weights that weight decay applies to: those of dense layers, without biases."""
        return [_weights(node, values) for node in self._dense]

    def penalty(self, values: Array) -> float:
        """The regularisers' penalty on the loss."""
        return sum(_penalty(node, values) for node in self._dense)

    @property
    def _dense(self) -> list[Node]:
        return [node for node in self.all_nodes if isinstance(node.layer, Dense)]


def _weights(node: Node, values: Array) -> Array:
    return node.values(values)[KERNEL][..., : node.inputs]


def _penalty(node: Node, values: Array) -> float:
    assert isinstance(node.layer, Dense)
    return float(node.layer.penalty(_weights(node, values)))


def _tensor(given: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    try:
        array = np.asarray(given)
        if array.dtype.kind not in "biuf":
            raise ValueError
    except ValueError:
        raise DataError([ValidationIssue((), f"must be numbers of shape {shape}, in rows of equal length")]) from None
    if array.shape != shape:
        raise DataError([ValidationIssue((), f"must have shape {shape}, got {array.shape}")])
    with np.errstate(over="ignore"):
        converted = array.astype(dtype, copy=False)
    if not np.isfinite(converted).all():
        raise DataError([ValidationIssue((), f"must be finite numbers that fit {dtype.name}")])
    return converted


def _reject_beyond(spec: NetworkSpec, max_parameters: int, max_cost: int) -> None:
    """Count before allocating, so that a billion units cost nothing."""
    if spec.inputs > max_cost:
        raise SpecError([ValidationIssue(("inputs",), f"must be at most {max_cost:,}, got {spec.inputs:,}")])
    parameters, numbers, width = 0, spec.inputs, spec.inputs
    for index, layer in enumerate(spec.layers):
        path = ("layers", index, *(("units",) if isinstance(layer, Dense) else ()))
        more_parameters, more_numbers = _count(layer, width)
        parameters, numbers = parameters + more_parameters, numbers + more_numbers
        if parameters > max_parameters:
            message = f"the network would have {parameters:,} parameters up to here; at most {max_parameters:,} "
            raise SpecError([ValidationIssue(path, message + "are allowed")])
        if parameters + numbers > max_cost:
            message = f"parameters and outputs of all layers up to here are {parameters + numbers:,} numbers; at most "
            raise SpecError([ValidationIssue(path, message + f"{max_cost:,} are allowed")])
        width = layer.outputs(width)


def _count(layer: Layer, inputs: int) -> tuple[int, int]:
    """Parameters and outputs of a layer and those inside of it."""
    parameters, outputs = sum(tensor.size for tensor in layer.tensors(inputs)), layer.outputs(inputs)
    for child in layer.children():
        more_parameters, more_outputs = _count(child, inputs)
        parameters, outputs = parameters + more_parameters, outputs + more_outputs
        inputs = child.outputs(inputs)
    return parameters, outputs


def _place_layers(spec: NetworkSpec) -> list[Node]:
    """Give every layer its name and its tensors their offsets: trained ones first, then the statistics."""
    draft = _name_layers(spec.layers, spec.inputs, "")
    last = draft[-1]
    draft[-1] = Node(last.name, last.layer.without_activation(), last.inputs, (), last.children)
    offsets = {True: 0, False: sum(_trained(node) for top in draft for node in top.walk())}
    return [_with_offsets(node, offsets) for node in draft]


def _trained(node: Node) -> int:
    return sum(tensor.size for tensor in node.layer.tensors(node.inputs) if tensor.trained)


def _name_layers(layers: tuple[Layer, ...], inputs: int, prefix: str) -> list[Node]:
    counts: dict[str, int] = {}
    nodes = []
    for layer in layers:
        counts[layer.name] = counts.get(layer.name, 0) + 1
        name = f"{prefix}{layer.name}_{counts[layer.name]}"
        nodes.append(Node(name, layer, inputs, (), tuple(_name_layers(layer.children(), inputs, f"{name}."))))
        inputs = layer.outputs(inputs)
    return nodes


def _with_offsets(node: Node, offsets: dict[bool, int]) -> Node:
    segments = []
    for tensor in node.layer.tensors(node.inputs):
        segments.append(Segment(node.name, tensor, offsets[tensor.trained]))
        offsets[tensor.trained] += tensor.size
    children = tuple(_with_offsets(child, offsets) for child in node.children)
    return Node(node.name, node.layer, node.inputs, tuple(segments), children)
