"""The results of the steps of an epoch, and how they are counted: in one way for a network alone and for each of a
stack, so that they have the same bits."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from service.engine.arrays import Array
from service.engine.network import Network
from service.engine.norms import norm


@dataclass
class Epoch:
    """The results of an epoch's steps: the loss over all rows, and each row's scores and targets."""

    loss: float = 0.0
    bad_step: int | None = None  #: the first step of this epoch whose loss was not finite, from 1
    gradient_norm: float = 0.0
    learning_rate: float = 0.0  #: of the last step
    scores: list[Array] = field(default_factory=list)  #: (outputs, rows) chunks, if they are kept
    targets: list[Array] = field(default_factory=list)
    _losses: list[Array] = field(default_factory=list)  #: of the steps so far

    def add(self, losses: Array) -> None:
        """Add the losses of some steps, each before its own update."""
        if self.bad_step is None and not np.isfinite(losses).all():
            self.bad_step = sum(map(len, self._losses)) + 1 + int(np.argmin(np.isfinite(losses)))
        self._losses.append(losses)

    def keep(self, scores: Array, targets: Array) -> None:
        """Keep these for the metrics, as copies: the next block overwrites the buffer."""
        self.scores.append(scores.copy())
        self.targets.append(np.ascontiguousarray(targets))

    def end(self, network: Network, rows: int) -> None:
        """Sum up once, so that the sum does not depend on the blocks in which the steps ran."""
        losses = np.concatenate(self._losses)
        total = float(np.add.reduce(losses))
        self.loss = total / (1 if network.spec.loss.reduction == "sum" else rows)
        if self.bad_step is None and not math.isfinite(total):
            self.bad_step = len(losses)


def row_losses(network: Network, scores: Array, truth: Array) -> Array:
    """The loss of each row, (…, rows), from scores (…, outputs, rows) and the targets and, if rows differ in weight,
    their weights, (…, outputs + 1, rows)."""
    outputs = network.outputs
    of_rows = network.head.row_losses(scores, np.ascontiguousarray(truth[..., :outputs, :]))
    return of_rows if truth.shape[-2] == outputs else of_rows * truth[..., outputs, :]


def step_losses(network: Network, of_rows: Array, penalties: Array) -> Array:
    """The loss of each step, summed over its rows, with the penalty of each, (…, steps); `of_rows` is (…, rows of all
    steps)."""
    size = of_rows.shape[-1] // penalties.shape[-1]
    of_steps = np.add.reduce(of_rows.reshape(-1, size), -1, np.float64)
    losses: Array = penalties.astype(np.float64) * (size if network.spec.loss.reduction == "mean" else 1)
    losses += of_steps.reshape(losses.shape)
    return losses


@dataclass
class Epochs:
    """The results of epochs that ran as one block, one entry each."""

    losses: Array
    gradient_norms: Array
    learning_rates: Array
    values: Array  #: the weights after each, (epochs, size)

    def count_finite(self) -> int:
        """The number of epochs before the first with a loss, a gradient or weights that are not finite."""
        bad = ~(np.isfinite(self.losses) & np.isfinite(self.gradient_norms))
        good = int(np.argmax(bad)) if bad.any() else len(bad)
        # Weights that are not finite stay so.
        with np.errstate(all="ignore"):
            while good and not math.isfinite(norm(self.values[good - 1])):
                good -= 1
        return good
