"""Walks the nodes of a graph from its input to one output, and adds what they compute to a chain of layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import onnx
from onnx import helper

from service.engine.activations.table import ACTIVATIONS
from service.imports.onnx.activations import FUNCTIONS, MAX_NODES, PLAIN, Curve, line, recognised
from service.imports.onnx.chain import Chain
from service.imports.onnx.errors import rejected
from service.imports.onnx.steps import STEPS
from service.schema.validation import DataError

#: Nodes that change nothing in a prediction, for rows of numbers.
PASSING = frozenset({"Identity", "Cast", "CastLike", "Dropout", "Flatten", "Reshape", "Squeeze", "ZipMap"})
KNOWN = f"known are {', '.join(sorted({*STEPS, *PASSING}))} and what activations consist of"
FLOATS = (onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE, onnx.TensorProto.FLOAT16)


@dataclass(frozen=True)
class Flow:
    """A value that depends on the input: a curve of what the chain had put out after `length` steps."""

    curve: Curve
    length: int


@dataclass(frozen=True)
class BothClasses:
    """1 - p beside p."""

    flow: Flow


Given = Any  #: a Flow, BothClasses or a constant array


class Walk:
    def __init__(self, chain: Chain, source: str, constants: dict[str, Any], uses: Mapping[str, int]) -> None:
        """`uses` counts the nodes that read a value."""
        self.chain = chain
        self._steps = self._folded = self._since = 0
        self._values: dict[str, Given] = {**constants, source: Flow(PLAIN, 0)}
        self._uses = uses

    def take(self, node: onnx.NodeProto, place: int) -> None:
        """Raises DataError for a node that is no part of a chain, with its name and place."""
        where = f"node {place}, {node.op_type}{f' ({node.name})' if node.name else ''},"
        if lost := [name for name in node.input if name and name not in self._values]:
            raise rejected(f"{where} reads {lost[0]}, which no node before it makes")
        given = [self._values[name] if name else None for name in node.input]
        attributes = {item.name: helper.get_attribute_value(item) for item in node.attribute}
        try:
            self._values[node.output[0]] = self._result(node, given, attributes, where)
        except (ValueError, TypeError, IndexError, ArithmeticError) as error:
            if isinstance(error, DataError):
                raise
            raise rejected(f"{where} cannot be read: its inputs or attributes do not fit each other") from None

    def finish(self, output: str) -> bool:
        """Whether a single output is the second of two classes."""
        value = self._values.get(output)
        both = isinstance(value, BothClasses)
        flow = value.flow if isinstance(value, BothClasses) else value
        if not isinstance(flow, Flow):
            raise rejected("has an output that does not depend on its input")
        self._commit(flow, f"the output {output}")
        self.chain.finish()
        return both

    def _result(self, node: onnx.NodeProto, given: list[Given], attributes: dict[str, Any], where: str) -> Given:
        flows = [value for value in given if isinstance(value, Flow | BothClasses)]
        if not flows:
            folded = _folded(node, given, attributes, where)
            self._folded += folded.size
            if self._folded > self.chain.max_numbers:
                raise rejected(f"{where} makes too many constants")
            return folded
        if any(isinstance(value, Flow) and value.length != self._steps for value in flows):
            raise rejected(f"{where} joins two paths; a network is one chain of layers")
        if node.op_type in PASSING:
            _check_passing(node, given, attributes, where, self.chain.width)
            return flows[0]
        if isinstance(flows[0], BothClasses) or not isinstance(given[0], Flow | np.ndarray):
            raise rejected(f"{where} is not known here; {KNOWN}")
        if node.op_type in STEPS and isinstance(given[0], Flow):
            self._commit(given[0], where)
            STEPS[node.op_type](self.chain, given[1:], attributes, where)
            return self._next()
        if node.op_type == "Concat":
            return _both_classes(given, where, self.chain.width)
        return self._per_number(node, given, attributes, where)

    def _next(self) -> Flow:
        self._steps += 1
        self._since = 0
        return Flow(PLAIN, self._steps)

    def _commit(self, flow: Flow, where: str) -> None:
        """Add the activation that a curve is."""
        if flow.length != self._steps:
            raise rejected(f"{where} joins two paths; a network is one chain of layers")
        if flow.curve.is_plain:
            return
        activation, straight = recognised(flow.curve.values), line(flow.curve.values)
        if activation is not None:
            self.chain.activate(activation)
        elif straight is not None:
            self.chain.scale(straight[0])
            self.chain.shift(straight[1])
        else:
            known = ", ".join(ACTIVATIONS)
            raise rejected(f"{flow.curve.where} ends an activation that the service does not have; it has {known}")
        self._steps += 1

    def _per_number(self, node: onnx.NodeProto, given: list[Given], attributes: dict[str, Any], where: str) -> Flow:
        """A bias or a scaling of each number, or a part of an activation."""
        if node.op_type not in FUNCTIONS:
            raise rejected(f"{where} is not known here; {KNOWN}")
        if self._is_linear(node, given):
            flow = next(value for value in given if isinstance(value, Flow))
            self._commit(flow, where)
            self._shift_or_scale(node.op_type, given)
            return self._next()
        self._since += 1
        if self._since > MAX_NODES:
            raise rejected(f"{where} follows more than {MAX_NODES} nodes of one activation")
        arguments = []
        for value in given:
            if isinstance(value, np.ndarray) and value.size != 1:
                raise rejected(f"{where} has {value.size:,} numbers for a layer of {self.chain.width:,}")
            arguments.append(value.curve.values if isinstance(value, Flow) else value.reshape(()))
        return Flow(Curve(FUNCTIONS[node.op_type](*arguments, **attributes), where), self._steps)

    def _is_linear(self, node: onnx.NodeProto, given: list[Given]) -> bool:
        """Whether a node adds or multiplies constants, one for each number, or one for all behind no activation."""
        if node.op_type not in ("Add", "Sub", "Mul", "Div") or len(given) != 2:
            return False
        constant = next((value for value in given if isinstance(value, np.ndarray)), None)
        if constant is None or constant.size != self.chain.width or constant.shape[-1:] != (self.chain.width,):
            return False
        if node.op_type == "Div" and not isinstance(given[0], Flow):
            return False
        name = next(name for name, value in zip(node.input, given, strict=True) if isinstance(value, Flow))
        flow = self._values[name]
        return self.chain.width > 1 or (flow.curve.is_plain and self._uses.get(name, 0) == 1)

    def _shift_or_scale(self, operator: str, given: list[Given]) -> None:
        is_first = isinstance(given[0], Flow)
        constant = given[1 if is_first else 0].reshape(-1)
        if operator == "Add":
            self.chain.shift(constant)
        elif operator == "Sub":
            if not is_first:
                self.chain.scale(-1)
            self.chain.shift(-constant if is_first else constant)
        else:
            self.chain.scale(constant.astype(np.float64) if operator == "Mul" else 1 / constant.astype(np.float64))


def _folded(node: onnx.NodeProto, given: list[Any], attributes: dict[str, Any], where: str) -> Any:
    """What a node makes of constants alone."""
    fold = FOLDED.get(node.op_type)
    if fold is None or not given:
        raise rejected(f"{where} is not known here; {KNOWN}")
    return fold(given, attributes)


FOLDED: Mapping[str, Callable[[list[Any], dict[str, Any]], Any]] = MappingProxyType(
    {
        "Identity": lambda given, _: given[0],
        "Transpose": lambda given, attributes: np.transpose(given[0], attributes.get("perm")),
        "Cast": lambda given, attributes: given[0].astype(helper.tensor_dtype_to_np_dtype(attributes["to"])),
        "Neg": lambda given, _: -given[0],
        "Sqrt": lambda given, _: np.sqrt(given[0]),
    }
)


def _check_passing(
    node: onnx.NodeProto, given: list[Given], attributes: dict[str, Any], where: str, width: int
) -> None:
    if node.op_type == "Cast" and attributes.get("to") not in FLOATS:
        raise rejected(f"{where} makes other numbers of the layer's; {KNOWN}")
    if node.op_type == "Flatten" and attributes.get("axis", 1) not in (1, -1):
        raise rejected(f"{where} joins its rows; its axis must be 1")
    if node.op_type == "Reshape" and len(given) > 1 and isinstance(given[1], np.ndarray):
        shape = given[1].reshape(-1).tolist()
        if not (len(shape) == 2 and shape[1] in (-1, width)) and not (width == 1 and shape == [-1]):
            raise rejected(f"{where} makes the shape {shape} of rows of {width} numbers")


def _both_classes(given: list[Given], where: str, width: int) -> BothClasses:
    """Of 1 - p and p."""
    is_pair = len(given) == 2 and width == 1 and all(isinstance(value, Flow) for value in given)
    if is_pair and np.allclose(given[0].curve.values, 1 - given[1].curve.values, rtol=0, atol=1e-12):
        return BothClasses(given[1])
    raise rejected(f"{where} joins two paths; a network is one chain of layers")
