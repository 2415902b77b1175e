"""Trainings in which nothing is wrong."""

import csv
from pathlib import Path

import numpy as np
import pytest

from tests.unit.jobs.findings.trainings import dense, findings_of, one_hot, table_findings_of

PENGUINS = Path(__file__).parents[4] / "service" / "demo" / "penguins.csv"
FAST = {"type": "adam", "learning_rate": 0.01}


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def xor():
    adam = {"type": "adam", "learning_rate": 0.05}
    layers = [dense(8, "tanh"), dense(1, "sigmoid")]
    return findings_of(
        [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], layers, loss="binary_cross_entropy", optimizer=adam, epochs=300
    )


def cheese():
    """The README's first network."""
    rows = [[0.2, 0.9], [0.1, 0.1], [0.2, 0.4], [0.2, 0.5], [0.4, 0.5], [0.3, 0.8]]
    layers = [dense(3, "sigmoid"), dense(1, "sigmoid")]
    adam = {"type": "adam", "learning_rate": 0.05}
    return findings_of(
        rows,
        [1, 0, 0, 0, 1, 1],
        layers,
        loss="binary_cross_entropy",
        labels=("dislike", "like"),
        features=("fat", "salt"),
        batch_size=32,
        optimizer=adam,
        epochs=500,
    )


def penguins():
    """The README's table, with the network and the epochs it proposes."""
    with PENGUINS.open() as file:
        rows = list(csv.DictReader(file))
    inputs = [
        *({"name": name, "type": "number", "impute": "median"} for name in rows[0] if name.endswith(("_mm", "_g"))),
        {"name": "island", "type": "category", "categories": ["Biscoe", "Dream", "Torgersen"]},
    ]
    target = {"name": "species", "type": "category", "categories": ["Adelie", "Chinstrap", "Gentoo"]}
    known = [{name: row[name] for name in (*(one["name"] for one in inputs), "species")} for row in rows]
    layers = [
        dense(256, "relu", l2=1e-3),
        {"type": "dropout", "drop_rate": 0.3},
        dense(128, "relu", l2=1e-3),
        {"type": "dropout", "drop_rate": 0.3},
        dense(3, "softmax", l2=1e-3),
    ]
    return table_findings_of(
        known,
        {"inputs": inputs, "target": target},
        layers,
        loss="cross_entropy",
        validation={"fraction": 0.2, "stratified": True},
        epochs=40,
        batch_size=32,
    )


def on_shuffled(x, y, **more):
    order = np.random.default_rng(0).permutation(len(x))
    layers = [dense(16, "relu"), dense(y.shape[1], "softmax")]
    return findings_of(
        x[order], y[order], layers, loss="cross_entropy", held_out=len(x) // 5, batch_size=32, epochs=40, **more
    )


def digits():
    sets = pytest.importorskip("sklearn.datasets")
    found = sets.load_digits()
    return on_shuffled(found.data / 16, one_hot(found.target, 10))


def noisy_line():
    x = numbers(300, 3)
    y = x @ [1, -2, 0.5] + numbers(300, seed=1)
    return findings_of(x, y, [dense(8, "tanh"), dense(1)], optimizer=FAST, held_out=80, epochs=60, batch_size=32)


def very_noisy_line():
    """Only a third of the variance can be explained."""
    x = numbers(500, 3)
    y = x[:, 0] + 1.4 * numbers(500, seed=1)
    return findings_of(x, y, [dense(4, "tanh"), dense(1)], optimizer=FAST, held_out=120, epochs=30, batch_size=32)


def imbalanced():
    """One row in twenty is of the other class, and can be told."""
    x = numbers(1000, 3)
    y = (x[:, 0] + 0.1 * numbers(1000, seed=1) > 1.65).astype(int)
    layers = [dense(8, "tanh"), dense(1, "sigmoid")]
    return findings_of(
        x, y, layers, loss="binary_cross_entropy", labels=("ok", "fraud"), optimizer=FAST, held_out=250, batch_size=32
    )


