"""Writes the calls of one training step: forward, loss, backward, sum over threads, clipping, decay, optimizer,
constraints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from service.engine.layers.dense import KERNEL, Dense
from service.engine.nodes import Node
from service.engine.norms import shrink
from service.engine.tape import PIECE, Call, Features, Recorder, pieces
from service.engine.training.block import Block, Share


@dataclass(frozen=True)
class Step:
    """One thread's calls of one step: up to the whole batch's gradient, and from there to the new weights."""

    gradient: tuple[Call, ...]
    update: tuple[Call, ...]


def write_step(block: Block, share: Share, tape: Recorder, step: int) -> Step:
    """Write step number `step` of the block for one thread."""
    tape.rewind()
    if share.rows.shape[-2]:
        _write_gradient(block, share, tape, step)
    if len(block.shares) > 1:
        _write_sum(block, share, tape)
    if block.after is not None:
        tape.call(np.copyto, block.after.gradients[step], block.vectors.gradients[0], help="keep dW")
    split = len(tape.calls)
    _write_update(block, share, tape, step)
    if block.after is not None:
        tape.call(np.copyto, block.after.values[step], block.vectors.values, help="keep W")
    return Step(tuple(tape.calls[:split]), tuple(tape.calls[split:]))


def _write_gradient(block: Block, share: Share, tape: Recorder, step: int) -> None:
    network, batch = block.network, step % block.gathered
    rows = share.rows[batch]
    x = Features(rows.mT, rows[..., : network.inputs].mT)
    backward = network.forward(
        tape,
        block.vectors.values,
        x,
        share.scores[step],
        gradients=block.vectors.gradients[share.index],
        # The regularisers apply once per batch: the first thread handles them.
        penalties=block.penalties[step, ...] if share.index == 0 else None,
    )
    weights = None if share.weights is None else share.weights[batch]
    delta = network.head.delta(tape, share.scores[step], share.targets[batch], weights, rows_in_mean=block.batch_rows)
    backward(delta, False)


def _write_sum(block: Block, share: Share, tape: Recorder) -> None:
    _write_barrier(block, tape)
    total, *others = (gradient[..., share.span] for gradient in block.vectors.gradients)
    for other, gradient in zip(block.shares[1:], others, strict=True):
        if other.rows.shape[-2]:
            tape.call(np.add, total, gradient, total, help="dW = dW + the other thread's dW")
    _write_barrier(block, tape)


def _write_barrier(block: Block, tape: Recorder) -> None:
    if len(block.shares) > 1:
        tape.call(block.barrier.wait, help="wait for the other threads")


def _write_update(block: Block, share: Share, tape: Recorder, step: int) -> None:
    if block.clipping or block.optimizer.weight_decay:
        if share.index == 0:
            _write_clipping_and_decay(block, tape, step)
        _write_barrier(block, tape)
    _write_optimizer(block, share.span, tape, step)
    _write_barrier(block, tape)
    constrained = [node for node in block.network.all_nodes if isinstance(node.layer, Dense) and node.layer.max_norm]
    if constrained:
        if share.index == 0:
            _write_constraints(block, tape, constrained)
        _write_barrier(block, tape)


def _write_clipping_and_decay(block: Block, tape: Recorder, step: int) -> None:
    gradient = block.vectors.gradients[0]
    if block.clipping:
        block.clipping.clip(tape, gradient, [gradient[..., segment.span] for segment in block.network.trained])
    if block.optimizer.weight_decay:
        keep = block.keep[step, ..., None] if block.stack else block.keep[step, ...]
        for weights in block.network.decayed(block.vectors.values):
            tape.call(np.multiply, weights, keep, weights, help="W = (1 - η λ) W")


def _write_optimizer(block: Block, span: slice, tape: Recorder, step: int) -> None:
    for networks, piece in _pieces(block, span):
        g, w = block.vectors.gradients[0][networks + piece], block.vectors.parameters[networks + piece]
        slots = {name: slot[networks + piece] for name, slot in block.vectors.slots.items()}
        at: tuple[Any, ...] = (step, *networks, ...)  # with the dots, a single number is a view too
        now = {name: scalars[at] for name, scalars in block.now.items()}
        block.optimizer.update(tape, g, slots, now)
        tape.call(np.subtract, w, g, w, help="W = W - Δ")


def _pieces(block: Block, span: slice) -> Iterator[tuple[tuple[slice, ...], tuple[slice, ...]]]:
    """Contiguous parts of the vectors that fit in the cache: chunks of one network, or some networks of a stack."""
    if not block.stack:
        yield from (((), (piece,)) for piece in pieces(span.start, span.stop))
        return
    together = max(1, PIECE // max(1, span.stop - span.start))
    for networks in pieces(0, block.stack[0], together):
        yield (networks,), (span,)


def _write_constraints(block: Block, tape: Recorder, constrained: list[Node]) -> None:
    """Srivastava et al. 2014, section 5.1: rescale the weights into a unit whose norm is above max_norm."""
    for node in constrained:
        assert isinstance(node.layer, Dense)
        weights = node.values(block.vectors.values)[KERNEL][..., : node.inputs]
        tape.call(shrink, weights, node.layer.max_norm, help="‖w‖ ≤ max_norm")
