"""The layout of a network: its layers by name, and the place of each tensor in one flat vector."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from service.engine.arrays import Array
from service.engine.layers.average import Average
from service.engine.layers.base import Layer, Place, Tensor
from service.engine.spec import NetworkSpec


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
    written: Layer | None = None  #: as the spec has it, if the head has taken over its activation

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


def place_layers(spec: NetworkSpec) -> tuple[Node, ...]:
    """Give every layer its name and its tensors their offsets: trained ones first, then the statistics."""
    draft = _name_layers(spec.layers, spec.inputs, "")
    last = draft[-1]
    draft[-1] = replace(last, layer=last.layer.without_activation(), written=last.layer)
    offsets = {True: 0, False: sum(_trained(node) for top in draft for node in top.walk())}
    return tuple(_with_offsets(node, offsets) for node in draft)


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
    return replace(node, segments=tuple(segments), children=children)


def place_members(spec: NetworkSpec, of_members: Sequence[tuple[Node, ...]], starts: Sequence[int]) -> tuple[Node, ...]:
    """The members' tensors one after the other, each from its start on, and behind them, at the last start, the weights
    of their mean."""
    nodes = [
        _moved(node, f"{member_name(index)}.", starts[index])
        for index, nodes in enumerate(of_members)
        for node in nodes
    ]
    layer = Average(members=len(of_members), units=spec.outputs)
    (tensor,) = layer.tensors(spec.outputs)
    segment = Segment(layer.name, tensor, starts[-1])
    return (*nodes, Node(layer.name, layer, spec.outputs, (segment,), ()))


def member_name(index: int) -> str:
    return f"member_{index + 1}"


def _moved(node: Node, prefix: str, by: int) -> Node:
    segments = tuple(Segment(f"{prefix}{one.layer}", one.tensor, one.offset + by) for one in node.segments)
    children = tuple(_moved(child, prefix, by) for child in node.children)
    return replace(node, name=f"{prefix}{node.name}", segments=segments, children=children)
