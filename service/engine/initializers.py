"""Initial weights: every initializer draws one (inputs, units) matrix from a given generator.

Numbers are drawn in float64 and then cast, so float32 and float64 networks with the same seed start from the same
weights.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from service.engine.arrays import Array, Floats
from service.schema.fields import Registry, Spec, field
from service.schema.rules import Number
from service.schema.validation import ValidationIssue


@dataclass(frozen=True, kw_only=True)
class Initializer(Spec):
    """Base of all initializers; a subclass implements `_draw`, in float64."""

    def draw(self, generator: np.random.Generator, inputs: int, units: int, dtype: npt.DTypeLike) -> Array:
        """A new (inputs, units) matrix: fan-in is `inputs`, fan-out `units`."""
        return self._draw(generator, inputs, units).astype(dtype, copy=False)

    @abstractmethod
    def _draw(self, generator: np.random.Generator, inputs: int, units: int) -> Floats:
        """The matrix in float64."""


@dataclass(frozen=True, kw_only=True)
class GlorotUniform(Initializer):
    name = "glorot_uniform"
    formula = "U(-a, a), a = √(6 / (inputs + units))"
    source = "Glorot & Bengio 2010, equation 16"

    def _draw(self, generator: np.random.Generator, inputs: int, units: int) -> Floats:
        return uniform(generator, inputs, units, math.sqrt(6.0 / (inputs + units)))


@dataclass(frozen=True, kw_only=True)
class GlorotNormal(Initializer):
    name = "glorot_normal"
    formula = "N(0, σ²), σ² = 2 / (inputs + units)"
    source = "Glorot & Bengio 2010, equation 12"

    def _draw(self, generator: np.random.Generator, inputs: int, units: int) -> Floats:
        return generator.normal(0.0, math.sqrt(2.0 / (inputs + units)), (inputs, units))


@dataclass(frozen=True, kw_only=True)
class HeUniform(Initializer):
    name = "he_uniform"
    formula = "U(-a, a), a = √(6 / inputs)"
    source = "He et al. 2015, equation 10, as a uniform distribution of that variance"

    def _draw(self, generator: np.random.Generator, inputs: int, units: int) -> Floats:
        return uniform(generator, inputs, units, math.sqrt(6.0 / inputs))


@dataclass(frozen=True, kw_only=True)
class HeNormal(Initializer):
    name = "he_normal"
    formula = "N(0, σ²), σ² = 2 / inputs"
    source = "He et al. 2015, equation 10"

    def _draw(self, generator: np.random.Generator, inputs: int, units: int) -> Floats:
        return generator.normal(0.0, math.sqrt(2.0 / inputs), (inputs, units))


@dataclass(frozen=True, kw_only=True)
class LecunUniform(Initializer):
    name = "lecun_uniform"
    formula = "U(-a, a), a = √(3 / inputs)"
    source = "LeCun et al. 1998, Efficient BackProp, equation 16, as a uniform distribution of that variance"

    def _draw(self, generator: np.random.Generator, inputs: int, units: int) -> Floats:
        return uniform(generator, inputs, units, math.sqrt(3.0 / inputs))


@dataclass(frozen=True, kw_only=True)
class LecunNormal(Initializer):
    name = "lecun_normal"
    formula = "N(0, σ²), σ² = 1 / inputs"
    source = (
        "LeCun et al. 1998, Efficient BackProp, equation 16; the initialization selu requires (Klambauer et al. 2017)"
    )

    def _draw(self, generator: np.random.Generator, inputs: int, units: int) -> Floats:
        return generator.normal(0.0, math.sqrt(1.0 / inputs), (inputs, units))


@dataclass(frozen=True, kw_only=True)
class Uniform(Initializer):
    name = "uniform"
    formula = "U(low, high)"
    source = "Rumelhart et al. 1986: small random weights break the symmetry"

    low: float = field(Number(), default=-0.05, help="lower end")
    high: float = field(Number(), default=0.05, help="upper end")

    def cross_check(self) -> Iterable[ValidationIssue]:
        if self.low >= self.high:
            yield ValidationIssue(("high",), f"must be above low ({self.low:g}), got {self.high:g}")

    def _draw(self, generator: np.random.Generator, inputs: int, units: int) -> Floats:
        return generator.uniform(self.low, self.high, (inputs, units))


@dataclass(frozen=True, kw_only=True)
class Normal(Initializer):
    name = "normal"
    formula = "N(mean, std²)"
    source = "Krizhevsky et al. 2012, section 5"

    mean: float = field(Number(), default=0.0, help="centre")
    std: float = field(Number(minimum=0), default=0.05, help="standard deviation")

    def _draw(self, generator: np.random.Generator, inputs: int, units: int) -> Floats:
        return generator.normal(self.mean, self.std, (inputs, units))


@dataclass(frozen=True, kw_only=True)
class Orthogonal(Initializer):
    name = "orthogonal"
    formula = "gain Q, with QᵀQ = 1 (or QQᵀ = 1 when units exceed inputs), uniform over all such Q"
    source = "Saxe, McClelland & Ganguli 2014; the signs after Mezzadri 2007, section 5"

    gain: float = field(Number(above=0), default=1.0, help="length of every column (or row)")

    def _draw(self, generator: np.random.Generator, inputs: int, units: int) -> Floats:
        tall = generator.normal(size=(max(inputs, units), min(inputs, units)))
        q, r = np.linalg.qr(tall)
        # QR fixes the signs by convention; restoring them makes Q uniform over all orthogonal matrices.
        q *= np.where(np.diagonal(r) < 0.0, -self.gain, self.gain)
        return np.ascontiguousarray(q if inputs >= units else q.T)


@dataclass(frozen=True, kw_only=True)
class Zeros(Initializer):
    name = "zeros"
    formula = "0"
    source = "the usual start of biases; zero weights would keep all units of a layer identical"

    def _draw(self, generator: np.random.Generator, inputs: int, units: int) -> Floats:
        return np.zeros((inputs, units))


@dataclass(frozen=True, kw_only=True)
class Constant(Initializer):
    name = "constant"
    formula = "value"
    source = "for biases with a known initial value, such as the 1 of Krizhevsky et al. 2012, section 5"

    value: float = field(Number(), help="initial value of every weight")

    def _draw(self, generator: np.random.Generator, inputs: int, units: int) -> Floats:
        return np.full((inputs, units), self.value)


def uniform(generator: np.random.Generator, inputs: int, units: int, limit: float) -> Floats:
    return generator.uniform(-limit, limit, (inputs, units))


INITIALIZERS: Registry[Initializer] = Registry(
    "initializer",
    GlorotUniform,
    GlorotNormal,
    HeUniform,
    HeNormal,
    LecunUniform,
    LecunNormal,
    Uniform,
    Normal,
    Orthogonal,
    Zeros,
    Constant,
)
