"""Describes a network before it exists: shapes, parameter counts, memory, and warnings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from service.engine.activations.base import Activation
from service.engine.network import Network
from service.engine.nodes import Node
from service.engine.optimizers import Adam, Optimizer
from service.engine.training.block import GATHERED_BYTES, RECORDED_BYTES

#: With this many saturating layers, the first ones hardly learn: a sigmoid passes at most a quarter of a gradient.
DEEP_SATURATING = 5


@dataclass(frozen=True)
class LayerShape:
    name: str
    type: str
    inputs: int
    outputs: int
    parameters: int
    formula: str


@dataclass(frozen=True)
class DryRun:
    """`bytes` has weights (all tensors), training (vectors and buffers of one batch, without the rows) and prediction
    (one row's buffers)."""

    layers: tuple[LayerShape, ...]
    parameter_count: int
    bytes: dict[str, int]
    warnings: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def dry_run(
    network: Network, *, batch_size: int = 32, rows: int | None = None, optimizer: Optimizer | None = None
) -> DryRun:
    """Describe `network`, trained in batches of `batch_size` of `rows` rows by `optimizer` (Adam by default)."""
    return DryRun(
        layers=tuple(_shape(network, node) for node in network.all_nodes),
        parameter_count=network.parameter_count,
        bytes=_bytes(network, batch_size, optimizer or Adam()),
        warnings=tuple(_warnings(network, rows)),
    )


def _shape(network: Network, node: Node) -> LayerShape:
    count = sum(segment.tensor.size for inner in node.walk() for segment in inner.segments if segment.tensor.trained)
    outputs = node.layer.outputs(node.inputs)
    return LayerShape(node.name, node.layer.name, node.inputs, outputs, count, network.formula(node))


def _bytes(network: Network, batch_size: int, optimizer: Optimizer) -> dict[str, int]:
    size = network.dtype.itemsize
    # A layer's output and the derivative with respect to it, with the row of ones.
    widths = [network.inputs + 1] + [node.layer.outputs(node.inputs) + 1 for node in network.all_nodes]
    vectors = (2 + len(optimizer.slots)) * network.parameter_count + network.size
    row = (network.inputs + 1) * size
    return {
        "weights": network.size * size,
        "training": (vectors + 2 * sum(widths) * batch_size) * size
        + max(GATHERED_BYTES, batch_size * row)
        + RECORDED_BYTES,
        "prediction": sum(widths) * size,
    }


def _warnings(network: Network, rows: int | None) -> Iterator[str]:
    loss, last = network.spec.loss, network.head.activation
    if last.name == "softmax" and loss.kind == "any":
        yield f"softmax with {loss.name} learns slowly from confident mistakes; use cross_entropy"
    if last.name == "sigmoid" and loss.name == "cross_entropy":
        yield "cross_entropy needs outputs that share one distribution: use softmax, not sigmoid"
    if loss.targets in ("share", "distribution") and last.name not in ("sigmoid", "softmax", "hard_sigmoid"):
        yield f"{loss.name} needs probabilities, but {last.name} outputs can leave 0 to 1; use {loss.from_logits}"
    if last.name == "softmax" and network.outputs == 1:
        yield "softmax of a single output is always 1; use sigmoid"
    if loss.targets == "count" and last.name != "softplus":
        yield f"{loss.name} needs outputs above 0, which {last.name} does not guarantee; use softplus"
    if loss.targets == "sign" and last.name not in ("linear", "tanh"):
        yield f"{loss.name} predicts classes by sign, but {last.name} outputs have only one sign; use linear"
    if loss.targets == "number" and last.name == "relu":
        yield "a relu output is never below 0 and does not learn while it is 0; use linear for regression"
    yield from _hidden_warnings(network)
    if rows is not None and network.parameter_count > rows:
        yield (
            f"{network.parameter_count:,} parameters for {rows:,} rows: the network can overfit; "
            "watch val_loss, and use early_stopping, dropout or l2"
        )


def _hidden_warnings(network: Network) -> Iterator[str]:
    network = network.members[0] if network.members else network
    saturating = [node.name for node in network.all_nodes if _activation(node) in ("sigmoid", "tanh", "hard_sigmoid")]
    keeps_up = any(node.layer.name in ("batch_norm", "residual") for node in network.all_nodes)
    if len(saturating) >= DEEP_SATURATING and not keeps_up:
        yield (
            f"{len(saturating)} layers saturate ({', '.join(saturating[:3])} …) and nothing keeps their gradients from "
            "vanishing before the first one; use relu, batch_norm or residual blocks"
        )
    for node, following in pairwise(network.nodes):
        if node.layer.name == following.layer.name == "dense" and _activation(node) == "linear":
            yield f"{node.name} is linear and feeds a dense layer: together they equal one layer; give it an activation"
    for node in network.nodes[:-1]:
        if _activation(node) == "softmax":
            yield f"{node.name} is a softmax inside the network and makes its units compete; use it for the output only"
    if network.spec.layers[-1].name == "dropout":
        yield "a dropout layer at the end drops outputs; move it before the last dense layer"


def _activation(node: Node) -> str | None:
    activation: Activation | None = node.layer.own_activation()
    return None if activation is None else activation.name
