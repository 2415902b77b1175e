"""Runs epochs: the table of rows and their order, the plans for full and for short batches, and the recorded
scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from service.engine.arrays import Array
from service.engine.executors.choice import chosen_for
from service.engine.network import Network
from service.engine.norms import each_norm, norm
from service.engine.optimizers import fresh_slots
from service.engine.rows import Rows
from service.engine.subnormals import FlushedSubnormals
from service.engine.training.block import Block, Table, Vectors, epochs_together
from service.engine.training.cursor import Cursor
from service.engine.training.epoch import Epoch, Epochs, row_losses, step_losses
from service.engine.training.plan import Plan
from service.engine.training.spec import TrainingSpec

#: Takes the first step's number and a count; returns the learning rate of each of those steps.
Rates = Callable[[int, int], Array]


class Run:
    """Trains `values` in place. After `epoch` the first gradient vector holds the last step's update."""

    def __init__(self, network: Network, spec: TrainingSpec, rows: Rows, values: Array) -> None:
        self.network, self.spec, self.rows = network, spec, rows
        threads = max(1, min(spec.threads, len(rows)))
        self.vectors = Vectors(
            values,
            tuple(np.zeros(network.parameter_count, network.dtype) for _ in range(threads)),
            fresh_slots(spec.optimizer, network.parameter_count, network.dtype),
        )
        self.cursor = Cursor.at_start(spec, threads)
        self.batch_rows = spec.batch_rows(len(rows))
        self._table = Table.of(network, rows)
        self._order = np.arange(len(rows))
        # A batch of all rows is the same in any order.
        self._shuffled = spec.shuffle and self.batch_rows < len(rows)
        self._shuffle = chosen_for(spec.epochs).prepare([self.cursor.shuffle(self._order)])
        full, short = divmod(len(rows), self.batch_rows)
        # NumPy sums the losses of a single row in another order than those of many: it would change their last bits.
        is_alike = full == 1 < len(rows) and not short and threads == 1 and not self.cursor.memory
        #: Epochs that may run as one block: several if each is one step on the same batch.
        self.together = min(spec.epochs, epochs_together(network, len(rows))) if is_alike else 1
        self._full = self._plan(self.batch_rows, full, epochs=self.together)
        self._short = self._plan(short, 1) if short else None
        self._pool: ThreadPoolExecutor | None = None
        self._resident = False

    @property
    def steps_per_epoch(self) -> int:
        return -(-len(self.rows) // self.batch_rows)

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
            threads=len(self.cursor.generators),
            epochs=epochs,
        )
        runs = self.spec.epochs * self.steps_per_epoch // block.steps
        return Plan(block, [[generator] for generator in self.cursor.generators], chosen_for(runs))

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
        if self._pool is None and len(self.cursor.generators) > 1:
            self._pool = ThreadPoolExecutor(len(self.cursor.generators) - 1)
        # Overflow is data here, not an error. Set once per epoch, because it takes as long as a call of a tiny step.
        with np.errstate(all="ignore"), FlushedSubnormals():
            return self._epoch(rates, keep_scores, interrupt, look)

    def _epoch(
        self,
        rates: Rates,
        keep_scores: bool,
        interrupt: Callable[[], bool] | None,
        look: Callable[[str], None] | None,
    ) -> Epoch | None:
        if self._shuffled:
            self._shuffle.run(0, 1)
        epoch = Epoch()
        for plan, first, count in self._blocks():
            plan.block.penalties.fill(0)
            of_steps = self._set_rates(plan.block, rates, count)
            epoch.learning_rate = float(of_steps[-1])
            if not self._run_block(plan, first, count, epoch, interrupt, look):
                return None
            self._account(plan, first, count, epoch, keep_scores)
            self.cursor.step += count
            if epoch.bad_step is not None:
                return epoch
        epoch.end(self.network, len(self.rows))
        return epoch

    def _set_rates(self, block: Block, rates: Rates, count: int) -> Array:
        cursor = self.cursor
        of_steps = rates(cursor.step, count)
        cursor.memory = block.set_rates(cursor.step, of_steps, cursor.memory, self.spec.optimizer)
        return of_steps

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
        epoch.gradient_norm = norm(self.vectors.gradients[0])
        if look is not None:
            look("gradient")
        plan.run_update(step, self._pool)
        if look is not None:
            look("update")

    def _account(self, plan: Plan, first: int, count: int, epoch: Epoch, keep_scores: bool) -> None:
        truth = self._table.truth.take(self._order[first : first + count * plan.block.batch_rows], 0).T
        scores = plan.block.recorded(count)
        if keep_scores:
            epoch.keep(scores, truth[: self.network.outputs])
        of_rows = row_losses(self.network, scores, truth)
        epoch.add(step_losses(self.network, of_rows, plan.block.penalties[:count]))

    # -- several epochs ----------------------------------------------------------------------------------------------

    def epochs(self, rates: Rates, count: int, look: Callable[[str], None] | None = None) -> Epochs:
        """Run `count` epochs, at most `together`, each as `epoch` would; `look` sees the last one."""
        with np.errstate(all="ignore"), FlushedSubnormals():
            plan, block, last = self._full, self._full.block, Epoch()
            block.penalties.fill(0)
            of_steps = self._set_rates(block, rates, count)
            self._gather(plan, 0, len(self.rows))
            plan.run(0, count - 1, self._pool)
            self._last_step(plan, count - 1, last, look)
            self.cursor.step += count
            truth = np.tile(self._table.truth.T, count)
            of_rows = row_losses(self.network, block.recorded(count), truth)
            losses = step_losses(self.network, of_rows, block.penalties[:count])
            losses /= 1 if self.network.spec.loss.reduction == "sum" else len(self.rows)
            assert block.after is not None
            norms = np.append(each_norm(block.after.gradients[: count - 1]), last.gradient_norm)
            return Epochs(losses, norms, of_steps, block.after.values[:count])
