"""Prediction: a pure function, safe from any number of threads on one set of weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from service.engine.network import Network
from service.engine.rows import matrix
from service.engine.tape import Array, Features, Performer

#: Rows go through the network in pieces of about this many numbers, so that a large request needs little memory.
CHUNK = 1 << 20


def predict(network: Network, values: Array, x: Any) -> Array:
    """The outputs (rows, outputs) for inputs x (rows, inputs). Raises DataError on a wrong width or non-finite
    numbers."""
    return np.ascontiguousarray(network.head.apply(scores(network, values, matrix(x, network.inputs, network.dtype))).T)


def scores(network: Network, values: Array, x: Array) -> Array:
    """The last layer's z (outputs, rows) for checked inputs x (rows, inputs)."""
    widest = max([network.inputs, *(node.layer.outputs(node.inputs) for node in network.all_nodes)])
    rows = max(1, CHUNK // widest)
    if len(x) <= rows:
        return _scores(network, values, x)
    return np.concatenate([_scores(network, values, x[i : i + rows]) for i in range(0, len(x), rows)], axis=-1)


def _scores(network: Network, values: Array, x: Array) -> Array:
    tape = Performer(rows=len(x), dtype=network.dtype)
    out = tape.new(network.outputs, len(x))
    with np.errstate(all="ignore"):
        network.forward(tape, values, with_ones(x), out)
    return out


def with_ones(x: Array) -> Features:
    """Rows (rows, inputs) as features with the row of ones below."""
    rows, inputs = x.shape
    table = np.ones((rows, inputs + 1), x.dtype)
    table[:, :inputs] = x
    return Features(table.T, table[:, :inputs].T)
