"""Every activation as nodes. ONNX Runtime has no kernels in double precision for Softplus, Elu, Erf and others, so
these are written by Exp, Log, Tanh and Max, in the order in which the engine computes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from service.engine.activations import normal
from service.engine.activations.base import Activation
from service.engine.activations.rectifiers import Elu, Gelu, GeluExact, LeakyRelu, Mish, Relu, Selu, Softplus, Swish
from service.engine.activations.sigmoids import HardSigmoid, Sigmoid, Softsign, Tanh
from service.engine.activations.table import Linear, Softmax
from service.exports.onnx.graph import Value
from service.exports.source import NotExportable


def activated(activation: Activation, z: Value) -> Value:
    """f(z), (rows, units). Raises NotExportable."""
    write = WRITERS.get(type(activation))
    if write is None:
        raise NotExportable(f"onnx has no form of the activation {activation.name} here")
    return write(activation, z)


def _leaky_relu(spec: LeakyRelu, z: Value) -> Value:
    return z.at_least(z * spec.negative_slope)


def _exponential_unit(z: Value, alpha: float, scale: float) -> Value:
    low = z.at_most(0).expm1() * (scale * alpha)
    high = z.at_least(0)
    return (high if scale == 1 else high * scale) + low


def _gelu(spec: Gelu, z: Value) -> Value:
    inner = (z * z * (spec.ROOT * spec.CUBIC) + spec.ROOT) * z
    return (inner.tanh() + 1) * z * 0.5


def _normal_distribution(z: Value) -> Value:
    """Φ(z); in double precision as the engine computes it."""
    if z.dtype == np.float32:
        return ((z * normal.ROOT_OF_HALF).call("Erf") + 1) * 0.5
    x = z * -normal.ROOT_OF_HALF
    size = abs(x)
    square = size * size
    near = 1 - x * normal.ratio(square, normal.NEAR_TOP, normal.NEAR_BOTTOM)
    inverse = 1 / square
    tail = (normal.INVERSE_ROOT_OF_PI - inverse * normal.ratio(inverse, normal.FAR_TOP, normal.FAR_BOTTOM)) / size
    middle = normal.ratio(size, normal.MIDDLE_TOP, normal.MIDDLE_BOTTOM)
    beyond = (-square).exp() * (size > normal.FAR).where(tail, middle)
    beyond = (x < 0).where(2 - beyond, beyond)
    return (size > normal.NEAR).where(beyond, near) * 0.5


def _softplus(z: Value) -> Value:
    return z.at_least(0) + (-abs(z)).exp().log1p()


def _hard_sigmoid(z: Value) -> Value:
    return (z * (1 / 6) + 0.5).at_least(0).at_most(1)


WRITERS: Mapping[type[Activation], Callable[[Any, Value], Value]] = MappingProxyType(
    {
        Linear: lambda spec, z: z,
        Sigmoid: lambda spec, z: z.sigmoid(),
        Tanh: lambda spec, z: z.tanh(),
        Relu: lambda spec, z: z.call("Relu"),
        LeakyRelu: _leaky_relu,
        Elu: lambda spec, z: _exponential_unit(z, spec.alpha, 1.0),
        Selu: lambda spec, z: _exponential_unit(z, spec.ALPHA, spec.SCALE),
        Gelu: _gelu,
        GeluExact: lambda spec, z: z * _normal_distribution(z),
        Swish: lambda spec, z: z * z.sigmoid(),
        Softplus: lambda spec, z: _softplus(z),
        Softsign: lambda spec, z: z / (abs(z) + 1),
        HardSigmoid: lambda spec, z: _hard_sigmoid(z),
        Mish: lambda spec, z: z * _softplus(z).tanh(),
        Softmax: lambda spec, z: z.call("Softmax", axis=1),
    }
)
