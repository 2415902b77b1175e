"""The engine of this project, through the same door every user has: `Trainer`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.settings import LEARNING_RATE, Setting, dense_layers
from service.engine.executors import choice
from service.engine.network import Network
from service.engine.rows import Rows
from service.engine.spec import NetworkSpec
from service.engine.training import tracker as training
from service.engine.training.spec import TrainingSpec
from service.engine.training.stackable import Training
from service.engine.training.stacked import StackedTrainer
from service.engine.training.trainer import Trainer

ENDLESS = 100_000_000
STACK = 64

OUTPUTS = {
    "binary": ("sigmoid", "binary_cross_entropy"),
    "classes": ("softmax", "cross_entropy"),
    "value": ("linear", "half_squared_error"),
}


def network_spec(setting: Setting, seed: int = 0) -> NetworkSpec:
    output, loss = OUTPUTS[setting.task]
    layers = dense_layers(setting.widths, setting.hidden, output)
    return NetworkSpec.from_json({"inputs": setting.widths[0], "layers": layers, "loss": loss, "seed": seed})


def training_spec(setting: Setting, optimizer: str, threads: int, metrics: Iterable[str] = ()) -> TrainingSpec:
    return TrainingSpec.from_json(
        {
            "epochs": ENDLESS,
            "batch_size": setting.batch_size,
            "optimizer": {"type": optimizer, "learning_rate": LEARNING_RATE},
            "threads": threads,
            "metrics": list(metrics),
        }
    )


def trainer(setting: Setting, optimizer: str, threads: int, metrics: Iterable[str] = ()) -> Trainer:
    network = Network(network_spec(setting))
    tensors = {
        f"dense_{number}.{name}": array
        for number, layer in enumerate(setting.start(), start=1)
        for name, array in zip(("weights", "biases"), layer, strict=True)
    }
    rows = Rows.of(network, *setting.data())
    spec = training_spec(setting, optimizer, threads, metrics)
    return Trainer(network, spec, rows, values=network.from_tensors(tensors))


class Ours:
    metrics: tuple[str, ...] = ()

    def __init__(self, setting: Setting, optimizer: str, threads: int) -> None:
        self._reports = trainer(setting, optimizer, threads, self.metrics).epochs()

    def epochs(self, count: int) -> float:
        for _ in range(count):
            report = next(self._reports)
        return report.loss


class OursInPython(Ours):
    """With the Python executor."""

    def __init__(self, setting: Setting, optimizer: str, threads: int) -> None:
        choice.choose("python")
        super().__init__(setting, optimizer, threads)


class OursWithAccuracy(Ours):
    metrics = ("accuracy",)


class OursWithoutLooks(Ours):
    """Without the per-layer diagnostics, which cannot be switched off otherwise: what is left is what they cost."""

    def __init__(self, *settings: Any) -> None:
        training.STEPS_BETWEEN_LOOKS = 10**12
        super().__init__(*settings)


class OursStacked:
    """As many networks as `STACK`, each from its own seed, with its own order of the rows."""

    orders: Sequence[int] = range(STACK)

    def __init__(self, setting: Setting, optimizer: str, threads: int) -> None:
        networks = [Network(network_spec(setting, seed)) for seed in range(STACK)]
        rows, spec = Rows.of(networks[0], *setting.data()), training_spec(setting, optimizer, threads)
        self._reports = StackedTrainer(
            [
                Training(network=network, spec=replace(spec, seed=seed), rows=rows)
                for seed, network in zip(self.orders, networks, strict=True)
            ]
        ).epochs()

    def epochs(self, count: int) -> float:
        for _ in range(count):
            reports = next(self._reports)
        return float(np.mean([report.loss for report in reports.values()]))


class OursStackedAlike(OursStacked):
    """All with one order of the rows."""

    orders = [0] * STACK
