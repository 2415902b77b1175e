"""Learning rate schedules: every schedule is a factor on the base rate, a pure function of the step.

Times are in epochs, so that a schedule means the same for every batch size, and are rounded to whole steps. With
`warmup_epochs` the factor first rises linearly from `warmup_start` to the schedule's own start; the schedule itself
begins after that, at its own step 0, and covers the rest of the run. With a warm-up from 0, the first step changes
nothing.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from service.engine.arrays import Floats
from service.schema.fields import Registry, Spec, field
from service.schema.rules import Integer, Number, Text

Memory: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Schedule(Spec):
    """Base of all schedules; a subclass implements `_proper`, the factor without the warm-up."""

    warmup_epochs: float = field(Number(minimum=0), default=0.0, help="epochs of linear warm-up before the schedule")
    warmup_start: float = field(Number(minimum=0, maximum=1), default=0.0, help="factor of the first warm-up step")

    @property
    def monitored(self) -> str | None:
        """The metric that `after_epoch` needs, or None if the schedule monitors none."""
        return None

    def initial_memory(self) -> dict[str, Any]:
        """The schedule's memory before the first epoch, as JSON data."""
        return {}

    def after_epoch(self, memory: Memory, value: float) -> dict[str, Any]:
        """The memory after an epoch whose monitored metric was `value`; lower is better, so negate an accuracy."""
        return dict(memory)

    def factors(self, first_step: int, count: int, *, steps_per_epoch: int, epochs: int, memory: Memory) -> Floats:
        """Factors on the base learning rate for the global steps first_step, first_step + 1, … counted from 0.

        Shape (count,). `epochs` is the length of the whole run, the warm-up included.
        """
        warmup = round(self.warmup_epochs * steps_per_epoch)
        rest = max(epochs * steps_per_epoch - warmup, 1)
        steps = np.arange(first_step - warmup, first_step - warmup + count, dtype=np.float64)
        if first_step >= warmup:
            return self._proper(steps, steps_per_epoch, rest, memory)
        warming = 1.0 + (1.0 - self.warmup_start) * np.minimum(steps, 0.0) / warmup
        return warming * self._proper(np.maximum(steps, 0.0), steps_per_epoch, rest, memory)

    @abstractmethod
    def _proper(self, steps: Floats, steps_per_epoch: int, length: int, memory: Memory) -> Floats:
        """Factors for `steps` (0-based, after the warm-up) of a run that has `length` steps left."""


@dataclass(frozen=True, kw_only=True)
class Constant(Schedule):
    name = "constant"
    formula = "1"
    source = "Robbins & Monro 1951 with a fixed step"

    def _proper(self, steps: Floats, steps_per_epoch: int, length: int, memory: Memory) -> Floats:
        return np.ones(len(steps))


@dataclass(frozen=True, kw_only=True)
class Step(Schedule):
    name = "step"
    formula = "factor^floor(epoch / every_epochs)"
    source = "Krizhevsky et al. 2012, section 5; as in He et al. 2016, section 3.4"

    every_epochs: float = field(Number(above=0), default=10.0, help="epochs between two drops")
    factor: float = field(Number(above=0, maximum=1), default=0.1, help="factor of each drop")

    def _proper(self, steps: Floats, steps_per_epoch: int, length: int, memory: Memory) -> Floats:
        return self.factor ** np.floor(steps / whole_steps(self.every_epochs, steps_per_epoch))


@dataclass(frozen=True, kw_only=True)
class Exponential(Schedule):
    name = "exponential"
    formula = "factor^epoch, where epoch may be fractional"
    source = "Senior et al. 2013, An empirical study of learning rates for deep neural networks"

    factor: float = field(Number(above=0, maximum=1), default=0.95, help="factor per epoch")

    def _proper(self, steps: Floats, steps_per_epoch: int, length: int, memory: Memory) -> Floats:
        return self.factor ** (steps / steps_per_epoch)


@dataclass(frozen=True, kw_only=True)
class Cosine(Schedule):
    name = "cosine"
    formula = "min_factor + (1 - min_factor) (1 + cos(π t)) / 2, t from 0 to 1"
    source = "Loshchilov & Hutter 2017, equation 5, without restarts"

    decay_epochs: float | None = field(Number(above=0), default=None, help="epochs of decay; null: until the run ends")
    min_factor: float = field(Number(minimum=0, maximum=1), default=0.0, help="factor at the end of the decay")

    def _proper(self, steps: Floats, steps_per_epoch: int, length: int, memory: Memory) -> Floats:
        decay = length if self.decay_epochs is None else whole_steps(self.decay_epochs, steps_per_epoch)
        return annealed(1.0, self.min_factor, share(steps, 0, decay))


