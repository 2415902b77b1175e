"""Scores of rows that members of an ensemble have held out: each row's from those members alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from service.engine.arrays import Array
from service.engine.inference import CHUNK, with_ones
from service.engine.layers.average import write_mean
from service.engine.network import Network
from service.engine.tape import Performer


def held_out_scores(network: Network, values: Array, x: Array, holds: Array) -> Array:
    """The scores (outputs, rows) of the mean of the members that `holds` (members, rows) names for a row; of each row
    at least one must have a weight. For checked inputs x (rows, inputs)."""
    weights = network.member_weights(values)
    shares = weights[:, None] * holds
    shares /= shares[weights > 0].sum(axis=0)
    scores: Array = scores_of_groups(network, values, x, [shares])[0]
    return scores


def scores_of_groups(network: Network, values: Array, x: Array, shares: Sequence[Array]) -> Array:
    """The scores (groups, outputs, rows) of the mean of each group of members, whose `shares` (members, rows) sum to 1
    for every row. For checked inputs x (rows, inputs)."""
    members = [np.asarray(one.any(axis=1)) for one in shares]
    wanted = np.logical_or.reduce(members)
    out = np.empty((len(shares), network.outputs, len(x)), network.dtype)
    rows = max(1, CHUNK // network.width)
    for first in range(0, len(x), rows):
        piece = slice(first, first + rows)
        tape = Performer(rows=len(x[piece]), dtype=network.dtype)
        with np.errstate(all="ignore"):
            z = network.write_member_scores(tape, values, wanted, with_ones(x[piece]))
            for into, own, one in zip(out, members, shares, strict=True):
                of_group = z[own[wanted]]
                write_mean(tape, network.spec.output_activation, of_group, one[own, None, piece], into[:, piece])
    return out
