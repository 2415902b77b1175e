"""A compiled network: the layout of each layer's tensors in one flat vector, and its passes as tape calls."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from service.engine.activations.base import Activation
from service.engine.activations.table import Linear
from service.engine.arrays import Array
from service.engine.layers.average import write_mean
from service.engine.layers.base import Backward
from service.engine.layers.dense import KERNEL, Dense
from service.engine.layers.residual import forward_layers
from service.engine.losses.head import Head
from service.engine.member_passes import StackBackward, backward_to_inputs, only_inputs
from service.engine.nodes import Node, place_layers, place_members
from service.engine.size_limits import reject_beyond
from service.engine.spec import NetworkSpec
from service.engine.tape import Features, Tape
from service.schema.validation import DataError, ValidationIssue

#: A spec beyond these is rejected before anything is allocated, unless the caller sets other limits.
MAX_PARAMETERS = 50_000_000
MAX_COST = 100_000_000


class Network:
    """A network ready for use, without weights. `values` below is a flat vector (size,): parameters, then
    statistics."""

    def __init__(self, spec: NetworkSpec, *, max_parameters: int = MAX_PARAMETERS, max_cost: int = MAX_COST) -> None:
        self.spec = spec
        self.inputs = spec.inputs
        self.outputs = spec.outputs
        self.dtype = np.dtype(spec.dtype)
        self.codes = spec.layers[0].codes()
        reject_beyond(spec, max_parameters, max_cost)
        #: The networks whose outputs this one averages; none of a network that is no ensemble.
        self.members = tuple(_members(spec))
        self._starts: tuple[int, ...] = tuple(accumulate((member.size for member in self.members), initial=0))
        #: The indexes of the members of each recipe.
        self.recipes = _by_recipe(spec) if self.members else ()
        #: The place of each member in its recipe: members at the same place hold out the same rows.
        self.turns = tuple(turn for members in self.recipes for turn in range(len(members)))
        #: Of each member, the inputs that it reads; None: all.
        self.inputs_read = tuple(_inputs_read(spec, index) for index in range(len(self.members)))
        self.head = Head(_head_activation(spec), spec.loss, self.outputs)
        self.nodes = self._placed_members() if self.members else place_layers(spec)
        self.all_nodes = tuple(node for top in self.nodes for node in top.walk())
        self.segments = tuple(segment for node in self.all_nodes for segment in node.segments)
        self.trained = tuple(segment for segment in self.segments if segment.tensor.trained)
        self.parameter_count = sum(segment.tensor.size for segment in self.trained)
        self.size: int = sum(segment.tensor.size for segment in self.segments)
        #: Numbers that one row becomes on its way: its inputs, and the outputs of every layer, nested ones too.
        self.width = self.inputs + sum(node.layer.outputs(node.inputs) for node in self.all_nodes)
        #: What a row costs, in memory and in work: the numbers it meets and becomes.
        self.cost = self.size + self.width

    def _placed_members(self) -> tuple[Node, ...]:
        return place_members(self.spec, [member.nodes for member in self.members], self._starts)

    # -- weights -----------------------------------------------------------------------------------------------------

    def initial_values(self) -> Array:
        """The initial weights: explicit ones if the spec gives them, otherwise drawn with the spec's seed."""
        if self.members:
            return self.joined([member.initial_values() for member in self.members])
        values = np.zeros(self.size, self.dtype)
        generator = np.random.default_rng(self.spec.seed)
        for node in self.all_nodes:
            node.layer.initialize(node.inputs, node.values(values), generator)
        return values

    def joined(self, of_members: Sequence[Array], weights: Array | None = None) -> Array:
        """The flat vector of an ensemble from those of its members; by default they have equal weights."""
        count = len(self.members)
        equal = np.full(count, 1 / count)
        return np.concatenate([*of_members, equal if weights is None else weights]).astype(self.dtype)

    def parted(self, values: Array) -> tuple[Array, ...]:
        """The flat vector of each of an ensemble's members, without a copy."""
        return tuple(values[first:stop] for first, stop in pairwise(self._starts))

    def read_by(self, index: int, x: Array) -> Array:
        """The inputs (rows, inputs) that a member reads."""
        read = self.inputs_read[index]
        return x if read is None else np.ascontiguousarray(x[:, read])

    def weigh(self, values: Array, weights: Array | Sequence[float]) -> None:
        """Give an ensemble's members these shares in the mean, in `values`."""
        values[self.size - len(self.members) :] = weights

    def member_weights(self, values: Array) -> Array:
        """The share of each member in the mean, (members,): they sum to 1."""
        weights = values[self.size - len(self.members) :].astype(np.float64)
        shares: Array = weights / weights.sum()
        return shares

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
            with _naming(node):
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
        return (node.written or node.layer).describe()

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
        """Write the forward pass of `values` (…, size) into `scores` (…, outputs, rows); return the backward pass.

        That of an ensemble is to its inputs alone: its members train.
        """
        if self.members:
            weights = self.member_weights(values)
            z, of_members = self._write_members(tape, values, weights > 0, x)
            of_mean = write_mean(tape, self.spec.output_activation, z, weights[weights > 0][:, None, None], scores)
            return partial(backward_to_inputs, tape, of_mean, of_members, np.empty_like(z), self.inputs)
        places = tuple((node.name, node.layer, node.place(values, gradients, penalties)) for node in self.nodes)
        _, backward = forward_layers(tape, places, x, scores)
        return backward

    def write_member_scores(self, tape: Tape, values: Array, wanted: Array, x: Features) -> Array:
        """Write the forward pass of the wanted members; return their scores, (wanted, outputs, rows)."""
        return self._write_members(tape, values, wanted, x)[0]

    def _write_members(
        self, tape: Tape, values: Array, wanted: Array, x: Features
    ) -> tuple[Array, Sequence[StackBackward]]:
        """Members of one recipe are a stack."""
        with tape.stacked(int(wanted.sum())):
            z = tape.new(self.outputs, tape.rows)
        backwards, first = [], 0
        for members in self.recipes:
            if not (chosen := [index for index in members if wanted[index]]):
                continue
            of_recipe = values[self._starts[members[0]] : self._starts[members[-1] + 1]].reshape(len(members), -1)
            own = of_recipe if len(chosen) == len(members) else of_recipe[[index - members[0] for index in chosen]]
            part, read = slice(first, first + len(chosen)), self.inputs_read[chosen[0]]
            features = x if read is None else only_inputs(tape, x, read)
            with tape.stacked(len(chosen)):
                shared = Features(*(np.broadcast_to(array, (len(chosen), *array.shape)) for array in features))
                backward = self.members[chosen[0]].forward(tape, own, shared, z[part])
            backwards.append(StackBackward(part, read, backward))
            first = part.stop
        return z, backwards

    def decayed(self, values: Array) -> list[Array]:
        """Views of the weights that weight decay applies to: those of dense layers, without biases."""
        return [_weights(node, values) for node in self._dense]

    def penalty(self, values: Array) -> float:
        """The regularisers' penalty on the loss; of an ensemble the mean of its members'."""
        if self.members:
            each = zip(self.members, self.parted(values), self.member_weights(values).tolist(), strict=True)
            return sum((weight * member.penalty(own) for member, own, weight in each), 0.0)
        return sum(_penalty(node, values) for node in self._dense)

    @property
    def _dense(self) -> list[Node]:
        return [node for node in self.all_nodes if isinstance(node.layer, Dense)]


