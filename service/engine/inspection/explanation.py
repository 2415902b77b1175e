"""Explains one training step in full: every z, activation, delta and gradient, the loss, and the weights
afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from service.engine.arrays import Array
from service.engine.executors.choice import PYTHON
from service.engine.inspection.passes import Pass, backpropagate
from service.engine.network import Network
from service.engine.nodes import Node
from service.engine.optimizers import Optimizer, fresh_slots
from service.engine.rows import Rows
from service.engine.training.block import Block, Table, Vectors
from service.engine.training.plan import Plan


@dataclass(frozen=True)
class LayerPass:
    """One layer in the pass. Arrays are (rows, units), weights (inputs, units); None for values a layer does not have.

    `gradients` are the loss's derivatives with respect to the layer's tensors, by tensor name.
    """

    name: str
    type: str
    formula: str
    z: Array | None
    activation: Array | None
    delta: Array | None
    gradients: dict[str, Array]


@dataclass(frozen=True)
class Explanation:
    """`calls` are the step's calls as text, in order: (layer, formula)."""

    loss: float
    outputs: Array
    layers: tuple[LayerPass, ...]
    calls: tuple[tuple[str, str], ...]
    after: list[dict[str, Any]]

    def to_json(self) -> dict[str, Any]:
        return {
            "loss": self.loss,
            "outputs": self.outputs.tolist(),
            "layers": [_layer_json(layer) for layer in self.layers],
            "calls": [{"layer": layer, "formula": help} for layer, help in self.calls],
            "after": self.after,
        }


def explain(network: Network, values: Array, rows: Rows, optimizer: Optimizer) -> Explanation:
    """Take one step of a new `optimizer` on copies, with all rows as the batch, and keep everything it computed.

    Layers behave as in training: a dropout layer drops values, with the same mask every time.
    """
    done = backpropagate(network, values.copy(), rows)
    shown: dict[tuple[str, str], Array] = {(layer, what): array.T for layer, what, array in done.shown}
    outputs = network.head.apply(done.scores).T
    last = network.nodes[-1]
    shown[last.name, "a"] = outputs
    if last.layer.own_activation() is not None:
        shown[last.name, "z"] = done.scores.T
    after, calls = _step(network, values.copy(), rows, optimizer)
    return Explanation(
        loss=done.loss,
        outputs=outputs,
        layers=tuple(_layer_pass(network, node, shown, done) for node in network.all_nodes),
        calls=calls,
        after=network.layers_json(after),
    )


def _layer_pass(network: Network, node: Node, shown: dict[tuple[str, str], Array], done: Pass) -> LayerPass:
    padded = np.zeros(network.size, network.dtype)
    padded[: network.parameter_count] = done.gradient
    trained = {segment.tensor.key: segment.view(padded) for segment in node.segments if segment.tensor.trained}
    return LayerPass(
        name=node.name,
        type=node.layer.name,
        formula=network.formula(node),
        z=shown.get((node.name, "z")),
        activation=shown.get((node.name, "a")),
        delta=shown.get((node.name, "delta")),
        gradients=node.layer.public(node.inputs, trained) if trained else {},
    )


def _step(
    network: Network, values: Array, rows: Rows, optimizer: Optimizer
) -> tuple[Array, tuple[tuple[str, str], ...]]:
    """Run one step with the same program as training; return the new values and the program as text."""
    gradient = np.zeros(network.parameter_count, network.dtype)
    vectors = Vectors(values, (gradient,), fresh_slots(optimizer, network.parameter_count, network.dtype))
    weighted = rows.sample_weights is not None
    block = Block(network, optimizer, None, vectors, batch_rows=len(rows), batches=1, weighted=weighted)
    plan = Plan(block, [[np.random.default_rng(0)]], PYTHON)
    block.gather(Table.of(network, rows), np.arange(len(rows)))
    with np.errstate(all="ignore"):
        block.set_rates(0, np.array([optimizer.learning_rate]), optimizer.initial_memory(), optimizer)
        plan.run(0, 1, None)
    return values, tuple((call.layer, call.help) for call in plan.calls)


def _layer_json(layer: LayerPass) -> dict[str, Any]:
    arrays = {"z": layer.z, "activation": layer.activation, "delta": layer.delta}
    return {
        "name": layer.name,
        "type": layer.type,
        "formula": layer.formula,
        **{key: None if array is None else array.tolist() for key, array in arrays.items()},
        "gradients": {key: array.tolist() for key, array in layer.gradients.items()},
    }
