"""The registry of losses, each with its value and its derivative; `base` defines their normalisation."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from service.engine.activations.sigmoids import logistic
from service.engine.activations.table import Softmax
from service.engine.arrays import Array
from service.engine.losses.base import CLEARANCE, Loss, logarithm, times
from service.engine.tape import Tape, maximum, minimum
from service.schema.fields import Registry, field
from service.schema.rules import Number


@dataclass(frozen=True, kw_only=True)
class MeanSquaredError(Loss):
    name = "mean_squared_error"
    formula = "L = 1/n Σ (a - y)²"
    source = "Gauss 1809; Bishop 2006, section 1.2.5"

    def rows(self, a: Array, y: Array) -> Array:
        return self._mean(np.square(a - y))

    def gradient(self, tape: Tape, a: Array, y: Array, d: Array) -> None:
        tape.call(np.subtract, a, y, d, help="δ = a - y")

    def gain(self, outputs: int) -> float:
        return 2 / outputs


@dataclass(frozen=True, kw_only=True)
class HalfSquaredError(Loss):
    """The sum over the outputs, with the ½ that makes the derivative a - y, as in textbooks."""

    name = "half_squared_error"
    formula = "L = ½ Σ (a - y)²"
    source = "Rumelhart, Hinton & Williams 1986, eq. 3"
    mean_over_outputs = False

    def rows(self, a: Array, y: Array) -> Array:
        half: Array = 0.5 * np.sum(np.square(a - y), axis=-2)
        return half

    def gradient(self, tape: Tape, a: Array, y: Array, d: Array) -> None:
        tape.call(np.subtract, a, y, d, help="δ = a - y")


@dataclass(frozen=True, kw_only=True)
class MeanAbsoluteError(Loss):
    name = "mean_absolute_error"
    formula = "L = 1/n Σ |a - y|"
    source = "Laplace 1774; Koenker & Bassett 1978, section 1"

    def rows(self, a: Array, y: Array) -> Array:
        return self._mean(np.abs(a - y))

    def gradient(self, tape: Tape, a: Array, y: Array, d: Array) -> None:
        tape.call(np.subtract, a, y, d, help="a - y")
        tape.call(np.sign, d, d, help="δ = sign(a - y)")


@dataclass(frozen=True, kw_only=True)
class Huber(Loss):
    name = "huber"
    kind = "regression"
    formula = "L = 1/n Σ (½ r² if |r| ≤ Δ else Δ |r| - ½ Δ²), r = a - y"
    source = "Huber 1964, eq. 2.1"

    delta: float = field(Number(above=0), default=1.0, help="Δ, where the quadratic part becomes linear")

    def rows(self, a: Array, y: Array) -> Array:
        size = np.abs(a - y)
        near = np.minimum(size, self.delta)
        return self._mean(near * (size - 0.5 * near))

    def gradient(self, tape: Tape, a: Array, y: Array, d: Array) -> None:
        tape.call(np.subtract, a, y, d, help="r = a - y")
        tape.call(minimum, d, tape.constant(self.delta), d, help="min(r, Δ)")
        tape.call(maximum, d, tape.constant(-self.delta), d, help="δ = max(min(r, Δ), -Δ)")


@dataclass(frozen=True, kw_only=True)
class LogCosh(Loss):
    name = "log_cosh"
    kind = "regression"
    formula = "L = 1/n Σ log cosh(a - y)"
    source = "Green 1990; Saleh & Saleh 2022, eq. 1"

    def rows(self, a: Array, y: Array) -> Array:
        residual = a - y
        return self._mean(np.logaddexp(residual, -residual) - np.log(2))

    def gradient(self, tape: Tape, a: Array, y: Array, d: Array) -> None:
        tape.call(np.subtract, a, y, d, help="a - y")
        tape.call(np.tanh, d, d, help="δ = tanh(a - y)")


@dataclass(frozen=True, kw_only=True)
class _Smoothed(Loss):
    label_smoothing: float = field(
        Number(minimum=0, below=1), default=0.0, help="ε: targets become (1 - ε) y + ε / number of classes"
    )

    def smooth(self, y: Array) -> Array:
        """Szegedy et al. 2016, section 7."""
        if not self.label_smoothing:
            return y
        soft: Array = y * (1 - self.label_smoothing) + self._floor(y)
        return soft

    @abstractmethod
    def _floor(self, y: Array) -> float:
        """The target of a class the row does not belong to: ε over the number of classes."""


@dataclass(frozen=True, kw_only=True)
class BinaryCrossEntropy(_Smoothed):
    """For outputs that are each a separate yes or no."""

    name = "binary_cross_entropy"
    kind = "classification"
    formula = "L = -1/n Σ (y log a + (1 - y) log(1 - a)); from logits z: max(z, 0) - z y + log(1 + exp(-|z|))"
    source = "Bishop 2006, eq. 4.90"
    targets = "share"
    from_logits = "sigmoid"

    def _floor(self, y: Array) -> float:
        return self.label_smoothing / 2

    def rows(self, a: Array, y: Array) -> Array:
        y = self.smooth(y)
        return self._mean(-(y * logarithm(a) + (1 - y) * logarithm(1 - a)))

    def gradient(self, tape: Tape, a: Array, y: Array, d: Array) -> None:
        one, least, other = tape.constant(1), tape.constant(CLEARANCE), tape.scratch(a, 0)
        share = tape.scratch(a, 1)
        tape.call(np.subtract, one, a, d, help="1 - a")
        tape.call(maximum, d, least, d, help="max(1 - a, 1e-7)")
        tape.call(np.subtract, one, y, other, help="1 - y")
        tape.call(np.divide, other, d, d, help="(1 - y) / (1 - a)")
        tape.call(maximum, a, least, share, help="max(a, 1e-7)")
        tape.call(np.divide, y, share, share, help="y / a")
        tape.call(np.subtract, d, share, d, help="δ = (1 - y) / (1 - a) - y / a")

    def rows_from_logits(self, z: Array, y: Array) -> Array:
        return self._mean(np.maximum(z, 0) - z * self.smooth(y) + np.log1p(np.exp(-np.abs(z))))

    def gradient_from_logits(self, tape: Tape, z: Array, y: Array, d: Array, gain: float) -> None:
        logistic(tape, z, d, gain)
        tape.call(np.subtract, d, y, d, help=f"δ = {times(gain)}σ(z) - {times(gain)}y")


@dataclass(frozen=True, kw_only=True)
class CrossEntropy(_Smoothed):
    """For outputs that share one distribution; a row's targets sum to one."""

    name = "cross_entropy"
    kind = "classification"
    formula = "L = -Σ y log a; from logits z: Σ y (log Σ exp z - z)"
    source = "Bishop 2006, eq. 4.108"
    targets = "distribution"
    from_logits = "softmax"
    mean_over_outputs = False

    def _floor(self, y: Array) -> float:
        return self.label_smoothing / int(y.shape[-2])

    def rows(self, a: Array, y: Array) -> Array:
        total: Array = -np.sum(self.smooth(y) * logarithm(a), axis=-2)
        return total

    def gradient(self, tape: Tape, a: Array, y: Array, d: Array) -> None:
        tape.call(maximum, a, tape.constant(CLEARANCE), d, help="max(a, 1e-7)")
        tape.call(np.divide, y, d, d, help="y / a")
        tape.call(np.negative, d, d, help="δ = -y / a")

    def rows_from_logits(self, z: Array, y: Array) -> Array:
        shifted = z - np.max(z, axis=-2, keepdims=True)
        log_total = np.log(np.sum(np.exp(shifted), axis=-2))
        # The targets sum to one, so Σ y (log Σ exp z - z) needs only the product with z.
        total: Array = log_total - np.einsum("...or,...or->...r", shifted, self.smooth(y))
        return total

    def gradient_from_logits(self, tape: Tape, z: Array, y: Array, d: Array, gain: float) -> None:
        Softmax().apply(tape, z, d)
        if gain != 1:
            tape.call(np.multiply, d, tape.constant(gain), d, help=f"{times(gain)}softmax(z)")
        tape.call(np.subtract, d, y, d, help=f"δ = {times(gain)}softmax(z) - {times(gain)}y")