def _weights(node: Node, values: Array) -> Array:
    return node.values(values)[KERNEL][..., : node.inputs]


def _penalty(node: Node, values: Array) -> float:
    assert isinstance(node.layer, Dense)
    return float(node.layer.penalty(_weights(node, values)))


@contextmanager
def _naming(node: Node) -> Iterator[None]:
    """Issues of a layer's tensors name the layer."""
    try:
        yield
    except DataError as error:
        raise DataError(
            ValidationIssue((f"{node.name}.{issue.path[0]}",), issue.message) for issue in error.issues
        ) from error


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


def _members(spec: NetworkSpec) -> Iterator[Network]:
    if spec.member_count > 1:
        for index in range(spec.member_count):
            yield Network(spec.member(index), max_parameters=sys.maxsize, max_cost=sys.maxsize)


def _head_activation(spec: NetworkSpec) -> Activation:
    """Of an ensemble only probabilities have a score behind their mean: of other outputs the mean itself is one."""
    activation = spec.output_activation
    return activation if spec.member_count == 1 or activation.name in ("softmax", "sigmoid") else Linear()


def _by_recipe(spec: NetworkSpec) -> tuple[tuple[int, ...], ...]:
    starts = accumulate((recipe.count for recipe in spec.recipes), initial=0)
    return tuple(tuple(range(first, stop)) for first, stop in pairwise(starts))


def _inputs_read(spec: NetworkSpec, index: int) -> Array | None:
    read = spec.recipe_of(index).inputs
    return None if read is None else np.array(read, np.intp)
