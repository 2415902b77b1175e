"""Integrated gradients: attributes the difference between a row's output and a baseline's to the inputs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

import numpy as np

from service.engine.activations.table import Linear
from service.engine.arrays import Array, Floats
from service.engine.inference import CHUNK, predict, scores, tempered, with_ones
from service.engine.layers.activation import ActivationLayer
from service.engine.layers.embedding import Embedding
from service.engine.losses.table import MeanSquaredError
from service.engine.network import Network
from service.engine.rows import matrix
from service.engine.tape import Performer
from service.schema.validation import DataError, ValidationIssue

#: Points of the Gauss-Legendre rule on each piece of a path: exact for polynomials up to degree 15.
POINTS = 8
#: The attributions of a row have converged when the gaps of its path's pieces add up to at most this fraction of the
#: attributions' absolute sum.
TOLERANCE = 1e-3
#: A piece is halved while its gap is at least this fraction of the largest gap on its path …
WORTH_HALVING = 1 / 4
#: … and until a path has about this many pieces, most of them where the network is curved.
MAX_PIECES = 64


@dataclass(frozen=True)
class Attributions:
    """`values` (rows, inputs) are the shares of the input columns in `outputs` - `baseline_outputs` (rows,), of the
    output that was chosen for the row. `gaps` (rows,) are what the shares miss of it: within TOLERANCE Σ |values|, but
    for a network that bends more than MAX_PIECES can follow."""

    values: Floats
    outputs: Floats
    baseline_outputs: Floats
    gaps: Floats


def attribute(
    network: Network, values: Array, x: Any, chosen: Any, baseline: Any = None, *, temperature: float = 1.0
) -> Attributions:
    """Integrated gradients (Sundararajan, Taly & Yan 2017, eq. 1) of each row's chosen output, along the straight line
    from `baseline` (1, inputs; zeros by default) to the row; by completeness (proposition 1) they sum to the difference
    of the two outputs. In place of the sum of eq. 3 the line is cut where the network bends, and each piece integrated
    by a Gauss-Legendre rule.

    `chosen` (rows,) are output indexes. For an embedded column the line is one between vectors, and its share the sum
    over the vector's numbers. A pure function; rows go through in blocks of bounded memory. Raises DataError for rows
    that do not fit.
    """
    if network.members and (temperature == 1 or network.codes):
        return _of_members(network, values, x, chosen, baseline, temperature)
    x = matrix(x, network.inputs, network.dtype, network.codes)
    start = np.zeros_like(x[:1]) if baseline is None else baseline
    start = matrix(start, network.inputs, network.dtype, network.codes)
    each, size = np.arange(len(x)), max(1, CHUNK // (MAX_PIECES * network.inputs))
    with np.errstate(all="ignore"):  # non-finite values show up in the gaps, too
        path = _Path.of(network, values, start, x, np.broadcast_to(np.asarray(chosen, np.intp), len(x)))
        path = replace(path, temperature=temperature)
        shares = np.concatenate([_integrate(path, each[first : first + size]) for first in range(0, len(x), size)])
        at_start, outputs = (path.outputs(each, np.full(len(x), end)) for end in (0.0, 1.0))
        return Attributions(shares, outputs, at_start, outputs - at_start - shares.sum(axis=1))


def _of_members(
    network: Network, values: Array, x: Any, chosen: Any, baseline: Any, temperature: float
) -> Attributions:
    """Integrated gradients are linear in the function: those of a mean are the mean of them. A temperature that
    applies to the mean is not, and each member has its own vectors of a category to go along."""
    if temperature != 1:
        message = "cannot be computed for an ensemble with embeddings and a temperature: train it without calibrate"
        raise DataError([ValidationIssue((), message)])
    weights, x = network.member_weights(values), matrix(x, network.inputs, network.dtype, network.codes)
    found = [_of_member(network, values, index, x, chosen, baseline) for index in np.flatnonzero(weights > 0).tolist()]
    shares = weights[weights > 0]
    parts = ([getattr(one, item.name) for one in found] for item in fields(Attributions))
    return Attributions(*(np.tensordot(shares, np.array(part), 1) for part in parts))


def _of_member(network: Network, values: Array, index: int, rows: Array, chosen: Any, baseline: Any) -> Attributions:
    """Inputs that the member does not read have no share in its output."""
    start = None if baseline is None else network.read_by(index, np.asarray(baseline))
    member, own = network.members[index], network.parted(values)[index]
    found = attribute(member, own, network.read_by(index, rows), chosen, start)
    read = network.inputs_read[index]
    if read is None:
        return found
    shares = np.zeros(rows.shape)
    shares[:, read] = found.values
    return replace(found, values=shares)


def _integrate(path: _Path, rows: Array) -> Floats:
    """The shares (rows, inputs) of the rows at these indexes. What a piece misses is known, because its integral sums
    to the difference of the outputs at its ends; the worst pieces are halved until little is missed."""
    count, each = len(rows), np.arange(len(rows))
    at_start, at_end = (path.outputs(rows, np.full(count, end)) for end in (0.0, 1.0))
    rounding = 8 * np.finfo(path.network.dtype).eps * (np.abs(at_start) + np.abs(at_end))
    pieces = _Pieces.of(path, rows, each, np.zeros(count), np.ones(count), at_start, at_end)
    while True:
        shares, worst = np.zeros((count, path.inputs)), np.zeros(count)
        np.add.at(shares, pieces.row, pieces.shares)
        np.maximum.at(worst, pieces.row, pieces.gap)
        allowed = TOLERANCE * np.abs(shares).sum(axis=1) + rounding
        missed = np.bincount(pieces.row, pieces.gap, count)
        is_open = (missed > allowed) & (np.bincount(pieces.row, minlength=count) < MAX_PIECES)
        halved = is_open[pieces.row] & (pieces.gap >= WORTH_HALVING * worst[pieces.row])
        if not halved.any():
            return shares
        pieces = pieces.halve(path, rows, halved)


@dataclass(frozen=True)
class _Pieces:
    """Pieces of rows' paths from `low` to `high`, with the outputs at both ends; `row` is a place in a block."""

    row: Array
    low: Floats
    high: Floats
    at_low: Floats
    at_high: Floats
    shares: Floats  #: (pieces, inputs)
    gap: Floats  #: what the shares miss of the difference of outputs

    @classmethod
    def of(
        cls, path: _Path, rows: Array, row: Array, low: Floats, high: Floats, at_low: Floats, at_high: Floats
    ) -> _Pieces:
        shares = path.integrals(rows[row], low, high)
        return cls(row, low, high, at_low, at_high, shares, np.abs(at_high - at_low - shares.sum(axis=1)))

    def halve(self, path: _Path, rows: Array, which: Array) -> _Pieces:
        """With two halves in place of each of `which`."""
        row, low, high = self.row[which], self.low[which], self.high[which]
        middle = (low + high) / 2
        at_middle = path.outputs(rows[row], middle)
        first = _Pieces.of(path, rows, row, low, middle, self.at_low[which], at_middle)
        second = _Pieces.of(path, rows, row, middle, high, at_middle, self.at_high[which])
        kept = [getattr(self, item.name)[~which] for item in fields(self)]
        halves = ((getattr(half, item.name) for half in (first, second)) for item in fields(self))
        return _Pieces(*(np.concatenate((old, *new)) for old, new in zip(kept, halves, strict=True)))


