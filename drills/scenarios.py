"""Trainings that are worth disturbing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from drills.deployment import Deployment

_CHANCE = np.random.default_rng(1)
_INPUTS = _CHANCE.normal(size=(240, 8)).round(3)
_DATA = {"inputs": _INPUTS.tolist(), "targets": [[int(value > 0)] for value in _INPUTS[:, :3].prod(axis=1)]}
#: Dropout, batch norm, Adam, shuffled batches, a schedule that remembers: all of it must be restored bit by bit.
_NETWORK = {
    "inputs": 8,
    "seed": 5,
    "loss": "binary_cross_entropy",
    "layers": [
        {"type": "dense", "units": 24, "activation": "tanh"},
        {"type": "batch_norm"},
        {"type": "dropout", "drop_rate": 0.2},
        {"type": "dense", "units": 1, "activation": "sigmoid"},
    ],
}
_TRAINING = {
    "data": _DATA,
    "start_from": "initial",
    "batch_size": 16,
    "seed": 3,
    "metrics": ["accuracy"],
    "validation": {"fraction": 0.25},
}


@dataclass(frozen=True)
class Scenario:
    """One training, always bit-identical for the same number of epochs."""

    name: str
    epochs: int
    options: dict[str, Any]

    @property
    def body(self) -> dict[str, Any]:
        return {**_TRAINING, **self.options, "network": "drilled", "epochs": self.epochs}

    def shortened(self, share: float) -> Scenario:
        return replace(self, epochs=max(2, round(self.epochs * share)))


PLATEAU = {"schedule": {"type": "plateau", "monitor": "val_loss", "patience": 40}}
#: At a pace, so that it lasts long enough to be disturbed on a fast machine too.
STEADY = Scenario(
    "steady", 1500, {"optimizer": {"type": "adam", "learning_rate": 0.002}, **PLATEAU, "epochs_per_second": 300}
)
KEEPING = Scenario("keeping", 900, {"optimizer": {"type": "momentum"}, "snapshots": {"every": 100, "keep": 3}})
SHORT = Scenario("short", 60, {"optimizer": {"type": "adam"}})
TINY = Scenario("tiny", 2, {"optimizer": {"type": "sgd"}})
#: Only a request or a fault ends it.
ENDLESS = Scenario("endless", 1_000_000, {"optimizer": {"type": "sgd"}})


def make_network(deployment: Deployment) -> None:
    """Every course starts from its initial weights."""
    deployment.post("/networks", {"name": "drilled", **_NETWORK})


def submit(deployment: Deployment, scenario: Scenario) -> str:
    job_id: str = deployment.post("/train", scenario.body)["id"]
    return job_id
