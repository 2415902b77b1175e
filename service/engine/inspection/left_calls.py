"""Which calls of the catalogue's parts the native executor leaves to Python."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from service.engine.activations.table import ACTIVATIONS
from service.engine.clipping import CLIPPINGS
from service.engine.executors.native.selftest import tested
from service.engine.losses.table import LOSSES
from service.engine.network import Network
from service.engine.optimizers import OPTIMIZERS, fresh_slots
from service.engine.spec import NetworkSpec
from service.engine.training.block import Block, Vectors
from service.engine.training.plan import Plan
from service.engine.training.spec import TrainingSpec

ROWS, INPUTS, UNITS = 8, 4, 3
LAYERS: dict[str, dict[str, Any]] = {
    "batch_norm": {},
    "layer_norm": {},
    "dropout": {"drop_rate": 0.5},
    "embedding": {"columns": [{"index": 1, "categories": 5, "size": 2}]},
    "residual": {"layers": [{"type": "layer_norm"}]},
}
PENALTIES: dict[str, Any] = {"l1": 0.1, "l2": 0.1}


def left_calls() -> dict[str, list[str]]:
    """What the calls compute that Python makes, by the part that writes them; parts without such calls are left out.
    Raises Unavailable where there is no native executor."""
    executor = tested()
    return {name: calls for name, spec, training in _cases() if (calls := _left(executor, spec, training))}


def _cases() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for activation in ACTIVATIONS:
        yield activation, _network(activation=activation), {}
    for loss in LOSSES:
        yield loss, _network() | {"loss": loss}, {}
    for optimizer in OPTIMIZERS:
        yield optimizer, _network(), {"optimizer": optimizer}
    for clipping in CLIPPINGS:
        yield f"clipping by {clipping}", _network(), {"clipping": {"type": clipping, "limit": 0.1}}
    for layer, settings in LAYERS.items():
        yield layer, _network({"type": layer, **settings}), {}
    yield "l1 and l2", _network(**PENALTIES), {}
    yield "max_norm", _network(max_norm=1.0), {}
    yield "train_bias", _network(train_bias=False), {}


def _network(*first: dict[str, Any], **settings: Any) -> dict[str, Any]:
    dense = {"type": "dense", "units": UNITS}
    return {"inputs": INPUTS, "layers": [*first, dense | settings, dense | {"units": 2}], "loss": "mean_squared_error"}


def _left(executor: Any, spec: dict[str, Any], settings: dict[str, Any]) -> list[str]:
    network, training = Network(NetworkSpec.from_json(spec)), TrainingSpec.from_json(settings)
    threads = training.threads
    vectors = Vectors(
        network.initial_values(),
        tuple(np.zeros(network.parameter_count, network.dtype) for _ in range(threads)),
        fresh_slots(training.optimizer, network.parameter_count, network.dtype),
    )
    block = Block(
        network,
        training.optimizer,
        training.clipping,
        vectors,
        batch_rows=ROWS,
        batches=1,
        weighted=False,
        threads=threads,
    )
    plan = Plan(block, [[np.random.default_rng(0)] for _ in range(threads)], executor)
    return list(dict.fromkeys(help for program in plan.programs for help in program.left))
