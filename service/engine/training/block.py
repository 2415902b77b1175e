"""The buffers of a block of training steps: the gathered rows, the recorded scores, and values that change from step
to step."""

from __future__ import annotations

import math
from copy import copy
from dataclasses import dataclass, replace

import numpy as np

from service.engine.arrays import Array
from service.engine.clipping import Clipping
from service.engine.executors.barrier import SharedBarrier
from service.engine.network import Network
from service.engine.optimizers import Memory, Optimizer
from service.engine.rows import Rows

#: Rows gathered together stay within this many bytes, so that they are still in the cache when their step runs.
GATHERED_BYTES = 1 << 18
#: With several threads or networks more of them: to start the threads for a step, or to note what each network did in
#: it, takes longer than to fetch rows from afar.
GATHERED_FOR_MANY = 1 << 22
#: Scores recorded before their losses are computed stay within this many bytes, and within this many steps.
RECORDED_BYTES = 1 << 20
RECORDED_FOR_MANY = 1 << 22
MAX_STEPS = 64
#: Epochs of one batch that run together have at most this many rows and numbers of the network in all, and keep at most
#: this many bytes of weights: beyond that, an epoch takes so long that its bookkeeping no longer counts.
TOGETHER_ROWS = 1 << 13
TOGETHER_COST = 1 << 20
TOGETHER_BYTES = 1 << 20
#: Steps with their own programs have at most this many parameters together.
UNROLLED_PARAMETERS = 1 << 21


@dataclass(frozen=True)
class Vectors:
    """The flat vectors of a run. All but `values` are as long as the parameters; those of a stack have a leading
    axis."""

    values: Array
    gradients: tuple[Array, ...]  #: one per thread; once they are summed, the first is the whole batch's
    slots: dict[str, Array]

    @property
    def parameters(self) -> Array:
        return self.values[..., : self.gradients[0].shape[-1]]


@dataclass(frozen=True)
class After:
    """What every step of a block leaves behind: (steps, numbers)."""

    gradients: Array
    values: Array

    @classmethod
    def of(cls, vectors: Vectors, steps: int) -> After:
        gradients, values = (
            np.empty((steps, *vector.shape), vector.dtype) for vector in (vectors.gradients[0], vectors.values)
        )
        return cls(gradients, values)


