"""Builds an ONNX graph from expressions: values of a graph add, multiply and compare as arrays do."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import onnx
from numpy.typing import DTypeLike
from onnx import TensorProto, helper, numpy_helper

#: Texts, in a graph.
TEXT = np.dtype(object)
BOOL, FLOAT64, INT64 = np.dtype(np.bool_), np.dtype(np.float64), np.dtype(np.int64)
#: The oldest versions that have all operators in use (LayerNormalization is of opset 17); older runtimes reject newer
#: ones.
OPSETS = {"": 17, "ai.onnx.ml": 3}
IR_VERSION = 8
#: Constants of at most so many bytes are stored once.
SHARED_BYTES = 256

Operand: TypeAlias = "Value | npt.ArrayLike"


def element_type(dtype: np.dtype[Any]) -> int:
    return TensorProto.STRING if dtype == TEXT else helper.np_dtype_to_tensor_dtype(dtype)


@dataclass(frozen=True)
class Value:
    """What a node of the graph puts out. Operands of its operators are values, or numbers and arrays, which become
    constants of its dtype."""

    graph: Graph
    name: str
    dtype: np.dtype[Any]

    def call(self, operator: str, *others: Operand, dtype: DTypeLike | None = None, **attributes: Any) -> Value:
        """A node with this value as its first input; its output is of this value's dtype unless another is given."""
        operands = [self.graph.operand(other, self.dtype) for other in others]
        return self.graph.node(operator, self, *operands, dtype=self.dtype if dtype is None else dtype, **attributes)

    def __add__(self, other: Operand) -> Value:
        return self.call("Add", other)

    def __sub__(self, other: Operand) -> Value:
        return self.call("Sub", other)

    def __rsub__(self, other: Operand) -> Value:
        return self.graph.operand(other, self.dtype).call("Sub", self)

    def __mul__(self, other: Operand) -> Value:
        return self.call("Mul", other)

    def __truediv__(self, other: Operand) -> Value:
        return self.call("Div", other)

    def __rtruediv__(self, other: Operand) -> Value:
        return self.graph.operand(other, self.dtype).call("Div", self)

    def __neg__(self) -> Value:
        return self.call("Neg")

    def __abs__(self) -> Value:
        return self.call("Abs")

    def __mod__(self, other: Operand) -> Value:
        """With the sign of the divisor, as in Python; of whole numbers."""
        return self.call("Mod", other)

    def __floordiv__(self, other: Operand) -> Value:
        """Of whole numbers. ONNX rounds a quotient towards zero."""
        return (self - self % other) / other

    def __matmul__(self, other: Operand) -> Value:
        return self.call("MatMul", other)

    def __gt__(self, other: Operand) -> Value:
        return self.call("Greater", other, dtype=BOOL)

    def __ge__(self, other: Operand) -> Value:
        return self.call("GreaterOrEqual", other, dtype=BOOL)

    def __lt__(self, other: Operand) -> Value:
        return self.call("Less", other, dtype=BOOL)

    def equals(self, other: Operand) -> Value:
        return self.call("Equal", other, dtype=BOOL)

    def is_nan(self) -> Value:
        return self.call("IsNaN", dtype=BOOL)

    def exp(self) -> Value:
        return self.call("Exp")

    def tanh(self) -> Value:
        return self.call("Tanh")

    def sigmoid(self) -> Value:
        return self.call("Sigmoid")

    def at_least(self, low: Operand) -> Value:
        return self.call("Max", low)

    def at_most(self, high: Operand) -> Value:
        return self.call("Min", high)

    def log1p(self) -> Value:
        """log(1 + x) to the last digits for small x too (Higham 2002, section 1.14.1); ONNX has no Log1p."""
        above = self + 1
        return above.equals(1).where(self, above.call("Log") * (self / (above - 1)))

    def expm1(self) -> Value:
        """exp(x) - 1 to the last digits for small x too, by 2 t / (1 - t) with t = tanh(x / 2); ONNX has no Expm1."""
        t = (self * 0.5).tanh()
        return (t * 2) / (1 - t)

    def where(self, then: Value, otherwise: Operand) -> Value:
        """Of a condition: elements of one value or of the other."""
        other = self.graph.operand(otherwise, then.dtype)
        return self.graph.node("Where", self, then, other, dtype=then.dtype)

    def cast(self, dtype: DTypeLike) -> Value:
        if self.dtype == dtype:
            return self
        return self.call("Cast", dtype=dtype, to=element_type(np.dtype(dtype)))

    def reshape(self, *shape: int) -> Value:
        return self.graph.node("Reshape", self, self.graph.constant(shape, INT64), dtype=self.dtype)

    def take(self, index: Value, axis: int = 0) -> Value:
        return self.graph.node("Gather", self, index, dtype=self.dtype, axis=axis)

    def columns(self, start: int, stop: int) -> Value:
        """Those of a matrix from `start` up to `stop`."""
        bounds = [self.graph.constant([bound], INT64) for bound in (start, stop, 1)]
        return self.graph.node("Slice", self, *bounds, dtype=self.dtype)


