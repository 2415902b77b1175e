"""Times eight members against one network: `python -m benchmarks.members [--threads 1 2]`.

Members have the layers and the training of a proposal for so many rows; the network alone is as it was proposed before
ensembles were, and waits half of its epochs for a better one. Each member has validation rows of its own and
stops early by itself, so a table says how many epochs all members trained together. Best of some repeats, in turns.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from service.engine.network import Network
from service.engine.rows import Rows
from service.engine.spec import NetworkSpec
from service.engine.training.ensemble import EnsembleTrainer, MemberRows
from service.engine.training.spec import TrainingSpec
from service.engine.training.trainer import Trainer

MEMBERS = 8
#: (rows, inputs, classes)
TABLES = ((178, 13, 3), (569, 30, 2), (1797, 64, 10))
ALONE, OF_MEMBER = ((256, 128), 0.3), ((128, 64), 0.1)


def hidden(all_units: tuple[int, ...], drop_rate: float) -> list[dict[str, Any]]:
    return [
        layer
        for units in all_units
        for layer in (
            {"type": "dense", "units": units, "activation": "relu", "l2": 1e-3},
            {"type": "dropout", "drop_rate": drop_rate},
        )
    ]


@dataclass(frozen=True)
class Table:
    inputs: np.ndarray
    targets: np.ndarray

    @classmethod
    def drawn(cls, rows: int, inputs: int, classes: int) -> Table:
        generator = np.random.default_rng(1)
        x = generator.normal(size=(rows, inputs))
        scores = x @ generator.normal(size=(inputs, classes)) + generator.normal(size=(rows, classes))
        return cls(x, np.eye(classes)[scores.argmax(axis=1)])

    def network(self, members: int) -> Network:
        classes = self.targets.shape[1]
        output = {"type": "dense", "units": classes, "activation": "softmax", "l2": 1e-3}
        layers = hidden(*(ALONE if members == 1 else OF_MEMBER))
        spec = {"inputs": self.inputs.shape[1], "layers": [*layers, output], "loss": "cross_entropy"}
        return Network(NetworkSpec.from_json(spec | {"members": members}))

    def parts(self, network: Network, turn: int) -> MemberRows:
        """Another tenth of the rows validates in every turn."""
        held = len(self.inputs) // 10
        order = np.roll(np.random.default_rng(2).permutation(len(self.inputs)), -turn * held)
        training, validation = (
            Rows.of(network, self.inputs[part], self.targets[part]) for part in (order[held:], order[:held])
        )
        return MemberRows(training, validation)


def training(members: int) -> TrainingSpec:
    return TrainingSpec.from_json(
        {
            "epochs": 150,
            "schedule": "cosine",
            "metrics": ["accuracy"],
            "early_stopping": {"patience": 75 if members == 1 else 25},
        }
    )


def one(table: Table) -> Trainer:
    network = table.network(1)
    rows = table.parts(network, 0)
    return Trainer(network, training(1), rows.training, validation=rows.validation)


def ensemble(table: Table, threads: int) -> EnsembleTrainer:
    network = table.network(MEMBERS)
    rows = [table.parts(network.members[0], turn) for turn in range(MEMBERS)]
    return EnsembleTrainer(network, training(MEMBERS), rows, threads=threads)


def seconds(make: Callable[[], Trainer | EnsembleTrainer]) -> tuple[float, int]:
    """How long it trains, and how many epochs all of its networks."""
    start = time.perf_counter()
    trainer = make()
    for _ in trainer.groups():
        pass
    taken = time.perf_counter() - start
    return taken, sum(member.epoch for member in getattr(trainer, "members", [trainer]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--repeats", type=int, default=4)
    options = parser.parse_args()
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        # As in a job, whose own threads share out the work; the library reads it when it is loaded.
        environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
        os.execve(sys.executable, [sys.executable, "-m", "benchmarks.members", *sys.argv[1:]], environment)
    titles = [f"{MEMBERS} members, {threads} threads" for threads in options.threads]
    print(f"| rows | epochs of one | of all members | one, s | {' | '.join(titles)} |")
    print(f"| --- |{' --- |' * (3 + len(titles))}")
    for shape in TABLES:
        table = Table.drawn(*shape)
        made: list[Callable[[], Trainer | EnsembleTrainer]]
        made = [partial(one, table), *(partial(ensemble, table, threads) for threads in options.threads)]
        runs = [[seconds(make) for make in made] for _ in range(options.repeats)]
        best = [min(column) for column in zip(*runs, strict=True)]
        alone = best[0][0]
        cells = [f"{taken:.2f} ({taken / alone:.1f})" for taken, _ in best[1:]]
        print(f"| {shape[0]} | {best[0][1]} | {best[1][1]} | {alone:.2f} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
