"""Activations: each one's value, with its derivative beside it, written from the output where that is cheaper."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from service.engine.fields import Number, Spec, Table, field
from service.engine.tape import Array, Tape, maximum, minimum


class Activation(Spec):
    """a = f(z). `needs_z`: the derivative is written from z, which must then survive beside a."""

    needs_z: ClassVar[bool] = False
    #: Whether stuck units are dead, off for every row, rather than saturated.
    can_die: ClassVar[bool] = False
    derivative: ClassVar[str] = ""

    @abstractmethod
    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        """Write a = f(z). Both have shape (units, rows); unless `needs_z`, they may be one array."""

    @abstractmethod
    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        """Write d *= f'(z), where d is the loss's derivative by a."""

    def stuck(self, a: Array) -> float | None:
        """The share of units that no longer learn: dead (never on) or saturated. None where there is no such thing."""
        return None


def _saturated(a: Array, low: float, high: float) -> float:
    return float(np.mean(np.all((a < low) | (a > high), axis=-1)))


def _dead(a: Array) -> float:
    return float(np.mean(np.max(a, axis=-1) <= 0))


@dataclass(frozen=True, kw_only=True)
class Linear(Activation):
    name = "linear"
    formula = "a = z"
    derivative = "1"
    source = "identity"

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        if z is not a:
            tape.call(np.copyto, a, z, says="a = z")

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        """f' is 1 everywhere."""


@dataclass(frozen=True, kw_only=True)
class Sigmoid(Activation):
    name = "sigmoid"
    formula = "a = 1 / (1 + exp(-z))"
    derivative = "a (1 - a)"
    source = "Rumelhart, Hinton & Williams 1986, eq. 2"

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        one = tape.constant(1)
        tape.call(np.negative, z, a, says="a = -z")
        tape.call(np.exp, a, a, says="a = exp(-z)")
        tape.call(np.add, a, one, a, says="a = 1 + exp(-z)")
        tape.call(np.divide, one, a, a, says="a = 1 / (1 + exp(-z))")

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        slope = tape.scratch(a)
        tape.call(np.multiply, a, a, slope, says="f' = a²")
        tape.call(np.subtract, a, slope, slope, says="f' = a - a²")
        tape.call(np.multiply, d, slope, d, says="δ = δ f'")

    def stuck(self, a: Array) -> float:
        return _saturated(a, 0.01, 0.99)


@dataclass(frozen=True, kw_only=True)
class Tanh(Activation):
    name = "tanh"
    formula = "a = tanh(z)"
    derivative = "1 - a²"
    source = "LeCun et al. 1998, Efficient BackProp, section 4.4"

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        tape.call(np.tanh, z, a, says="a = tanh(z)")

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        slope = tape.scratch(a)
        tape.call(np.multiply, a, a, slope, says="f' = a²")
        tape.call(np.subtract, tape.constant(1), slope, slope, says="f' = 1 - a²")
        tape.call(np.multiply, d, slope, d, says="δ = δ f'")

    def stuck(self, a: Array) -> float:
        return _saturated(a, -0.98, 0.98)


@dataclass(frozen=True, kw_only=True)
class Relu(Activation):
    name = "relu"
    formula = "a = max(z, 0)"
    derivative = "1 where a > 0, else 0"
    source = "Nair & Hinton 2010, section 2"
    can_die = True

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        # Against a full array of zeros NumPy's maximum is vectorised, against a scalar it is not: five times faster.
        zeros = tape.zeros(z)
        tape.call(maximum, z, zeros, a, says="a = max(z, 0)")

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        _switch(tape, a, d)

    def stuck(self, a: Array) -> float:
        return _dead(a)


def _switch(tape: Tape, a: Array, d: Array) -> None:
    """d = d where a > 0, else 0."""
    on = tape.scratch(a, 2, np.bool_)
    tape.call(np.greater, a, tape.constant(0), on, says="f' = [a > 0]")
    tape.call(np.multiply, d, on, d, says="δ = δ f'")