class Graph:
    """Inputs, nodes, constants and outputs, in the order in which they are written."""

    def __init__(self, inputs: Collection[str], outputs: Collection[str] = ()) -> None:
        """The users' names of inputs and of outputs, which no node may have."""
        self._given_names = set(inputs)
        self._taken = {*inputs, *outputs}
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []
        self._shared: dict[tuple[Any, ...], Value] = {}

    def input(self, name: str, dtype: DTypeLike, *shape: int) -> Value:
        """With `shape` behind the number of rows."""
        kind = np.dtype(dtype)
        self._inputs.append(helper.make_tensor_value_info(name, element_type(kind), ["rows", *shape]))
        return Value(self, name, kind)

    def output(self, name: str, value: Value, *shape: int) -> None:
        """Where an input or another output has this name, with `output_` in front, as scikit-learn's converter does."""
        while name in self._given_names:
            name = f"output_{name}"
        self._given_names.add(name)
        self._nodes.append(helper.make_node("Identity", [value.name], [name]))
        self._outputs.append(helper.make_tensor_value_info(name, element_type(value.dtype), ["rows", *shape]))

    def node(self, operator: str, *inputs: Value, dtype: DTypeLike, domain: str = "", **attributes: Any) -> Value:
        made = Value(self, self._free_name(operator.lower()), np.dtype(dtype))
        names = [value.name for value in inputs]
        self._nodes.append(helper.make_node(operator, names, [made.name], domain=domain, **attributes))
        return made

    def constant(self, value: npt.ArrayLike, dtype: DTypeLike) -> Value:
        array = np.asarray(value, np.dtype(dtype))
        if array.nbytes > SHARED_BYTES or array.dtype == TEXT:
            return self._store(array)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._shared:
            self._shared[key] = self._store(array)
        return self._shared[key]

    def operand(self, value: Operand, dtype: np.dtype[Any]) -> Value:
        return value if isinstance(value, Value) else self.constant(value, dtype)

    def side_by_side(self, values: Sequence[Value]) -> Value:
        """Matrices with the same rows as one."""
        if len(values) == 1:
            return values[0]
        return self.node("Concat", *values, dtype=values[0].dtype, axis=1)

    def model(self, name: str, about: dict[str, str], producer_version: str) -> onnx.ModelProto:
        """The graph as a model, checked."""
        graph = helper.make_graph(self._nodes, name, self._inputs, self._outputs, self._constants)
        made = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid(domain, version) for domain, version in OPSETS.items()],
            ir_version=IR_VERSION,
            producer_name="feedforward",
            producer_version=producer_version,
        )
        helper.set_model_props(made, about)
        onnx.checker.check_model(made, full_check=True)
        return made

    def _store(self, array: Any) -> Value:
        name = self._free_name("constant")
        if array.dtype == TEXT:
            words = [str(word).encode() for word in array.ravel()]
            tensor = onnx.TensorProto(name=name, data_type=TensorProto.STRING, dims=array.shape, string_data=words)
            self._constants.append(tensor)
        else:
            self._constants.append(numpy_helper.from_array(array, name))
        return Value(self, name, array.dtype)

    def _free_name(self, stem: str) -> str:
        number = len(self._nodes) + len(self._constants) + 1
        while (name := f"{stem}_{number}") in self._taken:
            number += 1
        self._taken.add(name)
        return name
