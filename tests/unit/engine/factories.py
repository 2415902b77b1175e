"""Networks, rows and training runs for the engine's tests, each with only what its test is about spelled out."""

import numpy as np

from service.engine.network import Network
from service.engine.rows import Rows
from service.engine.spec import NetworkSpec
from service.engine.training.spec import TrainingSpec
from service.engine.training.trainer import Trainer


def dense(units, activation="linear", **settings):
    return {"type": "dense", "units": units, "activation": activation, **settings}


def embedding(*columns, **settings):
    """Of columns as (index, categories, size)."""
    keys = ("index", "categories", "size")
    return {"type": "embedding", "columns": [dict(zip(keys, column, strict=True)) for column in columns], **settings}


def a_network(*layers, inputs=3, dtype="float64", **settings):
    return Network(NetworkSpec.from_json({"inputs": inputs, "layers": layers, "dtype": dtype, **settings}))


def a_training(**settings):
    return TrainingSpec.from_json(settings)


def some_values(network, seed=1):
    """Weights that are nowhere zero or alike, biases too; variances stay above zero."""
    return network.initial_values() + np.random.default_rng(seed).uniform(0.1, 0.3, network.size).astype(network.dtype)


def some_rows(network, count=12, *, seed=2, weighted=False):
    """Normal inputs, and targets of the kind that the network's loss wants."""
    generator = np.random.default_rng(seed)
    inputs = generator.normal(size=(count, network.inputs))
    for column, highest in network.codes.items():
        inputs[:, column] = np.random.default_rng([seed, column]).integers(0, highest + 1, count)
    targets = TARGETS[network.spec.loss.targets](generator, (count, network.outputs))
    return Rows.of(network, inputs, targets, generator.uniform(0.5, 2, count) if weighted else None)


TARGETS = {
    "number": lambda generator, shape: generator.normal(size=shape),
    "share": lambda generator, shape: generator.integers(0, 2, shape),
    "distribution": lambda generator, shape: np.eye(shape[1])[generator.integers(0, shape[1], shape[0])],
    "count": lambda generator, shape: generator.poisson(2, shape),
    "sign": lambda generator, shape: generator.choice([-1, 1], shape),
}


def a_trainer(network, rows, *, values=None, validation=None, state=None, interrupt=None, **settings):
    training = a_training(**settings)
    return Trainer(network, training, rows, validation=validation, values=values, state=state, interrupt=interrupt)


def train(network, rows, **settings):
    """Run to the end; return the trainer and all reports."""
    trainer = a_trainer(network, rows, **settings)
    return trainer, list(trainer.epochs())


def same_bits(a, b):
    """Whether two arrays hold the same bits; NaN equals itself here, and 0 is not -0."""
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
