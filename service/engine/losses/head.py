"""The head of a network: its last activation and the loss, computed together from the logits where that is more
precise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from service.engine.activations.base import Activation
from service.engine.arrays import Array
from service.engine.losses.base import Loss
from service.engine.tape import Performer, Tape


@dataclass(frozen=True)
class Head:
    """Scores are the z of the last layer. Arrays are (…, outputs, rows)."""

    activation: Activation
    loss: Loss
    outputs: int

    @property
    def fused(self) -> bool:
        """Whether the loss is computed from the logits: softmax with cross-entropy, sigmoid with binary
        cross-entropy."""
        return self.loss.from_logits == self.activation.name

    def gain(self, rows_in_mean: int) -> float:
        """The factor from the derivative of one row's loss to that of the batch's loss."""
        return self.loss.gain(self.outputs) / (rows_in_mean if self.loss.reduction == "mean" else 1)

    def prepared(self, y: Array, *, rows_in_mean: int) -> Array:
        """Targets as `delta` needs them: everything that can be computed for many steps at once."""
        y = self.loss.smooth(y)
        return y * y.dtype.type(self.gain(rows_in_mean)) if self.fused else y

    def delta(self, tape: Tape, z: Array, y: Array, weights: Array | None, *, rows_in_mean: int) -> Array:
        """Write δ = ∂L/∂z of the batch's loss; `y` are prepared targets, `weights` are sample weights, (1, rows)."""
        d, gain = tape.new(self.outputs, tape.rows), self.gain(rows_in_mean)
        if self.fused:
            self.loss.gradient_from_logits(tape, z, y, d, gain)
            self._weigh(tape, d, weights)
        else:
            a = tape.new(self.outputs, tape.rows)
            self.activation.apply(tape, z, a)
            self.loss.gradient(tape, a, y, d)
            if gain != 1:
                tape.call(np.multiply, d, tape.constant(gain), d, help=f"δ = {gain:.4g} δ")
            self._weigh(tape, d, weights)
            self.activation.derive(tape, z, a, d)
        return d

    def _weigh(self, tape: Tape, d: Array, weights: Array | None) -> None:
        if weights is not None:
            tape.call(np.multiply, d, weights, d, help="δ = δ · weight of the row")

    def row_losses(self, z: Array, y: Array) -> Array:
        """The loss of each row, (…, rows), from its scores."""
        with np.errstate(all="ignore"):
            if self.fused:
                return self.loss.rows_from_logits(z, y)
            return self.loss.rows(self.apply(z), y)

    def batch_loss(self, z: Array, y: Array, weights: Array | None) -> float:
        """The loss of all rows as one batch, without penalties; `weights` are sample weights, (rows,)."""
        losses = self.row_losses(z, y)
        total = float((losses if weights is None else losses * weights).sum(dtype=np.float64))
        return total / (z.shape[-1] if self.loss.reduction == "mean" else 1)

    def apply(self, z: Array) -> Array:
        """The network's outputs from its scores, in a new array."""
        a = np.empty_like(z)
        tape = Performer(rows=z.shape[-1], dtype=z.dtype, stack=z.shape[:-2])
        with np.errstate(all="ignore"):
            self.activation.apply(tape, z, a)
        return a
