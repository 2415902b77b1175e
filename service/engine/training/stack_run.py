"""Runs epochs of a stack: networks of one shape in one program, each with its own rows in its own order.

All networks take the steps together that all of them have; those whose rows make another number of batches, or a last
batch of another size, take the rest by themselves. Nothing is done network by network in a step or a block of steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from service.engine.arrays import Array
from service.engine.executors.choice import chosen_for
from service.engine.network import Network
from service.engine.norms import each_norm
from service.engine.subnormals import FlushedSubnormals
from service.engine.training.block import Block, Table, Vectors
from service.engine.training.epoch import row_losses, step_losses
from service.engine.training.plan import Plan
from service.engine.training.stack_epoch import StackEpoch
from service.engine.training.stack_health import StackExaminer
from service.engine.training.stack_members import Member, Orders
from service.engine.training.stack_rates import StackRates

#: Losses are counted for as many networks together as have so many bytes of scores: they stay in the cache.
COUNTED_BYTES = 1 << 18


@dataclass
class Part:
    """Steps that some neighbouring networks take together, from row `first` of their order on: in one program, or one
    after the other, each in its own."""

    networks: slice
    block: Block
    plans: Sequence[Plan]
    apart: bool  #: whether each network has a plan of its own
    first: int
    batches: int
    last: slice  #: the networks whose last step is the last one of this part

    def activations(self, networks: slice) -> Sequence[Sequence[tuple[str, Array]]]:
        """Those that layers show of these networks, by plan, (networks, units, rows)."""
        own = slice(networks.start - self.networks.start, networks.stop - self.networks.start)
        shown = [[(layer, a) for layer, what, a in plan.recorders[0].shown if what == "a"] for plan in self.plans]
        if self.apart:
            return [[(layer, a[None]) for layer, a in of_plan] for of_plan in shown[own]]
        return [[(layer, a[own]) for layer, a in shown[0]]]


class StackRun:
    """Trains `values` (K, size) in place. Members with the same number of rows are next to each other. Those `apart`
    have programs of their own, because the vectors of all would not stay in the cache."""

    def __init__(
        self,
        network: Network,
        members: Sequence[Member],
        table: Table,
        values: Array,
        slots: dict[str, Array],
        *,
        apart: bool = False,
        pool: ThreadPoolExecutor | None = None,
    ) -> None:
        self.network, self.members, self.table, self._apart, self._pool = network, members, table, apart, pool
        self._resting: set[int] = set()
        gradients = np.zeros((len(members), network.parameter_count), network.dtype)
        self.vectors = Vectors(values, (gradients,), slots)
        self._rates = StackRates(members)
        self._orders = Orders(members)
        self.rows = [member.rows for member in members]
        #: The networks with one number of rows.
        self.groups = list(_groups(self.rows))
        self.parts = list(self._parts())

    def rest(self, index: int) -> None:
        """Let a network that has ended change no more."""
        self._rates.rest(index)
        self._resting.add(index)

    def examiner(self) -> StackExaminer:
        shown = [self._last_part(group).activations(group) for group in self.groups]
        groups = [
            part
            for group, of_plans in zip(self.groups, shown, strict=True)
            for part in (_singles(group) if self._apart else [group])
        ]
        return StackExaminer(self.network, groups, [own for of_plans in shown for own in of_plans])

    def _last_part(self, group: slice) -> Part:
        """The one with this group's last step."""
        return next(part for part in reversed(self.parts) if part.last == group)

    # -- the plans ---------------------------------------------------------------------------------------------------

    def _parts(self) -> Iterator[Part]:
        members = self.members
        common = 0
        if len({member.batch_rows for member in members}) == 1:
            common = min(self.rows) // members[0].batch_rows
            yield self._part(slice(0, len(members)), 0, members[0].batch_rows, common)
        for group in self.groups:
            member = members[group.start]
            full, short = divmod(member.rows, member.batch_rows)
            if full > common:
                yield self._part(group, common * member.batch_rows, member.batch_rows, full - common)
            if short:
                yield self._part(group, full * member.batch_rows, short, 1)

    def _part(self, networks: slice, first: int, batch_rows: int, batches: int) -> Part:
        members = self.members[networks]
        spec = members[0].spec
        slots = {name: slot[networks] for name, slot in self.vectors.slots.items()}
        block = Block(
            self.network,
            replace(spec.optimizer, weight_decay=max(member.spec.optimizer.weight_decay for member in members)),
            spec.clipping,
            Vectors(self.vectors.values[networks], (self.vectors.gradients[0][networks],), slots),
            batch_rows=batch_rows,
            batches=batches,
            weighted=self.table.truth.shape[1] > self.network.outputs,
            stack=(len(members),),
            alike=self._orders.are_alike(networks),
        )
        executor = chosen_for(max(member.spec.epochs for member in members) * -(-batches // block.steps))
        generators = [member.cursor.generators[0] for member in members]
        if self._apart:
            plans = [Plan(block.of_network(i), [[own]], executor) for i, own in enumerate(generators)]
        else:
            plans = [Plan(block, [generators], executor)]
        stop = first + batches * batch_rows
        ending = [index for index in range(networks.start, networks.stop) if self.rows[index] == stop]
        last = slice(ending[0], ending[-1] + 1) if ending else slice(0, 0)
        return Part(networks, block, plans, self._apart, first, batches, last)

    # -- an epoch ----------------------------------------------------------------------------------------------------

    def epoch(
        self, *, keep_scores: Sequence[bool], interrupt: Callable[[], bool] | None, examiner: StackExaminer | None
    ) -> StackEpoch | None:
        """Run one epoch of every network; None if `interrupt` stopped it. The examiner, if there is one, looks at each
        network's last step."""
        with np.errstate(all="ignore"), FlushedSubnormals():
            self._orders.shuffle()
            epoch = StackEpoch(self.groups)
            for part in self.parts:
                for step in range(0, part.batches, part.block.steps):
                    if not self._run_block(part, step, epoch, interrupt, examiner):
                        return None
                    self._account(part, step, epoch, keep_scores)
            return epoch

    def _run_block(
        self,
        part: Part,
        first: int,
        epoch: StackEpoch,
        interrupt: Callable[[], bool] | None,
        examiner: StackExaminer | None,
    ) -> bool:
        """Gather and run the steps of the block that begins with step `first` of the part; False if interrupted."""
        block = part.block
        count = min(block.steps, part.batches - first)
        block.penalties.fill(0)
        epoch.learning_rates[part.networks] = self._rates.set(block, part.networks, count)
        for step in range(0, count, block.gathered):
            if interrupt is not None and interrupt():
                return False
            following = min(step + block.gathered, count)
            block.gather(self.table, self._numbers(part, first + step, first + following))
            ends = first + following == part.batches and part.last.stop > part.last.start
            if ends:
                self._last_steps(part, step, following - 1, epoch, examiner)
            else:
                self._run(part, partial(_steps, first=step, stop=following))
        return True

    def _numbers(self, part: Part, first: int, stop: int) -> Array:
        """The numbers of the rows of some steps of a part: (batches, networks or 1, rows), flat."""
        orders = self._in_order(part, first, stop)
        return orders.reshape(len(orders), stop - first, -1).swapaxes(0, 1).reshape(-1)

    def _in_order(self, part: Part, first: int, stop: int) -> Array:
        """The numbers of the rows of some steps of a part, (networks, rows); (1, rows) of networks that are alike."""
        size, start = part.block.batch_rows, part.networks.start
        networks = slice(start, start + 1) if part.block.alike else part.networks
        return self._orders.of(networks, part.first + first * size, part.first + stop * size)

    def _last_steps(self, part: Part, first: int, last: int, epoch: StackEpoch, examiner: StackExaminer | None) -> None:
        gradients = self.vectors.gradients[0]

        def run(plan: Plan) -> None:
            plan.run(first, last, None)
            plan.run_gradient(last, None)

        self._run(part, run)
        epoch.gradient_norms[part.last] = each_norm(gradients[part.last])
        if examiner is not None:
            examiner.look("gradient", gradients, part.last)
        self._run(part, lambda plan: plan.run_update(last, None))
        if examiner is not None:
            examiner.look("update", gradients, part.last)

    def _run(self, part: Part, work: Callable[[Plan], None]) -> None:
        """Have the part's programs run, those of resting networks only where others run too."""
        start = part.networks.start
        plans = [plan for index, plan in enumerate(part.plans, start) if not part.apart or index not in self._resting]
        if self._pool is None or len(plans) < 2:
            for plan in plans:
                work(plan)
        else:
            list(self._pool.map(partial(_quietly, work), plans))

    def _account(self, part: Part, first: int, epoch: StackEpoch, keep_scores: Sequence[bool]) -> None:
        block, outputs = part.block, self.network.outputs
        count = min(block.steps, part.batches - first)
        scores = block.recorded(count)
        numbers = self._in_order(part, first, first + count)
        penalties = block.penalties[:count].T
        losses = np.empty(penalties.shape)
        together = max(1, COUNTED_BYTES // scores[0].nbytes)
        for start in range(0, len(scores), together):
            own = slice(start, start + together)
            truth = self._truth(numbers if block.alike else numbers[own], len(scores[own]))
            losses[own] = step_losses(self.network, row_losses(self.network, scores[own], truth), penalties[own])
            for position, index in enumerate(range(part.networks.start + start, part.networks.stop)[:together]):
                if keep_scores[index]:
                    epoch.keep(index, scores[start + position], truth[position, :outputs])
        epoch.add(part.networks, losses)

    def _truth(self, numbers: Array, count: int) -> Array:
        """The targets and weights of these rows, (count networks, …, rows)."""
        truth = np.ascontiguousarray(self.table.truth.take(numbers.reshape(-1), 0).reshape(*numbers.shape, -1).mT)
        return truth if len(truth) == count else np.broadcast_to(truth, (count, *truth.shape[1:]))


def _steps(plan: Plan, first: int, stop: int) -> None:
    plan.run(first, stop, None)


def _quietly(work: Callable[[Plan], None], plan: Plan) -> None:
    """Both settings are per thread."""
    with np.errstate(all="ignore"), FlushedSubnormals():
        work(plan)


def _singles(networks: slice) -> list[slice]:
    return [slice(index, index + 1) for index in range(networks.start, networks.stop)]


def _groups(rows: Sequence[int]) -> Iterator[slice]:
    edges = [i for i in range(len(rows) + 1) if i in (0, len(rows)) or rows[i] != rows[i - 1]]
    return map(slice, edges, edges[1:])
