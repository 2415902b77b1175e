"""Activations that pass positive values and suppress negative ones, sharply or smoothly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from service.engine.activations.base import Activation
from service.engine.activations.normal import normal_distribution
from service.engine.activations.sigmoids import Sigmoid
from service.engine.arrays import Array
from service.engine.tape import Tape, maximum, minimum
from service.schema.fields import field
from service.schema.rules import Number


@dataclass(frozen=True, kw_only=True)
class Relu(Activation):
    name = "relu"
    formula = "a = max(z, 0)"
    derivative = "1 where a > 0, else 0"
    source = "Nair & Hinton 2010, section 2"
    can_die = True

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        # NumPy's maximum is vectorised against an array of zeros but not against a scalar: five times faster.
        zeros = tape.zeros(z)
        tape.call(maximum, z, zeros, a, help="a = max(z, 0)")

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        on = tape.scratch(a, 2, np.bool_)
        tape.call(np.greater, a, tape.constant(0), on, help="f' = [a > 0]")
        tape.call(np.multiply, d, on, d, help="δ = δ f'")

    def stuck(self, a: Array) -> Array:
        return np.asarray(np.mean(np.max(a, axis=-1) <= 0, axis=-1))


@dataclass(frozen=True, kw_only=True)
class LeakyRelu(Activation):
    name = "leaky_relu"
    formula = "a = z if z > 0 else αz"
    derivative = "1 where a > 0, else α"
    source = "Maas, Hannun & Ng 2013, eq. 2"

    negative_slope: float = field(Number(minimum=0, below=1), default=0.01, help="α, the slope below zero")

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        low = tape.scratch(z)
        tape.call(np.multiply, z, tape.constant(self.negative_slope), low, help="αz")
        tape.call(maximum, z, low, a, help="a = max(z, αz)")

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        slope = tape.scratch(a)
        on = tape.scratch(a, 2, np.bool_)
        tape.call(np.greater, a, tape.constant(0), on, help="[a > 0]")
        tape.call(np.multiply, on, tape.constant(1 - self.negative_slope), slope, help="(1 - α) [a > 0]")
        tape.call(np.add, slope, tape.constant(self.negative_slope), slope, help="f' = α + (1 - α) [a > 0]")
        tape.call(np.multiply, d, slope, d, help="δ = δ f'")


@dataclass(frozen=True, kw_only=True)
class Elu(Activation):
    name = "elu"
    formula = "a = z if z > 0 else α (exp(z) - 1)"
    derivative = "1 where a > 0, else a + α"
    source = "Clevert, Unterthiner & Hochreiter 2016, eq. 15"

    alpha: float = field(Number(above=0), default=1.0, help="α, minus the value far below zero")

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        _exponential_unit(tape, z, a, alpha=self.alpha, scale=1.0)

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        _derive_exponential_unit(tape, a, d, alpha=self.alpha, scale=1.0)


@dataclass(frozen=True, kw_only=True)
class Selu(Activation):
    name = "selu"
    formula = "a = λz if z > 0 else λα (exp(z) - 1), α = 1.6733, λ = 1.0507"
    derivative = "λ where a > 0, else a + λα"
    source = "Klambauer et al. 2017, eq. 2"

    ALPHA: ClassVar[float] = 1.6732632423543772
    SCALE: ClassVar[float] = 1.0507009873554805

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        _exponential_unit(tape, z, a, alpha=self.ALPHA, scale=self.SCALE)

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        _derive_exponential_unit(tape, a, d, alpha=self.ALPHA, scale=self.SCALE)


def _exponential_unit(tape: Tape, z: Array, a: Array, *, alpha: float, scale: float) -> None:
    zeros = tape.zeros(z)
    low = tape.scratch(z)
    tape.call(minimum, z, zeros, low, help="min(z, 0)")
    tape.call(np.expm1, low, low, help="exp(min(z, 0)) - 1")
    tape.call(np.multiply, low, tape.constant(scale * alpha), low, help="λα (exp(min(z, 0)) - 1)")
    tape.call(maximum, z, zeros, a, help="max(z, 0)")
    if scale != 1:
        tape.call(np.multiply, a, tape.constant(scale), a, help="λ max(z, 0)")
    tape.call(np.add, a, low, a, help="a = λ max(z, 0) + λα (exp(min(z, 0)) - 1)")


def _derive_exponential_unit(tape: Tape, a: Array, d: Array, *, alpha: float, scale: float) -> None:
    # Below zero f' = a + λα; above, a is replaced by 0 and λα by λ.
    zeros = tape.zeros(a)
    slope = tape.scratch(a)
    on = tape.scratch(a, 2, np.bool_)
    tape.call(minimum, a, zeros, slope, help="min(a, 0)")
    tape.call(np.add, slope, tape.constant(scale * alpha), slope, help="min(a, 0) + λα")
    tape.call(np.greater, a, tape.constant(0), on, help="[a > 0]")
    tape.call(np.copyto, slope, tape.constant(scale), "same_kind", on, help="f' = λ where a > 0")
    tape.call(np.multiply, d, slope, d, help="δ = δ f'")


@dataclass(frozen=True, kw_only=True)
class Gelu(Activation):
    """The tanh approximation, as in the paper; the largest difference from z Φ(z) is 4.8e-4."""

    name = "gelu"
    formula = "a = ½ z (1 + tanh(√(2/π) (z + 0.044715 z³)))"
    derivative = "½ (1 + t) + ½ z (1 - t²) √(2/π) (1 + 3 · 0.044715 z²), t the tanh"
    source = "Hendrycks & Gimpel 2016, section 2"
    needs_z = True

    ROOT: ClassVar[float] = 0.7978845608028654
    CUBIC: ClassVar[float] = 0.044715

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        self._tanh(tape, z, a)
        tape.call(np.add, a, tape.constant(1), a, help="1 + t")
        tape.call(np.multiply, a, z, a, help="z (1 + t)")
        tape.call(np.multiply, a, tape.constant(0.5), a, help="a = ½ z (1 + t)")

    def _tanh(self, tape: Tape, z: Array, t: Array) -> None:
        tape.call(np.multiply, z, z, t, help="z²")
        tape.call(np.multiply, t, tape.constant(self.ROOT * self.CUBIC), t, help="√(2/π) 0.044715 z²")
        tape.call(np.add, t, tape.constant(self.ROOT), t, help="√(2/π) (1 + 0.044715 z²)")
        tape.call(np.multiply, t, z, t, help="√(2/π) (z + 0.044715 z³)")
        tape.call(np.tanh, t, t, help="t = tanh(…)")

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        half, one = tape.constant(0.5), tape.constant(1)
        t, inner, slope = tape.scratch(z, 0), tape.scratch(z, 1), tape.scratch(z, 3)
        self._tanh(tape, z, t)
        tape.call(np.multiply, z, z, inner, help="z²")
        tape.call(np.multiply, inner, tape.constant(3 * self.ROOT * self.CUBIC), inner, help="√(2/π) 3 · 0.044715 z²")
        tape.call(np.add, inner, tape.constant(self.ROOT), inner, help="√(2/π) (1 + 3 · 0.044715 z²)")
        tape.call(np.multiply, inner, z, inner, help="z √(2/π) (1 + 3 · 0.044715 z²)")
        tape.call(np.multiply, t, t, slope, help="t²")
        tape.call(np.subtract, one, slope, slope, help="1 - t²")
        tape.call(np.multiply, slope, inner, slope, help="z (1 - t²) √(2/π) (1 + 3 · 0.044715 z²)")
        tape.call(np.add, slope, t, slope, help="… + t")
        tape.call(np.add, slope, one, slope, help="… + 1")
        tape.call(np.multiply, slope, half, slope, help="f' = ½ (…)")
        tape.call(np.multiply, d, slope, d, help="δ = δ f'")


@dataclass(frozen=True, kw_only=True)
class GeluExact(Activation):
    """As PyTorch computes it by default, with the normal distribution itself; slower than `gelu`."""

    name = "gelu_exact"
    formula = "a = z Φ(z), Φ(z) = ½ (1 + erf(z / √2))"
    derivative = "Φ(z) + z exp(-z² / 2) / √(2π)"
    source = "Hendrycks & Gimpel 2016, section 2; erf by Cody 1969"
    needs_z = True

    DENSITY: ClassVar[float] = 0.3989422804014327

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        tape.call(normal_distribution, z, a, help="Φ(z)")
        tape.call(np.multiply, a, z, a, help="a = z Φ(z)")

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        share, slope = tape.scratch(z, 0), tape.scratch(z, 1)
        tape.call(normal_distribution, z, share, help="Φ(z)")
        tape.call(np.multiply, z, z, slope, help="z²")
        tape.call(np.multiply, slope, tape.constant(-0.5), slope, help="-z² / 2")
        tape.call(np.exp, slope, slope, help="exp(-z² / 2)")
        tape.call(np.multiply, slope, tape.constant(self.DENSITY), slope, help="φ(z) = exp(-z² / 2) / √(2π)")
        tape.call(np.multiply, slope, z, slope, help="z φ(z)")
        tape.call(np.add, slope, share, slope, help="f' = Φ(z) + z φ(z)")
        tape.call(np.multiply, d, slope, d, help="δ = δ f'")


@dataclass(frozen=True, kw_only=True)
class Swish(Activation):
    name = "swish"
    formula = "a = z σ(z)"
    derivative = "a + σ(z) (1 - a)"
    source = "Ramachandran, Zoph & Le 2017, section 4, β = 1 (also SiLU)"
    needs_z = True

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        Sigmoid().apply(tape, z, a)
        tape.call(np.multiply, a, z, a, help="a = z σ(z)")

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        gate, slope = tape.scratch(z, 0), tape.scratch(z, 1)
        Sigmoid().apply(tape, z, gate)
        tape.call(np.subtract, tape.constant(1), a, slope, help="1 - a")
        tape.call(np.multiply, slope, gate, slope, help="σ(z) (1 - a)")
        tape.call(np.add, slope, a, slope, help="f' = a + σ(z) (1 - a)")
        tape.call(np.multiply, d, slope, d, help="δ = δ f'")


@dataclass(frozen=True, kw_only=True)
class Softplus(Activation):
    name = "softplus"
    formula = "a = log(1 + exp(z))"
    derivative = "1 - exp(-a)"
    source = "Dugas et al. 2001"

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        tape.call(np.logaddexp, z, tape.constant(0), a, help="a = log(1 + exp(z))")

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        slope = tape.scratch(a)
        tape.call(np.negative, a, slope, help="-a")
        tape.call(np.expm1, slope, slope, help="exp(-a) - 1")
        tape.call(np.negative, slope, slope, help="f' = 1 - exp(-a)")
        tape.call(np.multiply, d, slope, d, help="δ = δ f'")


@dataclass(frozen=True, kw_only=True)
class Mish(Activation):
    name = "mish"
    formula = "a = z tanh(log(1 + exp(z)))"
    derivative = "t + z (1 - t²) σ(z), t = tanh(log(1 + exp(z)))"
    source = "Misra 2020"
    needs_z = True

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        self._tanh(tape, z, a)
        tape.call(np.multiply, a, z, a, help="a = z t")

    def _tanh(self, tape: Tape, z: Array, t: Array) -> None:
        Softplus().apply(tape, z, t)
        tape.call(np.tanh, t, t, help="t = tanh(log(1 + exp(z)))")

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        t, gate, slope = tape.scratch(z, 0), tape.scratch(z, 1), tape.scratch(z, 3)
        self._tanh(tape, z, t)
        Sigmoid().apply(tape, z, gate)
        tape.call(np.multiply, t, t, slope, help="t²")
        tape.call(np.subtract, tape.constant(1), slope, slope, help="1 - t²")
        tape.call(np.multiply, slope, z, slope, help="z (1 - t²)")
        tape.call(np.multiply, slope, gate, slope, help="z (1 - t²) σ(z)")
        tape.call(np.add, slope, t, slope, help="f' = t + z (1 - t²) σ(z)")
        tape.call(np.multiply, d, slope, d, help="δ = δ f'")
