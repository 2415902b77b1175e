"""Runs epochs: the table of rows and their order, the plans for full and for short batches, and the recorded
scores."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from service.engine.arrays import Array
from service.engine.executors.choice import chosen_for
from service.engine.network import Network
from service.engine.norms import norm
from service.engine.optimizers import Memory, fresh_slots
from service.engine.rows import Rows
from service.engine.training.block import Block, Table, Vectors, epochs_together
from service.engine.training.plan import Plan
from service.engine.training.spec import TrainingSpec

#: Takes the first step's number and a count; returns the learning rate of each of those steps.
Rates = Callable[[int, int], Array]


@dataclass
class Epoch:
    """The results of an epoch's steps: the loss over all rows, and each row's scores and targets."""

    loss: Array  #: 0-d, or one per network of a stack
    bad_step: int | None = None  #: the first step of this epoch whose loss was not finite, from 1
    gradient_norm: float = 0.0
    learning_rate: float = 0.0  #: of the last step
    scores: list[Array] = field(default_factory=list)  #: (outputs, rows) chunks, if they are kept
    targets: list[Array] = field(default_factory=list)


@dataclass
class Epochs:
    """The results of epochs that ran as one block, one entry each."""

    losses: list[float]
    gradient_norms: list[float]
    learning_rates: list[float]
    values: Array  #: the weights after each, (epochs, size)

    def count_finite(self) -> int:
        """The number of epochs before the first with a loss, a gradient or weights that are not finite."""
        numbers = zip(self.losses, self.gradient_norms, strict=True)
        good = next((i for i, pair in enumerate(numbers) if not all(map(math.isfinite, pair))), len(self.losses))
        # Weights that are not finite stay so.
        with np.errstate(all="ignore"):
            while good and not math.isfinite(norm(self.values[good - 1])):
                good -= 1
        return good


class Run:
    """Trains `values` in place. The networks of a `stack` share batches and their order; each has its own row of the
    vectors.

    After `epoch` the first gradient vector holds the last step's update.
    """

    def __init__(
        self, network: Network, spec: TrainingSpec, rows: Rows, values: Array, *, stack: tuple[int, ...] = ()
    ) -> None:
        self.network, self.spec, self.rows, self.stack = network, spec, rows, stack
        threads = max(1, min(spec.threads, len(rows)))
        self.vectors = Vectors(
            values,
            tuple(np.zeros((*stack, network.parameter_count), network.dtype) for _ in range(threads)),
            fresh_slots(spec.optimizer, network.parameter_count, network.dtype, stack),
        )
        self.step = 0
        self.memory: Memory = spec.optimizer.initial_memory()
        self.order_generator = np.random.default_rng([spec.seed, 0])
        self.generators = [np.random.default_rng([spec.seed, 1 + thread]) for thread in range(threads)]
        self.batch_rows = len(rows) if spec.batch_size == "full" else min(int(spec.batch_size), len(rows))
        self._table = Table.of(network, rows)
        self._order = np.arange(len(rows))
        # A batch of all rows is the same in any order.
        self._shuffled = spec.shuffle and self.batch_rows < len(rows)
        full, short = divmod(len(rows), self.batch_rows)
        # NumPy sums the losses of a single row in another order than those of many: it would change their last bits.
        is_alike = full == 1 < len(rows) and not short and threads == 1 and not (stack or self.memory)
        #: Epochs that may run as one block: several if each is one step on the same batch.
        self.together = epochs_together(network, len(rows)) if is_alike else 1
        self._full = self._plan(self.batch_rows, full, epochs=self.together)
        self._short = self._plan(short, 1) if short else None
        self._pool: ThreadPoolExecutor | None = None
        self._resident = False

    @property
    def steps_per_epoch(self) -> int:
        return -(-len(self.rows) // self.batch_rows)

    def schedule_factors(self, first_step: int, count: int, memory: Mapping[str, Any]) -> Array:
        """The learning rate that the schedule sets for each of these steps, (count,)."""
        return self.spec.schedule.factors(
            first_step, count, steps_per_epoch=self.steps_per_epoch, epochs=self.spec.epochs, memory=memory
        )

    @property
    def last_plan(self) -> Plan:
        """The plan of an epoch's last step."""
        return self._short or self._full

    def close(self) -> None:
        """End the threads; another epoch would start new ones."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def _plan(self, batch_rows: int, batches: int, *, epochs: int = 1) -> Plan:
        block = Block(
            self.network,
            self.spec.optimizer,
            self.spec.clipping,
            self.vectors,
            batch_rows=batch_rows,
            batches=batches,
            weighted=self.rows.sample_weights is not None,
            threads=len(self.generators),
            stack=self.stack,
            epochs=epochs,
        )
        runs = self.spec.epochs * self.steps_per_epoch // block.steps
        return Plan(block, self.generators, chosen_for(runs))

    # -- an epoch ----------------------------------------------------------------------------------------------------

    def epoch(
        self,
        rates: Rates,
        *,
        keep_scores: bool = False,
        interrupt: Callable[[], bool] | None = None,
        look: Callable[[str], None] | None = None,
    ) -> Epoch | None:
        """Run one epoch; None if `interrupt` stopped it. `look` is called with "gradient" and "update" when the first
        gradient vector holds the last step's gradient and update."""
        if self._pool is None and len(self.generators) > 1:
            self._pool = ThreadPoolExecutor(len(self.generators) - 1)
        # Overflow is data here, not an error. Set once per epoch, because it takes as long as a call of a tiny step.
        with np.errstate(all="ignore"):
            return self._epoch(rates, keep_scores, interrupt, look)

    def _epoch(
        self,
        rates: Rates,
        keep_scores: bool,
        interrupt: Callable[[], bool] | None,
        look: Callable[[str], None] | None,
    ) -> Epoch | None:
        self._shuffle()
        epoch = Epoch(loss=np.zeros(self.stack))
        done = 0
        for plan, first, count in self._blocks():
            plan.block.penalties.fill(0)
            of_steps = rates(self.step, count)
            self.memory = plan.block.set_rates(self.step, of_steps, self.memory)
            epoch.learning_rate = float(of_steps[-1].flat[0])
            if not self._run_block(plan, first, count, epoch, interrupt, look):
                return None
            self._account(plan, first, count, done, epoch, keep_scores)
            self.step += count
            done += count
            if epoch.bad_step is not None and not self.stack:
                return epoch
        epoch.loss /= 1 if self.network.spec.loss.reduction == "sum" else len(self.rows)
        return epoch

    def _run_block(
        self,
        plan: Plan,
        first: int,
        count: int,
        epoch: Epoch,
        interrupt: Callable[[], bool] | None,
        look: Callable[[str], None] | None,
    ) -> bool:
        """Gather and run the block's steps in turn; False if interrupted."""
        size = plan.block.batch_rows
        for step in range(0, count, plan.block.gathered):
            if interrupt is not None and interrupt():
                return False
            following = min(step + plan.block.gathered, count)
            self._gather(plan, first + step * size, (following - step) * size)
            is_last = first + following * size == len(self.rows)
            plan.run(step, following - is_last, self._pool)
            if is_last:
                self._last_step(plan, following - 1, epoch, look)
        return True

    def _shuffle(self) -> None:
        if self._shuffled:
            # Always shuffled from the same order, so that an epoch's order depends only on the generator's state.
            self._order[:] = np.arange(len(self._order))
            self.order_generator.shuffle(self._order)

    def _blocks(self) -> Iterator[tuple[Plan, int, int]]:
        """The epoch's blocks: plan, first row of the order, number of steps."""
        size, in_block = self.batch_rows, self._full.block.steps
        full, short = divmod(len(self.rows), size)
        for step in range(0, full, in_block):
            yield self._full, step * size, min(in_block, full - step)
        if short:
            assert self._short is not None
            yield self._short, full * size, 1

    def _gather(self, plan: Plan, first: int, length: int) -> None:
        if self._resident:
            return
        plan.block.gather(self._table, self._order[first : first + length])
        self._resident = length == len(self.rows) and not self._shuffled

    def _last_step(self, plan: Plan, step: int, epoch: Epoch, look: Callable[[str], None] | None) -> None:
        plan.run_gradient(step, self._pool)
        gradient = self.vectors.gradients[0]
        if not self.stack:
            epoch.gradient_norm = norm(gradient)
        if look is not None:
            look("gradient")
        plan.run_update(step, self._pool)
        if look is not None:
            look("update")

    def _account(self, plan: Plan, first: int, count: int, done: int, epoch: Epoch, keep_scores: bool) -> None:
        """Add the block's losses, each computed before its step's update."""
        truth = self._table.truth.take(self._order[first : first + count * plan.block.batch_rows], 0).T
        scores, targets = plan.block.recorded(count), np.ascontiguousarray(truth[: self.network.outputs])
        if keep_scores:
            # The next block overwrites the buffer, so keep a copy.
            epoch.scores.append(scores.copy())
            epoch.targets.append(targets)
        losses = self._losses(plan.block, scores, targets, truth, count)
        epoch.loss += np.add.reduce(losses, 0)
        if epoch.bad_step is None and not np.isfinite(epoch.loss).all():
            finite = np.isfinite(losses.reshape(count, -1)).all(axis=1)
            epoch.bad_step = done + 1 + int(np.argmin(finite))

    def _losses(self, block: Block, scores: Array, targets: Array, truth: Array, count: int) -> Array:
        """The loss of each of the block's first `count` steps, summed over its rows, (count, …)."""
        of_rows = self.network.head.row_losses(scores, targets)
        if self.rows.sample_weights is not None:
            of_rows = of_rows * truth[-1]
        of_steps = np.add.reduce(of_rows.reshape(*self.stack, count, -1), -1, np.float64)
        losses: Array = block.penalties[:count] * (
            block.batch_rows if self.network.spec.loss.reduction == "mean" else 1
        )
        losses += of_steps.T
        return losses

    # -- several epochs ----------------------------------------------------------------------------------------------

    def epochs(self, rates: Rates, count: int, look: Callable[[str], None] | None = None) -> Epochs:
        """Run `count` epochs, at most `together`, each as `epoch` would; `look` sees the last one."""
        with np.errstate(all="ignore"):
            plan, block, last = self._full, self._full.block, Epoch(loss=np.zeros(()))
            block.penalties.fill(0)
            of_steps = rates(self.step, count)
            self.memory = block.set_rates(self.step, of_steps, self.memory)
            self._gather(plan, 0, len(self.rows))
            plan.run(0, count - 1, self._pool)
            self._last_step(plan, count - 1, last, look)
            self.step += count
            truth = np.tile(self._table.truth.T, count)
            scores, targets = block.recorded(count), truth[: self.network.outputs]
            losses = self._losses(block, scores, targets, truth, count)
            losses /= 1 if self.network.spec.loss.reduction == "sum" else len(self.rows)
            assert block.after is not None
            norms = [norm(gradient) for gradient in block.after.gradients[: count - 1]]
            return Epochs(losses.tolist(), [*norms, last.gradient_norm], of_steps.tolist(), block.after.values[:count])


def generator_state(generator: np.random.Generator) -> dict[str, Any]:
    return dict(generator.bit_generator.state)
