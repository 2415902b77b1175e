"""Optimizers: a few in-place vector operations that turn the gradient into the update, which is then subtracted from
the parameters.

Everything acts on flat vectors, chunk by chunk. Values that change from step to step (learning rate, bias corrections)
are 0-d arrays, filled for a whole block of steps at once; `t` counts steps from 1, η is the learning rate of the step.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from service.engine.arrays import Array
from service.engine.tape import Tape
from service.schema.fields import Registry, Spec, field
from service.schema.rules import Number

Memory = Mapping[str, float]
Slots = Mapping[str, Array]


@dataclass(frozen=True, kw_only=True)
class Optimizer(Spec):
    #: Vectors as long as the parameters that persist from step to step, initially zero.
    slots: ClassVar[tuple[str, ...]] = ()
    #: Numbers that change from step to step.
    scalars: ClassVar[tuple[str, ...]] = ("rate",)

    learning_rate: float = field(Number(above=0), default=0.01, help="η, the step size")
    weight_decay: float = field(
        Number(minimum=0),
        default=0.0,
        help="decoupled weight decay: each step shrinks the weights by η times this; biases are exempt",
    )

    @abstractmethod
    def update(self, tape: Tape, g: Array, slots: Slots, now: Slots) -> None:
        """Turn the gradient g into the update to subtract from the parameters, in place."""

    def initial_memory(self) -> Memory:
        return {}

    def fill(self, now: Slots, first_step: int, rates: Array, memory: Memory) -> Memory:
        """Set the scalars of steps t = first_step + 1 …; `rates` and each scalar are (steps,), or (steps, networks) of
        networks that are at the same step.

        Returns the memory for the next block.
        """
        now["rate"][...] = rates
        return memory


def _times(rates: Array, first_step: int) -> Array:
    """t of each step, (steps,) or (steps, 1)."""
    t = np.arange(first_step + 1, first_step + 1 + len(rates), dtype=np.float64)
    return t.reshape(-1, *(1,) * (rates.ndim - 1))


@dataclass(frozen=True, kw_only=True)
class Sgd(Optimizer):
    name = "sgd"
    formula = "w = w - η g"
    source = "Robbins & Monro 1951; Bottou 2010, eq. 4"

    def update(self, tape: Tape, g: Array, slots: Slots, now: Slots) -> None:
        tape.call(np.multiply, g, now["rate"], g, help="Δ = η g")


@dataclass(frozen=True, kw_only=True)
class Momentum(Optimizer):
    name = "momentum"
    formula = "v = μ v + g; w = w - η v"
    source = "Polyak 1964, eq. 9; Sutskever et al. 2013, eq. 1"
    slots = ("velocity",)

    momentum: float = field(Number(minimum=0, below=1), default=0.9, help="μ, the share of the velocity that is kept")

    def update(self, tape: Tape, g: Array, slots: Slots, now: Slots) -> None:
        v = slots["velocity"]
        tape.call(np.multiply, v, tape.constant(self.momentum), v, help="v = μ v")
        tape.call(np.add, v, g, v, help="v = μ v + g")
        tape.call(np.multiply, v, now["rate"], g, help="Δ = η v")


@dataclass(frozen=True, kw_only=True)
class Nesterov(Optimizer):
    name = "nesterov"
    formula = "v = μ v + g; w = w - η (g + μ v)"
    source = "Nesterov 1983; Sutskever et al. 2013, eq. 3, in the form of Bengio et al. 2013, eq. 7"
    slots = ("velocity",)

    momentum: float = field(Number(minimum=0, below=1), default=0.9, help="μ, the share of the velocity that is kept")

    def update(self, tape: Tape, g: Array, slots: Slots, now: Slots) -> None:
        v, ahead, mu = slots["velocity"], tape.scratch(g), tape.constant(self.momentum)
        tape.call(np.multiply, v, mu, v, help="v = μ v")
        tape.call(np.add, v, g, v, help="v = μ v + g")
        tape.call(np.multiply, v, mu, ahead, help="μ v")
        tape.call(np.add, g, ahead, g, help="g + μ v")
        tape.call(np.multiply, g, now["rate"], g, help="Δ = η (g + μ v)")


@dataclass(frozen=True, kw_only=True)
class Adagrad(Optimizer):
    name = "adagrad"
    formula = "h = h + g²; w = w - η g / (√h + ε)"
    source = "Duchi, Hazan & Singer 2011, figure 1"
    slots = ("squares",)

    epsilon: float = field(Number(above=0), default=1e-10, help="ε, keeps the division finite")

    def update(self, tape: Tape, g: Array, slots: Slots, now: Slots) -> None:
        h, root = slots["squares"], tape.scratch(g)
        tape.call(np.multiply, g, g, root, help="g²")
        tape.call(np.add, h, root, h, help="h = h + g²")
        _divide_by_root(tape, g, h, root, tape.constant(self.epsilon))
        tape.call(np.multiply, g, now["rate"], g, help="Δ = η g / (√h + ε)")


def _divide_by_root(tape: Tape, g: Array, squares: Array, root: Array, epsilon: Array) -> None:
    tape.call(np.sqrt, squares, root, help="√v")
    tape.call(np.add, root, epsilon, root, help="√v + ε")
    tape.call(np.divide, g, root, g, help="g / (√v + ε)")


def _decaying_squares(tape: Tape, g: Array, squares: Array, scratch: Array, rho: float) -> None:
    tape.call(np.multiply, g, g, scratch, help="g²")
    tape.call(np.multiply, scratch, tape.constant(1 - rho), scratch, help="(1 - ρ) g²")
    tape.call(np.multiply, squares, tape.constant(rho), squares, help="v = ρ v")
    tape.call(np.add, squares, scratch, squares, help="v = ρ v + (1 - ρ) g²")


@dataclass(frozen=True, kw_only=True)
class Rmsprop(Optimizer):
    name = "rmsprop"
    formula = "v = ρ v + (1 - ρ) g²; w = w - η g / (√v + ε)"
    source = "Tieleman & Hinton 2012, lecture 6.5"
    slots = ("squares",)

    learning_rate: float = field(Number(above=0), default=0.001, help="η, the step size")
    rho: float = field(Number(minimum=0, below=1), default=0.9, help="ρ, decay rate of the squared-gradient average")
    epsilon: float = field(Number(above=0), default=1e-8, help="ε, keeps the division finite")

    def update(self, tape: Tape, g: Array, slots: Slots, now: Slots) -> None:
        v, root = slots["squares"], tape.scratch(g)
        _decaying_squares(tape, g, v, root, self.rho)
        _divide_by_root(tape, g, v, root, tape.constant(self.epsilon))
        tape.call(np.multiply, g, now["rate"], g, help="Δ = η g / (√v + ε)")


@dataclass(frozen=True, kw_only=True)
class Adadelta(Optimizer):
    name = "adadelta"
    formula = "v = ρ v + (1 - ρ) g²; u = g √(s + ε) / √(v + ε); s = ρ s + (1 - ρ) u²; w = w - η u"
    source = "Zeiler 2012, algorithm 1"
    slots = ("squares", "updates")

    learning_rate: float = field(Number(above=0), default=1.0, help="η, the step size")
    rho: float = field(Number(minimum=0, below=1), default=0.9, help="ρ, decay rate of the squared-gradient average")
    epsilon: float = field(Number(above=0), default=1e-6, help="ε, starts the updates")

    def update(self, tape: Tape, g: Array, slots: Slots, now: Slots) -> None:
        v, s, root = slots["squares"], slots["updates"], tape.scratch(g)
        epsilon = tape.constant(self.epsilon)
        _decaying_squares(tape, g, v, root, self.rho)
        tape.call(np.add, v, epsilon, root, help="v + ε")
        tape.call(np.sqrt, root, root, help="√(v + ε)")
        tape.call(np.divide, g, root, g, help="g / √(v + ε)")
        tape.call(np.add, s, epsilon, root, help="s + ε")
        tape.call(np.sqrt, root, root, help="√(s + ε)")
        tape.call(np.multiply, g, root, g, help="u = g √(s + ε) / √(v + ε)")
        _decaying_squares(tape, g, s, root, self.rho)
        tape.call(np.multiply, g, now["rate"], g, help="Δ = η u")


@dataclass(frozen=True, kw_only=True)
class Adam(Optimizer):
    """The moments are kept as m / (1 - β₁) and v / (1 - β₂), which saves two passes over the parameters.

    The factors, the bias corrections and η are folded into two numbers a step: `rate` and `epsilon`.
    """

    name = "adam"
    formula = (
        "m = β₁ m + (1 - β₁) g; v = β₂ v + (1 - β₂) g²; w = w - η m̂ / (√v̂ + ε), m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ)"
    )
    source = "Kingma & Ba 2015, algorithm 1"
    slots = ("first_moment", "second_moment")
    scalars = ("rate", "epsilon")

    learning_rate: float = field(Number(above=0), default=0.001, help="η, the step size")
    beta1: float = field(Number(minimum=0, below=1), default=0.9, help="β₁, decay rate of the gradient average")
    beta2: float = field(
        Number(minimum=0, below=1), default=0.999, help="β₂, decay rate of the squared-gradient average"
    )
    epsilon: float = field(Number(above=0), default=1e-8, help="ε, keeps the division finite")

    def fill(self, now: Slots, first_step: int, rates: Array, memory: Memory) -> Memory:
        t = _times(rates, first_step)
        first = (1 - self.beta1) / (1 - self.beta1**t)
        second = np.sqrt((1 - self.beta2) / (1 - self.beta2**t))
        now["rate"][...] = rates * first / second
        now["epsilon"][...] = self.epsilon / second
        return memory

    def update(self, tape: Tape, g: Array, slots: Slots, now: Slots) -> None:
        m = slots["first_moment"]
        tape.call(np.multiply, m, tape.constant(self.beta1), m, help="m = β₁ m")
        tape.call(np.add, m, g, m, help="m = β₁ m + g")
        _second_moment(tape, g, slots["second_moment"], self.beta2)
        tape.call(np.sqrt, slots["second_moment"], g, help="√v")
        tape.call(np.add, g, now["epsilon"], g, help="√v + ε")
        tape.call(np.divide, m, g, g, help="m / (√v + ε)")
        tape.call(np.multiply, g, now["rate"], g, help="Δ = η m / (√v + ε)")


def _second_moment(tape: Tape, g: Array, v: Array, beta2: float) -> None:
    """v = β₂ v + g²; g is square afterwards."""
    tape.call(np.multiply, g, g, g, help="g²")
    tape.call(np.multiply, v, tape.constant(beta2), v, help="v = β₂ v")
    tape.call(np.add, v, g, v, help="v = β₂ v + g²")


@dataclass(frozen=True, kw_only=True)
class AdamW(Adam):
    """Adam, with weight decay on by default."""

    name = "adamw"
    formula = "w = w - η λ w; then as adam"
    source = "Loshchilov & Hutter 2019, algorithm 2"

    weight_decay: float = field(Number(minimum=0), default=0.01, help="λ, the decoupled decay of the weights")


@dataclass(frozen=True, kw_only=True)
class NAdam(Optimizer):
    """The moments are kept as m / (1 - β₁) and v / (1 - β₂), as in adam."""

    name = "nadam"
    formula = "as adam, with m̂ = μₜ₊₁ m / (1 - Πμ₁…ₜ₊₁) + (1 - μₜ) g / (1 - Πμ₁…ₜ), μₜ = β₁ (1 - ½ 0.96^(tψ))"
    source = "Dozat 2016, algorithm 2"
    slots = ("first_moment", "second_moment")
    scalars = ("momentum_rate", "gradient_rate", "epsilon")

    learning_rate: float = field(Number(above=0), default=0.002, help="η, the step size")
    beta1: float = field(Number(minimum=0, below=1), default=0.9, help="β₁, decay rate of the gradient average")
    beta2: float = field(
        Number(minimum=0, below=1), default=0.999, help="β₂, decay rate of the squared-gradient average"
    )
    epsilon: float = field(Number(above=0), default=1e-8, help="ε, keeps the division finite")
    momentum_decay: float = field(Number(minimum=0), default=0.004, help="ψ, how fast the momentum warms up")

    def initial_memory(self) -> Memory:
        return {"momentum_product": 1.0}

    def _momentum(self, t: Array) -> Array:
        mu: Array = self.beta1 * (1 - 0.5 * 0.96 ** (t * self.momentum_decay))
        return mu

    def fill(self, now: Slots, first_step: int, rates: Array, memory: Memory) -> Memory:
        t = _times(rates, first_step)
        # From the product so far, so that the blocks of a run have no influence on its last bits.
        before = np.full_like(t[:1], memory["momentum_product"])
        product = np.cumprod(np.concatenate((before, self._momentum(t))), axis=0)[1:]
        ahead = self._momentum(t + 1)
        second = np.sqrt((1 - self.beta2) / (1 - self.beta2**t))
        now["momentum_rate"][...] = rates * ahead * (1 - self.beta1) / (1 - product * ahead) / second
        now["gradient_rate"][...] = rates * (1 - self._momentum(t)) / (1 - product) / second
        now["epsilon"][...] = self.epsilon / second
        return {"momentum_product": product[-1].item()}

    def update(self, tape: Tape, g: Array, slots: Slots, now: Slots) -> None:
        m, v = slots["first_moment"], slots["second_moment"]
        ahead = tape.scratch(g)
        tape.call(np.multiply, m, tape.constant(self.beta1), m, help="m = β₁ m")
        tape.call(np.add, m, g, m, help="m = β₁ m + g")
        tape.call(np.multiply, g, now["gradient_rate"], ahead, help="η (1 - μₜ) g / (1 - Πμ)")
        _second_moment(tape, g, v, self.beta2)
        tape.call(np.multiply, m, now["momentum_rate"], g, help="η μₜ₊₁ m / (1 - Πμ)")
        tape.call(np.add, ahead, g, g, help="η m̂")
        tape.call(np.sqrt, v, ahead, help="√v")
        tape.call(np.add, ahead, now["epsilon"], ahead, help="√v + ε")
        tape.call(np.divide, g, ahead, g, help="Δ = η m̂ / (√v + ε)")


OPTIMIZERS: Registry[Optimizer] = Registry(
    "optimizer", Sgd, Momentum, Nesterov, Adagrad, Rmsprop, Adadelta, Adam, AdamW, NAdam
)


def fresh_slots(optimizer: Optimizer, size: int, dtype: Any, stack: tuple[int, ...] = ()) -> dict[str, Array]:
    return {name: np.zeros((*stack, size), dtype) for name in optimizer.slots}