@dataclass(frozen=True, kw_only=True)
class Poisson(Loss):
    """The negative log-likelihood of counts y at rate a, without the constant log y!."""

    name = "poisson"
    kind = "regression"
    formula = "L = 1/n Σ (a - y log a)"
    source = "McCullagh & Nelder 1989, section 6.2"
    targets = "count"

    def rows(self, a: Array, y: Array) -> Array:
        return self._mean(a - y * logarithm(a))

    def gradient(self, tape: Tape, a: Array, y: Array, d: Array) -> None:
        tape.call(maximum, a, tape.constant(CLEARANCE), d, help="max(a, 1e-7)")
        tape.call(np.divide, y, d, d, help="y / a")
        tape.call(np.subtract, tape.constant(1), d, d, help="δ = 1 - y / a")


@dataclass(frozen=True, kw_only=True)
class Hinge(Loss):
    """Targets are -1 or 1; the sign of an output is the predicted class."""

    name = "hinge"
    kind = "classification"
    formula = "L = 1/n Σ max(0, 1 - y a)"
    source = "Cortes & Vapnik 1995; Rosasco et al. 2004, section 2"
    targets = "sign"

    def rows(self, a: Array, y: Array) -> Array:
        return self._mean(np.maximum(0, 1 - y * a))

    def gradient(self, tape: Tape, a: Array, y: Array, d: Array) -> None:
        inside = tape.scratch(a, 2, np.bool_)
        tape.call(np.multiply, y, a, d, help="y a")
        tape.call(np.less, d, tape.constant(1), inside, help="[y a < 1]")
        tape.call(np.multiply, y, inside, d, help="y [y a < 1]")
        tape.call(np.negative, d, d, help="δ = -y [y a < 1]")

    def as_probabilities(self, values: Array) -> Array:
        half: Array = (values + 1) / 2
        return half


LOSSES: Registry[Loss] = Registry(
    "loss",
    MeanSquaredError,
    HalfSquaredError,
    MeanAbsoluteError,
    Huber,
    LogCosh,
    BinaryCrossEntropy,
    CrossEntropy,
    Poisson,
    Hinge,
)