@dataclass(frozen=True, kw_only=True)
class LeakyRelu(Activation):
    name = "leaky_relu"
    formula = "a = z if z > 0 else αz"
    derivative = "1 where a > 0, else α"
    source = "Maas, Hannun & Ng 2013, eq. 2"

    negative_slope: float = field(Number(minimum=0, below=1), default=0.01, says="α, the slope below zero")

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        low = tape.scratch(z)
        tape.call(np.multiply, z, tape.constant(self.negative_slope), low, says="αz")
        tape.call(maximum, z, low, a, says="a = max(z, αz)")

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        slope = tape.scratch(a)
        on = tape.scratch(a, 2, np.bool_)
        tape.call(np.greater, a, tape.constant(0), on, says="[a > 0]")
        tape.call(np.multiply, on, tape.constant(1 - self.negative_slope), slope, says="(1 - α) [a > 0]")
        tape.call(np.add, slope, tape.constant(self.negative_slope), slope, says="f' = α + (1 - α) [a > 0]")
        tape.call(np.multiply, d, slope, d, says="δ = δ f'")


@dataclass(frozen=True, kw_only=True)
class Elu(Activation):
    name = "elu"
    formula = "a = z if z > 0 else α (exp(z) - 1)"
    derivative = "1 where a > 0, else a + α"
    source = "Clevert, Unterthiner & Hochreiter 2016, eq. 15"

    alpha: float = field(Number(above=0), default=1.0, says="α, minus the value far below zero")

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
    tape.call(minimum, z, zeros, low, says="min(z, 0)")
    tape.call(np.expm1, low, low, says="exp(min(z, 0)) - 1")
    tape.call(np.multiply, low, tape.constant(scale * alpha), low, says="λα (exp(min(z, 0)) - 1)")
    tape.call(maximum, z, zeros, a, says="max(z, 0)")
    if scale != 1:
        tape.call(np.multiply, a, tape.constant(scale), a, says="λ max(z, 0)")
    tape.call(np.add, a, low, a, says="a = λ max(z, 0) + λα (exp(min(z, 0)) - 1)")


def _derive_exponential_unit(tape: Tape, a: Array, d: Array, *, alpha: float, scale: float) -> None:
    # Below zero f' = a + λα; above, a is replaced by 0 and λα by λ.
    zeros = tape.zeros(a)
    slope = tape.scratch(a)
    on = tape.scratch(a, 2, np.bool_)
    tape.call(minimum, a, zeros, slope, says="min(a, 0)")
    tape.call(np.add, slope, tape.constant(scale * alpha), slope, says="min(a, 0) + λα")
    tape.call(np.greater, a, tape.constant(0), on, says="[a > 0]")
    tape.call(np.copyto, slope, tape.constant(scale), "same_kind", on, says="f' = λ where a > 0")
    tape.call(np.multiply, d, slope, d, says="δ = δ f'")


@dataclass(frozen=True, kw_only=True)
class Gelu(Activation):
    """The tanh form, as in the paper; the largest difference from z Φ(z) is 4.8e-4."""

    name = "gelu"
    formula = "a = ½ z (1 + tanh(√(2/π) (z + 0.044715 z³)))"
    derivative = "½ (1 + t) + ½ z (1 - t²) √(2/π) (1 + 3 · 0.044715 z²), t the tanh"
    source = "Hendrycks & Gimpel 2016, section 2"
    needs_z = True

    ROOT: ClassVar[float] = 0.7978845608028654
    CUBIC: ClassVar[float] = 0.044715

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        self._tanh(tape, z, a)
        tape.call(np.add, a, tape.constant(1), a, says="1 + t")
        tape.call(np.multiply, a, z, a, says="z (1 + t)")
        tape.call(np.multiply, a, tape.constant(0.5), a, says="a = ½ z (1 + t)")

    def _tanh(self, tape: Tape, z: Array, t: Array) -> None:
        tape.call(np.multiply, z, z, t, says="z²")
        tape.call(np.multiply, t, tape.constant(self.ROOT * self.CUBIC), t, says="√(2/π) 0.044715 z²")
        tape.call(np.add, t, tape.constant(self.ROOT), t, says="√(2/π) (1 + 0.044715 z²)")
        tape.call(np.multiply, t, z, t, says="√(2/π) (z + 0.044715 z³)")
        tape.call(np.tanh, t, t, says="t = tanh(…)")

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        half, one = tape.constant(0.5), tape.constant(1)
        t, inner, slope = tape.scratch(z, 0), tape.scratch(z, 1), tape.scratch(z, 3)
        self._tanh(tape, z, t)
        tape.call(np.multiply, z, z, inner, says="z²")
        tape.call(np.multiply, inner, tape.constant(3 * self.ROOT * self.CUBIC), inner, says="√(2/π) 3 · 0.044715 z²")
        tape.call(np.add, inner, tape.constant(self.ROOT), inner, says="√(2/π) (1 + 3 · 0.044715 z²)")
        tape.call(np.multiply, inner, z, inner, says="z √(2/π) (1 + 3 · 0.044715 z²)")
        tape.call(np.multiply, t, t, slope, says="t²")
        tape.call(np.subtract, one, slope, slope, says="1 - t²")
        tape.call(np.multiply, slope, inner, slope, says="z (1 - t²) √(2/π) (1 + 3 · 0.044715 z²)")
        tape.call(np.add, slope, t, slope, says="… + t")
        tape.call(np.add, slope, one, slope, says="… + 1")
        tape.call(np.multiply, slope, half, slope, says="f' = ½ (…)")
        tape.call(np.multiply, d, slope, d, says="δ = δ f'")


