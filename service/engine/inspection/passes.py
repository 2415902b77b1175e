"""One forward and backward pass outside a run, for explanations and gradient checks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from service.engine.arrays import Array
from service.engine.inference import with_ones
from service.engine.network import Network
from service.engine.rows import Rows
from service.engine.tape import Performer


@dataclass(frozen=True)
class Pass:
    """The results of a pass. `shown` are (layer, "z" | "a" | "delta", array of (features, rows)) in the order of the
    pass."""

    loss: float
    scores: Array
    gradient: Array
    shown: list[tuple[str, str, Array]]


def backpropagate(network: Network, values: Array, rows: Rows, *, seed: int = 0) -> Pass:
    """The loss of all rows as one training batch and its gradient with respect to the parameters (parameter_count,).

    Layers behave as in training: batch statistics move in `values`, and dropout draws its mask with `seed`.
    """
    tape = Performer(
        rows=len(rows),
        dtype=network.dtype,
        training=True,
        generators=[np.random.default_rng(seed)],
        keeps_all=True,
    )
    gradient, penalty = np.zeros(network.parameter_count, network.dtype), np.zeros(())
    scores = tape.new(network.outputs, len(rows))
    targets = np.ascontiguousarray(rows.targets.T)
    weights = None if rows.sample_weights is None else rows.sample_weights[None]
    with np.errstate(all="ignore"):
        backward = network.forward(tape, values, with_ones(rows.inputs), scores, gradients=gradient, penalties=penalty)
        wanted = network.head.prepared(targets, rows_in_mean=len(rows))
        backward(network.head.delta(tape, scores, wanted, weights, rows_in_mean=len(rows)), False)
        loss = network.head.batch_loss(scores, targets, rows.sample_weights)
    return Pass(loss + float(penalty), scores, gradient, tape.shown)