def epochs_together(network: Network, rows: int) -> int:
    """How many epochs of one batch of `rows` rows are worth running as one block."""
    kept = (network.size + network.parameter_count) * network.dtype.itemsize
    limits = (TOGETHER_ROWS // rows, TOGETHER_COST // (rows * network.cost), TOGETHER_BYTES // max(1, kept))
    return max(1, min(MAX_STEPS, *limits))


@dataclass(frozen=True)
class Share:
    """One thread's part of every batch. Each array has the block's steps on its first axis, or the batches gathered at
    once, which the steps use in turn."""

    index: int
    scores: Array  #: (steps, …, outputs, rows), recorded as the steps saw them
    rows: Array  #: (gathered, …, rows, inputs + 1)
    targets: Array  #: (gathered, …, outputs, rows), as the head has prepared them
    weights: Array | None  #: (gathered, …, 1, rows)
    span: slice  #: the parameters this thread sums and updates


class Block:
    """Buffers for up to `steps` steps of `batch_rows` rows each, `gathered` batches of which are in the table at a
    time, shared by `threads` threads. The networks of a `stack` each have rows of their own, unless they are `alike`:
    then all read the same inputs."""

    def __init__(
        self,
        network: Network,
        optimizer: Optimizer,
        clipping: Clipping | None,
        vectors: Vectors,
        *,
        batch_rows: int,
        batches: int,
        weighted: bool,
        threads: int = 1,
        stack: tuple[int, ...] = (),
        alike: bool = False,
        epochs: int = 1,
    ) -> None:
        self.network, self.optimizer, self.clipping, self.vectors = network, optimizer, clipping, vectors
        self.batch_rows, self.stack, self.alike = batch_rows, stack, alike
        number = network.dtype.itemsize * math.prod(stack) * batch_rows
        tables = (1,) if alike else stack
        row = (network.inputs + 1) * network.dtype.itemsize * math.prod(tables) * batch_rows
        gathered = _fit(GATHERED_BYTES, row, batches)
        recorded = _fit(RECORDED_FOR_MANY if stack else RECORDED_BYTES, network.outputs * number, batches)
        # A large network's steps take long enough to be handled one by one, and its programs are long.
        unrolled = _fit(UNROLLED_PARAMETERS, network.parameter_count, batches)
        if threads > 1 or stack:
            gathered = max(gathered, min(recorded, unrolled, _fit(GATHERED_FOR_MANY, row, batches)))
        self.gathered = gathered
        self.steps = steps = epochs if epochs > 1 else max(gathered, min(recorded, unrolled))
        #: After each step of a block of epochs, the gradient before its update, and the weights.
        self.after = None if epochs == 1 else After.of(vectors, steps)
        self._inputs = np.empty((self.gathered, *tables, batch_rows, network.inputs + 1), network.dtype)
        self.inputs = np.broadcast_to(self._inputs, (self.gathered, *stack, *self._inputs.shape[-2:]))
        self.truth = np.empty((self.gathered, *stack, network.outputs + weighted, batch_rows), network.dtype)
        self.penalties = np.zeros((steps, *stack), network.dtype)
        each = (steps, *stack, 1) if stack else (steps,)
        self.now = {name: np.zeros(each, network.dtype) for name in optimizer.scalars}
        self.keep = np.ones(each, network.dtype)  # 1 - η λ
        self.barrier = SharedBarrier(threads)
        self.shares = [self._share(index, threads, weighted) for index in range(threads)]

    def _share(self, index: int, count: int, weighted: bool) -> Share:
        network = self.network
        start, stop = _cut(self.batch_rows, index, count)
        return Share(
            index=index,
            rows=self.inputs[..., start:stop, :],
            scores=np.empty((self.steps, *self.stack, network.outputs, stop - start), network.dtype),
            targets=self.truth[..., : network.outputs, start:stop],
            weights=self.truth[..., network.outputs :, start:stop] if weighted else None,
            span=slice(*_cut(network.parameter_count, index, count)),
        )

    def gather(self, table: Table, rows: Array) -> None:
        """Fetch the next steps' rows, at most `gathered` batches: flat numbers of rows, (steps, …, batch_rows); of
        networks that are alike, (steps, 1, batch_rows)."""
        stack = (1,) if self.alike else self.stack
        steps = len(rows) // (math.prod(stack) * self.batch_rows)
        truth = self.truth[:steps, :1] if self.alike else self.truth[:steps]
        # With "clip", NumPy writes directly into the buffer; with the default it goes through another one.
        table.inputs.take(rows, 0, self._inputs[:steps].reshape(len(rows), -1), "clip")
        truth[...] = table.truth.take(rows, 0).reshape(steps, *stack, self.batch_rows, -1).mT
        targets = truth[..., : self.network.outputs, :]
        targets[...] = self.network.head.prepared(targets, rows_in_mean=self.batch_rows)
        if self.alike:
            self.truth[:steps, 1:] = truth

    def of_network(self, index: int) -> Block:
        """The part of one network of a stack, as a block of its own over the same buffers."""
        own = copy(self)
        vectors, share = self.vectors, self.shares[0]
        gradients = tuple(gradient[index] for gradient in vectors.gradients)
        own.vectors = Vectors(vectors.values[index], gradients, {k: slot[index] for k, slot in vectors.slots.items()})
        own.stack, own.inputs, own.truth = (), self.inputs[:, index], self.truth[:, index]
        own.penalties, own.keep = self.penalties[:, index], self.keep[:, index, 0]
        own.now = {name: scalars[:, index, 0] for name, scalars in self.now.items()}
        own.shares = [
            replace(
                share,
                rows=share.rows[:, index],
                scores=share.scores[:, index],
                targets=share.targets[:, index],
                weights=None if share.weights is None else share.weights[:, index],
            )
        ]
        return own

    def recorded(self, steps: int) -> Array:
        """The scores of the block's first steps, (…, outputs, rows of these steps)."""
        shares = [share.scores[:steps] for share in self.shares]
        scores = shares[0] if len(shares) == 1 else np.concatenate(shares, axis=-1)
        return scores.transpose(*range(1, scores.ndim - 1), 0, -1).reshape(*scores.shape[1:-1], -1)

    def set_rates(self, first_step: int, rates: Array, memory: Memory, optimizer: Optimizer) -> Memory:
        """Set the scalars of the block's first `len(rates)` steps as the optimizer wants them; the first is step
        `first_step` of its run."""
        at = slice(len(rates))
        if self.optimizer.weight_decay:
            self.keep[at] = 1 - rates * optimizer.weight_decay
        return optimizer.fill({name: scalars[at] for name, scalars in self.now.items()}, first_step, rates, memory)


def _cut(length: int, index: int, count: int) -> tuple[int, int]:
    """The index-th of `count` parts of nearly equal size; the first is never empty."""
    return -(-length * index // count), -(-length * (index + 1) // count)


def _fit(limit: int, each: int, batches: int) -> int:
    return max(1, min(batches, MAX_STEPS, limit // max(1, each)))


@dataclass(frozen=True)
class Table:
    """The one copy of the rows that training makes. Apart, so that what a step reads is contiguous: NumPy's product
    would copy a part of a wider table at every step."""

    inputs: Array  #: [x | 1], (rows, inputs + 1)
    truth: Array  #: [y], or [y | weight] where rows differ in weight

    @classmethod
    def of(cls, network: Network, *tables: Rows) -> Table:
        """The rows of one table after those of the other."""
        inputs = np.ones((sum(map(len, tables)), network.inputs + 1), network.dtype)
        np.concatenate([rows.inputs for rows in tables], out=inputs[:, :-1])
        weights = [rows.sample_weights[:, None] for rows in tables if rows.sample_weights is not None]
        truth = np.concatenate([rows.targets for rows in tables])
        return cls(inputs, np.concatenate((truth, np.concatenate(weights)), axis=1) if weights else truth)
