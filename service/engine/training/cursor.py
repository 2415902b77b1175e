"""Where one network's run is: what moves on from step to step, besides its vectors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from service.engine.optimizers import Memory
from service.engine.tape import Call, shuffle
from service.engine.training.spec import TrainingSpec


@dataclass
class Cursor:
    step: int
    memory: Memory  #: the optimizer's
    order_generator: np.random.Generator
    generators: list[np.random.Generator]  #: of dropout, one per thread

    @classmethod
    def at_start(cls, spec: TrainingSpec, threads: int) -> Cursor:
        generators = [np.random.default_rng([spec.seed, 1 + thread]) for thread in range(threads)]
        return cls(0, spec.optimizer.initial_memory(), np.random.default_rng([spec.seed, 0]), generators)

    def shuffle(self, order: np.ndarray[Any, np.dtype[np.intp]], first: int = 0) -> Call:
        """What puts the rows from `first` on in the order of the next epoch."""
        return Call(shuffle, (self.order_generator, first, order), "", "order of the rows")

    def to_json(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "optimizer": dict(self.memory),
            "order_generator": generator_state(self.order_generator),
            "generators": [generator_state(generator) for generator in self.generators],
        }

    def restore(self, numbers: Mapping[str, Any]) -> None:
        self.step, self.memory = numbers["step"], numbers["optimizer"]
        self.order_generator.bit_generator.state = numbers["order_generator"]
        for generator, kept in zip(self.generators, numbers["generators"], strict=True):
            generator.bit_generator.state = kept


def generator_state(generator: np.random.Generator) -> dict[str, Any]:
    return dict(generator.bit_generator.state)
