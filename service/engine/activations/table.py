"""The registry of activations; `sigmoids` and `rectifiers` hold those of a common shape."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from service.engine.activations.base import Activation
from service.engine.activations.rectifiers import Elu, Gelu, GeluExact, LeakyRelu, Mish, Relu, Selu, Softplus, Swish
from service.engine.activations.sigmoids import HardSigmoid, Sigmoid, Softsign, Tanh
from service.engine.arrays import Array
from service.engine.tape import Tape
from service.schema.fields import Registry


@dataclass(frozen=True, kw_only=True)
class Linear(Activation):
    name = "linear"
    formula = "a = z"
    derivative = "1"
    source = "identity"

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        if z is not a:
            tape.call(np.copyto, a, z, help="a = z")

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        """f' is 1 everywhere."""


@dataclass(frozen=True, kw_only=True)
class Softmax(Activation):
    name = "softmax"
    formula = "a_i = exp(z_i - max z) / Σ_j exp(z_j - max z)"
    derivative = "δ_i = a_i (δ_i - Σ_j a_j δ_j)"
    source = "Bridle 1990, eq. 3"

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        # In a stack, z may be the rows that all of its networks share.
        top, row = tape.scratch(z[..., :1, :], 5), tape.scratch(a[..., :1, :], 4)
        tape.call(np.maximum.reduce, z, z.ndim - 2, None, top, True, help="max z")
        tape.call(np.subtract, z, top, a, help="z - max z")
        tape.call(np.exp, a, a, help="exp(z - max z)")
        tape.sum_features(a, row, help="Σ exp(z - max z)")
        tape.call(np.divide, a, row, a, help="a = exp(z - max z) / Σ")

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        product, row = tape.scratch(a), tape.scratch(a[..., :1, :], 4)
        tape.call(np.multiply, a, d, product, help="a δ")
        tape.sum_features(product, row, help="Σ a δ")
        tape.call(np.subtract, d, row, d, help="δ - Σ a δ")
        tape.call(np.multiply, d, a, d, help="δ = a (δ - Σ a δ)")


ACTIVATIONS: Registry[Activation] = Registry(
    "activation",
    Linear,
    Sigmoid,
    Tanh,
    Relu,
    LeakyRelu,
    Elu,
    Selu,
    Gelu,
    GeluExact,
    Swish,
    Softplus,
    Softsign,
    HardSigmoid,
    Mish,
    Softmax,
)