@dataclass(frozen=True, kw_only=True)
class Swish(Activation):
    name = "swish"
    formula = "a = z σ(z)"
    derivative = "a + σ(z) (1 - a)"
    source = "Ramachandran, Zoph & Le 2017, section 4, β = 1 (also SiLU)"
    needs_z = True

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        Sigmoid().apply(tape, z, a)
        tape.call(np.multiply, a, z, a, says="a = z σ(z)")

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        gate, slope = tape.scratch(z, 0), tape.scratch(z, 1)
        Sigmoid().apply(tape, z, gate)
        tape.call(np.subtract, tape.constant(1), a, slope, says="1 - a")
        tape.call(np.multiply, slope, gate, slope, says="σ(z) (1 - a)")
        tape.call(np.add, slope, a, slope, says="f' = a + σ(z) (1 - a)")
        tape.call(np.multiply, d, slope, d, says="δ = δ f'")


@dataclass(frozen=True, kw_only=True)
class Softplus(Activation):
    name = "softplus"
    formula = "a = log(1 + exp(z))"
    derivative = "1 - exp(-a)"
    source = "Dugas et al. 2001, eq. 2"

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        tape.call(np.logaddexp, z, tape.constant(0), a, says="a = log(1 + exp(z))")

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        slope = tape.scratch(a)
        tape.call(np.negative, a, slope, says="-a")
        tape.call(np.expm1, slope, slope, says="exp(-a) - 1")
        tape.call(np.negative, slope, slope, says="f' = 1 - exp(-a)")
        tape.call(np.multiply, d, slope, d, says="δ = δ f'")


@dataclass(frozen=True, kw_only=True)
class Softsign(Activation):
    name = "softsign"
    formula = "a = z / (1 + |z|)"
    derivative = "(1 - |a|)²"
    source = "Bergstra et al. 2009; Glorot & Bengio 2010, section 2.1"

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        size = tape.scratch(z)
        tape.call(np.absolute, z, size, says="|z|")
        tape.call(np.add, size, tape.constant(1), size, says="1 + |z|")
        tape.call(np.divide, z, size, a, says="a = z / (1 + |z|)")

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        slope = tape.scratch(a)
        tape.call(np.absolute, a, slope, says="|a|")
        tape.call(np.subtract, tape.constant(1), slope, slope, says="1 - |a|")
        tape.call(np.multiply, slope, slope, slope, says="f' = (1 - |a|)²")
        tape.call(np.multiply, d, slope, d, says="δ = δ f'")

    def stuck(self, a: Array) -> float:
        return _saturated(a, -0.98, 0.98)