def balanced_weights():
    """A hard, rare class, weighted: the accuracy is below that of the naive answer, yet the network ranks well."""
    x = numbers(1000, 3)
    y = (x[:, 0] + numbers(1000, seed=1) > 2).astype(int)
    x, y = np.concatenate([x, *[x[y == 1]] * 8]), np.concatenate([y, *[y[y == 1]] * 8])
    layers = [dense(4, "tanh"), dense(1, "sigmoid")]
    return findings_of(x, y, layers, loss="binary_cross_entropy", optimizer=FAST, epochs=30, batch_size=32)


def spiral():
    angle = np.linspace(0.5, 3 * np.pi, 100)
    arm = np.stack([angle * np.cos(angle), angle * np.sin(angle)], axis=1) / 10
    layers = [dense(24, "tanh"), dense(24, "tanh"), dense(1, "sigmoid")]
    return findings_of(
        np.concatenate([arm, -arm]),
        np.repeat([0, 1], 100),
        layers,
        loss="binary_cross_entropy",
        optimizer=FAST,
        epochs=300,
        batch_size=32,
    )


def sine():
    x = np.linspace(-1, 1, 200)
    return findings_of(x, np.sin(3 * x), [dense(16, "tanh"), dense(1)], optimizer=FAST, epochs=200, batch_size=32)


def friedman():
    x = np.random.default_rng(0).uniform(size=(600, 5))
    y = 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2 + 10 * x[:, 3] + 5 * x[:, 4]
    y = (y - y.mean()) / y.std()
    return findings_of(
        x * 2 - 1, y, [dense(32, "relu"), dense(1)], optimizer=FAST, held_out=150, epochs=60, batch_size=32
    )


def stopped_in_time():
    """It would overfit, but early stopping keeps the best weights."""
    x = numbers(200, 5)
    y = x[:, 0] + x[:, 1] + 0.7 * numbers(200, seed=1)
    stopping = {"patience": 10, "restore_best": True}
    layers = [dense(32, "relu"), dense(1)]
    return findings_of(x, y, layers, optimizer=FAST, held_out=60, epochs=200, batch_size=32, early_stopping=stopping)


def normalised():
    """batch_norm with large batches, on inputs that nobody scaled."""
    x = numbers(300, 3) * 500 + 1000
    layers = [
        {"type": "batch_norm"},
        dense(8),
        {"type": "batch_norm"},
        {"type": "activation", "activation": "relu"},
        dense(1),
    ]
    return findings_of(x, (x[:, 0] - x[:, 1]) / 500, layers, optimizer=FAST, held_out=60, epochs=150, batch_size=48)


def counts():
    x = numbers(400, 2)
    y = np.random.default_rng(1).poisson(np.exp(0.8 * x[:, 0] + 0.3))
    layers = [dense(8, "tanh"), dense(1, "softplus")]
    return findings_of(x, y, layers, loss="poisson", optimizer=FAST, held_out=100, epochs=40, batch_size=32)


def several_labels():
    x = numbers(400, 4)
    y = (x[:, :3] + 0.3 * numbers(400, 3, seed=1) > 0).astype(int)
    layers = [dense(16, "tanh"), dense(3, "sigmoid")]
    return findings_of(
        x, y, layers, loss="binary_cross_entropy", optimizer=FAST, held_out=100, epochs=40, batch_size=32
    )


def autoencoder():
    x = numbers(300, 2) @ numbers(2, 6, seed=3)
    return findings_of(x, x, [dense(2, "linear"), dense(6)], optimizer=FAST, held_out=60, epochs=150, batch_size=32)


def hinge():
    x = numbers(300, 3)
    y = np.where(x[:, 0] + x[:, 1] > 0, 1, -1)
    return findings_of(
        x, y, [dense(8, "tanh"), dense(1)], loss="hinge", optimizer=FAST, held_out=80, epochs=40, batch_size=32
    )


HEALTHY = (
    xor,
    cheese,
    penguins,
    digits,
    noisy_line,
    very_noisy_line,
    imbalanced,
    balanced_weights,
    spiral,
    sine,
    friedman,
    stopped_in_time,
    normalised,
    counts,
    several_labels,
    autoencoder,
    hinge,
)
