"""Activations that saturate on both sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from service.engine.activations.base import Activation, saturated
from service.engine.arrays import Array
from service.engine.tape import Tape, maximum, minimum


def logistic(tape: Tape, z: Array, a: Array, height: float = 1.0) -> None:
    """a = height σ(z)."""
    tape.call(np.negative, z, a, help="a = -z")
    tape.call(np.exp, a, a, help="a = exp(-z)")
    tape.call(np.add, a, tape.constant(1), a, help="a = 1 + exp(-z)")
    tape.call(np.divide, tape.constant(height), a, a, help=f"a = {height:.4g} / (1 + exp(-z))")


@dataclass(frozen=True, kw_only=True)
class Sigmoid(Activation):
    name = "sigmoid"
    formula = "a = 1 / (1 + exp(-z))"
    derivative = "a (1 - a)"
    source = "Rumelhart, Hinton & Williams 1986, eq. 2"

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        logistic(tape, z, a)

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        slope = tape.scratch(a)
        tape.call(np.multiply, a, a, slope, help="f' = a²")
        tape.call(np.subtract, a, slope, slope, help="f' = a - a²")
        tape.call(np.multiply, d, slope, d, help="δ = δ f'")

    def stuck(self, a: Array) -> Array:
        return saturated(a, 0.01, 0.99)


@dataclass(frozen=True, kw_only=True)
class Tanh(Activation):
    name = "tanh"
    formula = "a = tanh(z)"
    derivative = "1 - a²"
    source = "LeCun et al. 1998, Efficient BackProp, section 4.4"

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        tape.call(np.tanh, z, a, help="a = tanh(z)")

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        slope = tape.scratch(a)
        tape.call(np.multiply, a, a, slope, help="f' = a²")
        tape.call(np.subtract, tape.constant(1), slope, slope, help="f' = 1 - a²")
        tape.call(np.multiply, d, slope, d, help="δ = δ f'")

    def stuck(self, a: Array) -> Array:
        return saturated(a, -0.98, 0.98)


@dataclass(frozen=True, kw_only=True)
class Softsign(Activation):
    name = "softsign"
    formula = "a = z / (1 + |z|)"
    derivative = "(1 - |a|)²"
    source = "Bergstra et al. 2009; Glorot & Bengio 2010, section 2.1"

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        size = tape.scratch(z)
        tape.call(np.absolute, z, size, help="|z|")
        tape.call(np.add, size, tape.constant(1), size, help="1 + |z|")
        tape.call(np.divide, z, size, a, help="a = z / (1 + |z|)")

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        slope = tape.scratch(a)
        tape.call(np.absolute, a, slope, help="|a|")
        tape.call(np.subtract, tape.constant(1), slope, slope, help="1 - |a|")
        tape.call(np.multiply, slope, slope, slope, help="f' = (1 - |a|)²")
        tape.call(np.multiply, d, slope, d, help="δ = δ f'")

    def stuck(self, a: Array) -> Array:
        return saturated(a, -0.98, 0.98)


@dataclass(frozen=True, kw_only=True)
class HardSigmoid(Activation):
    name = "hard_sigmoid"
    formula = "a = min(max(z / 6 + ½, 0), 1)"
    derivative = "1/6 where 0 < a < 1, else 0"
    source = "Courbariaux, Bengio & David 2015, eq. 3, in the slope 1/6 of Howard et al. 2019, section 5.2"

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        tape.call(np.multiply, z, tape.constant(1 / 6), a, help="z / 6")
        tape.call(np.add, a, tape.constant(0.5), a, help="z / 6 + ½")
        tape.call(maximum, a, tape.constant(0), a, help="max(…, 0)")
        tape.call(minimum, a, tape.constant(1), a, help="a = min(…, 1)")

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        on, below = tape.scratch(a, 2, np.bool_), tape.scratch(a, 3, np.bool_)
        tape.call(np.greater, a, tape.constant(0), on, help="[a > 0]")
        tape.call(np.less, a, tape.constant(1), below, help="[a < 1]")
        tape.call(np.logical_and, on, below, on, help="[0 < a < 1]")
        tape.call(np.multiply, d, on, d, help="δ = δ [0 < a < 1]")
        tape.call(np.multiply, d, tape.constant(1 / 6), d, help="δ = δ / 6")

    def stuck(self, a: Array) -> Array:
        return saturated(a, 1e-6, 1 - 1e-6)