@dataclass(frozen=True, kw_only=True)
class HardSigmoid(Activation):
    name = "hard_sigmoid"
    formula = "a = min(max(z / 6 + ½, 0), 1)"
    derivative = "1/6 where 0 < a < 1, else 0"
    source = "Courbariaux, Bengio & David 2015, eq. 3, in the slope 1/6 of Howard et al. 2019, section 5.2"

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        tape.call(np.multiply, z, tape.constant(1 / 6), a, says="z / 6")
        tape.call(np.add, a, tape.constant(0.5), a, says="z / 6 + ½")
        tape.call(maximum, a, tape.constant(0), a, says="max(…, 0)")
        tape.call(minimum, a, tape.constant(1), a, says="a = min(…, 1)")

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        on, below = tape.scratch(a, 2, np.bool_), tape.scratch(a, 3, np.bool_)
        tape.call(np.greater, a, tape.constant(0), on, says="[a > 0]")
        tape.call(np.less, a, tape.constant(1), below, says="[a < 1]")
        tape.call(np.logical_and, on, below, on, says="[0 < a < 1]")
        tape.call(np.multiply, d, on, d, says="δ = δ [0 < a < 1]")
        tape.call(np.multiply, d, tape.constant(1 / 6), d, says="δ = δ / 6")

    def stuck(self, a: Array) -> float:
        return _saturated(a, 1e-6, 1 - 1e-6)


@dataclass(frozen=True, kw_only=True)
class Mish(Activation):
    name = "mish"
    formula = "a = z tanh(log(1 + exp(z)))"
    derivative = "t + z (1 - t²) σ(z), t = tanh(log(1 + exp(z)))"
    source = "Misra 2020, eq. 1"
    needs_z = True

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        self._tanh(tape, z, a)
        tape.call(np.multiply, a, z, a, says="a = z t")

    def _tanh(self, tape: Tape, z: Array, t: Array) -> None:
        Softplus().apply(tape, z, t)
        tape.call(np.tanh, t, t, says="t = tanh(log(1 + exp(z)))")

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        t, gate, slope = tape.scratch(z, 0), tape.scratch(z, 1), tape.scratch(z, 3)
        self._tanh(tape, z, t)
        Sigmoid().apply(tape, z, gate)
        tape.call(np.multiply, t, t, slope, says="t²")
        tape.call(np.subtract, tape.constant(1), slope, slope, says="1 - t²")
        tape.call(np.multiply, slope, z, slope, says="z (1 - t²)")
        tape.call(np.multiply, slope, gate, slope, says="z (1 - t²) σ(z)")
        tape.call(np.add, slope, t, slope, says="f' = t + z (1 - t²) σ(z)")
        tape.call(np.multiply, d, slope, d, says="δ = δ f'")


@dataclass(frozen=True, kw_only=True)
class Softmax(Activation):
    name = "softmax"
    formula = "a_i = exp(z_i - max z) / Σ_j exp(z_j - max z)"
    derivative = "δ_i = a_i (δ_i - Σ_j a_j δ_j)"
    source = "Bridle 1990, eq. 3"

    def apply(self, tape: Tape, z: Array, a: Array) -> None:
        row = tape.scratch(z[..., :1, :], 4)
        tape.call(np.maximum.reduce, z, tape.feature_axis, None, row, True, says="max z")
        tape.call(np.subtract, z, row, a, says="z - max z")
        tape.call(np.exp, a, a, says="exp(z - max z)")
        tape.sum_features(a, row, says="Σ exp(z - max z)")
        tape.call(np.divide, a, row, a, says="a = exp(z - max z) / Σ")

    def derive(self, tape: Tape, z: Array, a: Array, d: Array) -> None:
        product, row = tape.scratch(a), tape.scratch(a[..., :1, :], 4)
        tape.call(np.multiply, a, d, product, says="a δ")
        tape.sum_features(product, row, says="Σ a δ")
        tape.call(np.subtract, d, row, d, says="δ - Σ a δ")
        tape.call(np.multiply, d, a, d, says="δ = a (δ - Σ a δ)")


ACTIVATIONS: Table[Activation] = Table(
    "activation",
    Linear,
    Sigmoid,
    Tanh,
    Relu,
    LeakyRelu,
    Elu,
    Selu,
    Gelu,
    Swish,
    Softplus,
    Softsign,
    HardSigmoid,
    Mish,
    Softmax,
)