@dataclass(frozen=True)
class _Path:
    """Straight lines from one start to many ends, in the space that the network's smooth part sees; a point on one is
    0 at the start and 1 at the end."""

    network: Network
    values: Array
    start: Array  #: (1, width)
    way: Array  #: end - start, (rows, width)
    chosen: Array  #: (rows,)
    firsts: Array  #: where the numbers of each input column begin, (inputs,)
    temperature: float = 1.0  #: that scores are divided by

    @classmethod
    def of(cls, network: Network, values: Array, start: Array, ends: Array, chosen: Array) -> _Path:
        first = network.spec.layers[0]
        if not isinstance(first, Embedding):
            return cls(network, values, start, ends - start, chosen, np.arange(network.inputs))
        vectors, above, above_values = _split(network, values, first)
        start, ends = (predict(vectors, values[: vectors.size], rows) for rows in (start, ends))
        return cls(above, above_values, start, ends - start, chosen, np.array(list(_firsts(first, network.inputs))))

    @property
    def inputs(self) -> int:
        return len(self.firsts)

    @property
    def at_once(self) -> int:
        """How many points go through the network together."""
        return max(1, CHUNK // self.network.width)

    def outputs(self, rows: Array, points: Floats) -> Floats:
        """The chosen output at one point on each row's line."""
        outputs = np.empty(len(rows))
        for first in range(0, len(rows), self.at_once):
            some = slice(first, first + self.at_once)
            z = scores(self.network, self.values, self._at(rows[some], points[some, None])[:, 0])
            z = tempered(z, self.temperature)
            outputs[some] = self.network.head.apply(z)[self.chosen[rows[some]], np.arange(z.shape[1])]
        return outputs

    def integrals(self, rows: Array, low: Floats, high: Floats) -> Floats:
        """way · ∫ ∂F/∂x from low to high on each row's line, (rows, inputs)."""
        nodes, weights = _rule()
        points = low[:, None] + (high - low)[:, None] * nodes
        found = np.empty((len(rows), self.inputs))
        size = max(1, self.at_once // POINTS)
        for first in range(0, len(rows), size):
            some = slice(first, first + size)
            mean = self._gradients(rows[some], points[some]) @ weights.astype(self.network.dtype)
            shares = mean.T * self.way[rows[some]] * (high - low)[some, None]
            found[some] = np.add.reduceat(shares, self.firsts, axis=1)
        return found

    def _at(self, rows: Array, points: Floats) -> Array:
        """The places at these points (rows, points) on the rows' lines, (rows, points, width)."""
        places: Array = self.start + points.astype(self.network.dtype)[..., None] * self.way[rows, None]
        return places

    def _gradients(self, rows: Array, points: Floats) -> Array:
        """∂F/∂x at these points, (width, rows, points)."""
        places = self._at(rows, points).reshape(points.size, -1)
        chosen = np.repeat(self.chosen[rows], points.shape[1])
        return _gradients(self.network, self.values, places, chosen, self.temperature).reshape(-1, *points.shape)


@cache
def _rule() -> tuple[Floats, Floats]:
    """Points between 0 and 1 and their weights, which sum to 1."""
    points, weights = np.polynomial.legendre.leggauss(POINTS)
    return (points + 1) / 2, weights / 2


def _gradients(network: Network, values: Array, x: Array, chosen: Array, temperature: float) -> Array:
    """∂(chosen output) / ∂x at each row, (inputs, rows)."""
    tape = Performer(rows=len(x), dtype=network.dtype)
    z, d = tape.new(network.outputs, len(x)), np.zeros((network.outputs, len(x)), network.dtype)
    d[chosen, np.arange(len(x))] = 1
    with np.errstate(all="ignore"):
        backward = network.forward(tape, values, with_ones(x), z)
        z = tempered(z, temperature)
        network.head.activation.derive(tape, z, network.head.apply(z), d)
        dx = backward(tempered(d, temperature), True)
    assert dx is not None
    return dx


def _split(network: Network, values: Array, first: Embedding) -> tuple[Network, Network, Array]:
    """The embedding as a network of its own, the layers above it as another, and their weights: a flat vector begins
    with the first layer's."""
    spec = network.spec
    vectors = Network(replace(spec, layers=(first,), loss=MeanSquaredError()), max_parameters=sys.maxsize)
    layers = spec.layers[1:] or (ActivationLayer(activation=Linear()),)
    above = replace(spec, inputs=first.outputs(spec.inputs), layers=layers)
    return vectors, Network(above, max_parameters=sys.maxsize), values[vectors.size :]


def _firsts(embedding: Embedding, inputs: int) -> Iterator[int]:
    for column, _, target in embedding.layout(inputs):
        yield from [target.start] if column else range(target.start, target.stop)
