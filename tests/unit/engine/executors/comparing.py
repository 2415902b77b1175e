"""Runs the same thing on both executors. `python -m tests.unit.engine.executors.comparing` compares the catalogue and
prints what differs, for a process with other libraries or processor features."""

from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from service.engine.activations.table import ACTIVATIONS
from service.engine.clipping import CLIPPINGS
from service.engine.executors import choice
from service.engine.executors.native.compiler import Unavailable
from service.engine.executors.native.selftest import tested
from service.engine.losses.table import LOSSES
from service.engine.network import Network
from service.engine.optimizers import OPTIMIZERS
from service.engine.spec import NetworkSpec
from service.engine.training.stackable import Training
from service.engine.training.stacked import StackedTrainer
from tests.unit.engine.factories import a_network, a_training, dense, embedding, some_rows, train

EXECUTORS = ("python", "native")
OUTPUTS = {"cross_entropy": "softmax", "binary_cross_entropy": "sigmoid", "poisson": "softplus", "hinge": "tanh"}


def why_not():
    """Why there is no native executor here, or nothing."""
    try:
        tested()
    except Unavailable as error:
        return str(error)
    return ""


@contextmanager
def executor(name):
    choice.choose(name)
    try:
        yield
    finally:
        choice.choose("auto")


def layers():
    """The hidden layers of each entry of the catalogue, and of its options."""
    yield from ((name, [dense(5, name)]) for name in ACTIVATIONS)
    yield "one unit", [dense(1, "tanh"), dense(1)]
    yield "no bias", [dense(5, "relu", bias=False)]
    yield "frozen bias", [dense(5, "relu", train_bias=False)]
    yield "regularised", [dense(5, "tanh", l1=0.01, l2=0.1, max_norm=0.5)]
    yield "batch_norm", [dense(5, "relu"), {"type": "batch_norm"}]
    yield "layer_norm", [dense(5, "relu"), {"type": "layer_norm"}]
    yield "normalised inputs", [{"type": "layer_norm"}, {"type": "batch_norm"}]
    yield "activation", [dense(5), {"type": "activation", "activation": "gelu"}]
    yield "dropout", [dense(5, "relu"), {"type": "dropout", "drop_rate": 0.4}]
    yield "residual", [dense(5, "relu"), {"type": "residual", "layers": [dense(4, "relu"), dense(5)]}]
    yield "embedding", [embedding((0, 3, 2), (2, 4, 3)), dense(5, "relu")]


LAYERS = dict(layers())


def network_of(hidden, *, loss="mean_squared_error", **settings):
    return a_network(*hidden, dense(2, OUTPUTS.get(loss, "linear")), loss=loss, **settings)


def both(run):
    """What `run` returns on each executor."""
    results = []
    for name in EXECUTORS:
        with executor(name):
            results.append(run())
    return results


def trained(hidden, *, weighted=False, count=27, loss="mean_squared_error", dtype="float32", **settings):
    """Weights, slots and reports of a short run."""
    network = network_of(hidden, loss=loss, dtype=dtype)
    trainer, reports = train(
        network, some_rows(network, count, weighted=weighted), **{"epochs": 3, "batch_size": 8} | settings
    )
    return {name: array.tobytes() for name, array in trainer.state().to_arrays().items()}, repr(reports)


def stacked(hidden, *, dtype="float32", loss="mean_squared_error", weighted=False, count=27, **settings):
    """Weights and reports of three networks trained together."""
    own = [*hidden, dense(2, OUTPUTS.get(loss, "linear"))]
    spec = {"inputs": 3, "layers": own, "dtype": dtype, "loss": loss}
    trainings = []
    for seed, rate in enumerate((0.001, 0.01, 0.1)):
        network = Network(NetworkSpec.from_json(spec | {"seed": seed}))
        training = a_training(**{"epochs": 3, "batch_size": 8, "seed": seed} | settings)
        training = replace(training, optimizer=replace(training.optimizer, learning_rate=rate))
        rows = some_rows(network, count + seed, seed=seed, weighted=weighted)
        trainings.append(Training(network=network, spec=training, rows=rows))
    trainer = StackedTrainer(trainings)
    reports = repr(list(trainer.epochs()))
    return [one.values.tobytes() for one in trainer.networks], reports


def settings_of(number):
    """Other options for each number, so that many cases together meet most pairs of them."""
    clippings = [None, *({"type": name, "limit": 0.05} for name in CLIPPINGS)]
    return {
        "batch_size": (8, 1, "full", 5)[number % 4],
        "weighted": number % 3 == 0,
        "clipping": clippings[number % len(clippings)],
        "schedule": ("constant", "one_cycle")[number // 2 % 2],
    }


def catalogue():
    """(about, hidden layers, settings) of every layer with every optimizer, and every loss."""
    number = 0
    for about, hidden in LAYERS.items():
        for optimizer in OPTIMIZERS:
            number += 1
            yield f"{about}, {optimizer}", hidden, settings_of(number) | {"optimizer": optimizer}
    for loss in LOSSES:
        number += 1
        yield loss, [dense(5, "relu")], settings_of(number) | {"loss": loss}


def differences(dtype, *, every=1):
    """The cases of the catalogue whose bytes differ."""
    for number, (about, hidden, settings) in enumerate(catalogue()):
        if number % every == 0:
            python, native = both(lambda h=hidden, s=settings: trained(h, dtype=dtype, **s))
            if python != native:
                yield about


def main():
    print(np.lib.introspect.opt_func_info("^(sqrt|exp|maximum)$", "float32"))
    for dtype in ("float32", "float64"):
        for about in differences(dtype, every=7):
            print(f"DIFFERS {dtype} {about}")


if __name__ == "__main__":
    main()
