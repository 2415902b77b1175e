"""Which activation of the catalogue a few nodes compute, whatever nodes they are: the one with the same curve."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from service.engine.activations.base import Activation
from service.engine.activations.rectifiers import Elu, LeakyRelu
from service.engine.activations.table import ACTIVATIONS
from service.engine.arrays import Array
from service.engine.tape import Performer

#: Where curves are compared.
POINTS = np.concatenate((np.linspace(-40, 40, 641), [-1e-3, 1e-3, -3.0, 3.0, -6.0, 6.0]))
#: Constants in files are rounded to single precision.
TOLERANCE = 2e-6
#: Nodes of one activation.
MAX_NODES = 200


@dataclass(frozen=True)
class Curve:
    """What nodes have computed of each number of a layer's output, at `POINTS`."""

    values: Any
    where: str = ""  #: the last node

    @property
    def is_plain(self) -> bool:
        """Whether nothing has been computed yet."""
        return not self.where


PLAIN = Curve(POINTS)


def _gelu(x: Any, approximate: bytes = b"none") -> Any:
    if approximate == b"tanh":
        return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return 0.5 * x * (1 + _erf(x / math.sqrt(2)))


def _erf(x: Any) -> Any:
    return np.array([math.erf(number) for number in x])


def _softplus(x: Any) -> Any:
    return np.logaddexp(x, 0)


def _hard_sigmoid(x: Any, alpha: float = 0.2, beta: float = 0.5) -> Any:
    return np.clip(alpha * x + beta, 0, 1)


def _clip(x: Any, low: Any = -np.inf, high: Any = np.inf) -> Any:
    return np.minimum(np.maximum(x, low), high)


def _elu(x: Any, alpha: float = 1.0) -> Any:
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def _selu(x: Any, alpha: float = 1.6732632423543772, gamma: float = 1.0507009873554805) -> Any:
    return gamma * _elu(x, alpha)


#: By operator, with the defaults of its attributes as ONNX has them.
FUNCTIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "Abs": np.abs,
        "Add": np.add,
        "Clip": _clip,
        "Div": np.divide,
        "Elu": _elu,
        "Equal": np.equal,
        "Erf": _erf,
        "Exp": np.exp,
        "Gelu": _gelu,
        "Greater": np.greater,
        "GreaterOrEqual": np.greater_equal,
        "HardSigmoid": _hard_sigmoid,
        "HardSwish": lambda x: x * _hard_sigmoid(x, 1 / 6),
        "LeakyRelu": lambda x, alpha=0.01: np.where(x < 0, alpha * x, x),
        "Less": np.less,
        "LessOrEqual": np.less_equal,
        "Log": np.log,
        "Max": lambda *xs: np.maximum.reduce(np.broadcast_arrays(*xs)),
        "Min": lambda *xs: np.minimum.reduce(np.broadcast_arrays(*xs)),
        "Mish": lambda x: x * np.tanh(_softplus(x)),
        "Mul": np.multiply,
        "Neg": np.negative,
        "PRelu": lambda x, slope: np.where(x < 0, slope * x, x),
        "Pow": np.power,
        "Reciprocal": np.reciprocal,
        "Relu": lambda x: np.maximum(x, 0),
        "Selu": _selu,
        "Sigmoid": lambda x: 1 / (1 + np.exp(-x)),
        "Sign": np.sign,
        "Softplus": _softplus,
        "Softsign": lambda x: x / (1 + np.abs(x)),
        "Sqrt": np.sqrt,
        "Sub": np.subtract,
        "Tanh": np.tanh,
        "Where": np.where,
    }
)


def recognised(values: Array) -> Activation | None:
    """The activation with these values at `POINTS`."""
    for activation in _candidates(values):
        own = np.empty((1, len(POINTS)))
        activation.apply(Performer(rows=len(POINTS), dtype=np.float64), POINTS.reshape(1, -1).copy(), own)
        if (np.abs(own[0] - values) <= TOLERANCE * np.maximum(1, np.abs(own[0]))).all():
            return activation
    return None


def line(values: Array) -> tuple[float, float] | None:
    """Slope and height at 0 of a curve that is a straight line."""
    middle = int(np.flatnonzero(POINTS == 0)[0])
    height = float(values[middle])
    slope = float((values[0] - height) / POINTS[0])
    is_line = np.allclose(values, slope * POINTS + height, rtol=1e-12, atol=1e-12)
    return (slope, height) if is_line else None


def _candidates(values: Array) -> Iterator[Activation]:
    first = {float(point): float(value) for point, value in zip(POINTS, values, strict=True)}
    slope, low = short(-first[-1.0]), short(-first[-40.0])
    for name in ACTIVATIONS:
        if name == "leaky_relu" and 0 <= slope < 1:
            yield LeakyRelu(negative_slope=slope)
        elif name == "elu" and 0 < low < math.inf:
            yield Elu(alpha=low)
        elif name not in ("softmax", "leaky_relu", "elu"):
            yield ACTIVATIONS[name]()


def short(number: float) -> float:
    """Numbers of a file in single precision: 0.1, not 0.10000000149011612."""
    single = np.float32(number)
    return float(str(single)) if float(single) == number else number
