"""Chooses the weights of an ensemble's mean on rows that its members have held out (Caruana et al. 2004, "Ensemble
Selection from Libraries of Models", figure 1)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from service.engine.arrays import Array, Floats
from service.engine.layers.average import write_mean
from service.engine.losses.head import Head
from service.engine.tape import Performer

#: So many times the group that helps most is taken, the same one again if it does: weights are multiples of 1 / ROUNDS.
ROUNDS = 20
#: Weights are judged on rows that they were not chosen on, by so many parts of the rows in turn.
PARTS = 5


class Choice(NamedTuple):
    """Losses are means over the rows."""

    weights: Floats  #: (groups,), which sum to 1
    loss: float
    equal_loss: float  #: of groups that all have the same weight
    gain: float  #: by how much the loss of rows falls with weights that were chosen on other rows
    gain_error: float  #: the standard error of that mean

    @property
    def is_sure(self) -> bool:
        """Whether the gain is more than chance gives easily."""
        return self.gain > self.gain_error


def choose(head: Head, z: Array, y: Array, sample_weights: Array | None = None) -> Choice:
    """From scores (groups, outputs, rows) of two groups or more and targets (outputs, rows), PARTS rows or more."""
    rows = _Rows(head, z.astype(np.float64), y.astype(np.float64), _weights(y.shape[-1], sample_weights))
    equal = rows.losses(np.full(len(z), 1 / len(z)))
    weights = rows.chosen(np.ones(y.shape[-1], np.bool_))
    part_of = np.random.default_rng(0).permutation(y.shape[-1]) % PARTS
    honest = np.empty_like(equal)
    for part in range(PARTS):
        held_out = part_of == part
        honest[held_out] = rows.losses(rows.chosen(~held_out))[held_out]
    gains = (equal - honest) * rows.weights
    return Choice(
        weights=weights,
        loss=float(rows.losses(weights) @ rows.weights),
        equal_loss=float(equal @ rows.weights),
        gain=float(gains.sum()),
        gain_error=float(np.sqrt(((gains - gains.mean()) ** 2).sum())),
    )


def _weights(rows: int, sample_weights: Array | None) -> Floats:
    given = np.ones(rows) if sample_weights is None else sample_weights.astype(np.float64)
    shares: Floats = given / given.sum()
    return shares


class _Rows(NamedTuple):
    head: Head
    z: Floats
    y: Floats
    weights: Floats  #: (rows,), which sum to 1

    def losses(self, weights: Floats) -> Floats:
        """Of each row, with these weights of the groups."""
        wanted = weights > 0
        losses: Floats = self.head.row_losses(self._mean(self.z[wanted], weights[wanted]), self.y)
        return losses

    def chosen(self, used: npt.NDArray[np.bool_]) -> Floats:
        """The weights that suit the used rows."""
        own = _Rows(self.head, self.z[..., used], self.y[:, used], self.weights[used])
        taken, mean = np.zeros(len(self.z)), None
        for done in range(ROUNDS):
            tried = [one if mean is None else own._with(mean, one, done) for one in own.z]
            losses = np.array([float(own.head.row_losses(one, own.y) @ own.weights) for one in tried])
            best = int(np.where(np.isnan(losses), np.inf, losses).argmin())
            mean = tried[best]
            taken[best] += 1
        shares: Floats = taken / ROUNDS
        return shares

    def _with(self, mean: Floats, one: Floats, done: int) -> Floats:
        """The mean of so many and one more."""
        return self._mean(np.stack([mean, one]), np.array([done, 1]) / (done + 1))

    def _mean(self, z: Floats, weights: Floats) -> Floats:
        out: Floats = np.empty_like(z[0])
        tape = Performer(rows=out.shape[-1], dtype=out.dtype)
        with np.errstate(all="ignore"):
            write_mean(tape, self.head.activation, z.copy(), weights[:, None, None], out)
        return out