@dataclass(frozen=True, kw_only=True)
class OneCycle(Schedule):
    name = "one_cycle"
    formula = "cosine from 1/div_factor up to 1, then down to 1/(div_factor final_div_factor)"
    source = "Smith & Topin 2018, Super-convergence; cosine in place of the paper's linear legs"

    pct_start: float = field(
        Number(minimum=0, maximum=1), default=0.3, help="fraction of the run during which the rate rises"
    )
    div_factor: float = field(Number(minimum=1), default=25.0, help="peak rate divided by initial rate")
    final_div_factor: float = field(Number(minimum=1), default=1e4, help="initial rate divided by final rate")

    def _proper(self, steps: Floats, steps_per_epoch: int, length: int, memory: Memory) -> Floats:
        start = 1.0 / self.div_factor
        peak, last = max(self.pct_start * length - 1, 0), length - 1
        rising = annealed(start, 1.0, share(steps, 0, peak))
        falling = annealed(1.0, start / self.final_div_factor, share(steps, peak, last))
        return np.where(steps < peak, rising, falling)


@dataclass(frozen=True, kw_only=True)
class Polynomial(Schedule):
    name = "polynomial"
    formula = "min_factor + (1 - min_factor) (1 - t)^power, t from 0 to 1"
    source = "Liu et al. 2015, ParseNet (the poly policy); power 1 is linear decay"

    power: float = field(Number(above=0), default=1.0, help="1 is linear; larger values decay faster at first")
    decay_epochs: float | None = field(Number(above=0), default=None, help="epochs of decay; null: until the run ends")
    min_factor: float = field(Number(minimum=0, maximum=1), default=0.0, help="factor at the end of the decay")

    def _proper(self, steps: Floats, steps_per_epoch: int, length: int, memory: Memory) -> Floats:
        decay = length if self.decay_epochs is None else whole_steps(self.decay_epochs, steps_per_epoch)
        return self.min_factor + (1.0 - self.min_factor) * (1.0 - share(steps, 0, decay)) ** self.power


@dataclass(frozen=True, kw_only=True)
class Plateau(Schedule):
    name = "plateau"
    formula = "times factor after more than `patience` epochs without an improvement of min_delta, down to min_factor"
    source = "Bottou 2012, Stochastic gradient descent tricks; as torch ReduceLROnPlateau (threshold abs)"

    monitor: str = field(Text(80), default="val_loss", help="metric to monitor")
    factor: float = field(Number(above=0, below=1), default=0.1, help="factor of each reduction")
    patience: int = field(Integer(minimum=0), default=10, help="epochs without improvement to tolerate")
    min_delta: float = field(Number(minimum=0), default=1e-4, help="smallest change that counts as an improvement")
    min_factor: float = field(Number(minimum=0, maximum=1), default=0.0, help="lower bound of the factor")

    @property
    def monitored(self) -> str:
        return self.monitor

    def initial_memory(self) -> dict[str, Any]:
        return {"factor": 1.0, "best": None, "waited": 0}

    def after_epoch(self, memory: Memory, value: float) -> dict[str, Any]:
        best = memory["best"]
        if math.isfinite(value) and (best is None or value < best - self.min_delta):
            return {**memory, "best": float(value), "waited": 0}
        if memory["waited"] < self.patience:
            return {**memory, "waited": memory["waited"] + 1}
        return {**memory, "factor": max(memory["factor"] * self.factor, self.min_factor), "waited": 0}

    def _proper(self, steps: Floats, steps_per_epoch: int, length: int, memory: Memory) -> Floats:
        return np.full_like(steps, memory["factor"])


def whole_steps(epochs: float, steps_per_epoch: int) -> int:
    return max(round(epochs * steps_per_epoch), 1)


def share(steps: Floats, start: float, end: float) -> Floats:
    """Position of each step from start (0) to end (1), clipped to both; 1 everywhere if end is not after start."""
    if end <= start:
        return np.ones(len(steps))
    return np.clip((steps - start) / (end - start), 0.0, 1.0)


def annealed(start: float, end: float, t: Floats) -> Floats:
    """Half a cosine from start (t = 0) to end (t = 1)."""
    return end + (start - end) * (1.0 + np.cos(np.pi * t)) / 2.0


SCHEDULES: Registry[Schedule] = Registry("schedule", Constant, Step, Exponential, Cosine, OneCycle, Polynomial, Plateau)
