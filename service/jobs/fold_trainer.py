"""Trains the folds of a cross-validation side by side, each as often as it is repeated, and looks from outside like the
training of one network."""

from __future__ import annotations

import math
import statistics
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from service.domain.types import Json
from service.engine.arrays import Array
from service.engine.evaluation import loss_of, measure_outputs, outputs_and_truth
from service.engine.inference import scores
from service.engine.network import Network
from service.engine.nodes import member_name
from service.engine.rows import Rows
from service.engine.seeds import member_seed
from service.engine.training.ensemble import MemberRows, member_training
from service.engine.training.health import LayerHealth
from service.engine.training.lockstep import Lockstep, Parted
from service.engine.training.report import EpochReport, Outcome
from service.engine.training.side_by_side import side_by_side
from service.engine.training.spec import TrainingSpec
from service.engine.training.stackable import Training
from service.engine.training.state import TrainingState
from service.jobs.member_rows import shared_rows

#: Before the names of the first fold's layers, the only ones that are shown.
FIRST = "1."


class FoldsTrainer:
    """Each fold is a `Trainer` of the same start and seed on rows of its own; of an ensemble one for each member, which
    all validate with the rows that the fold holds out. `values` are those of the first fold.

    Repeat i trains all folds with the seed `member_seed(seed, i)`, from weights that the network's seed of that number
    draws; the first one is the network and the training as they are. `assigned` says how often the folds that are given
    assign all rows: each time has another seed of the training, too.
    """

    def __init__(
        self,
        network: Network,
        spec: TrainingSpec,
        folds: Sequence[MemberRows],
        *,
        repeats: int = 1,
        assigned: int = 1,
        values: Array,
        state: TrainingState | None = None,
        interrupt: Callable[[], bool] | None = None,
        threads: int = 1,
    ) -> None:
        self.network, self.spec, self.repeats = network, spec, repeats * assigned
        self.rows = [rows for _ in range(repeats) for rows in folds]
        self._scores: dict[int, Array] = {}
        self._starts = [values, *(_redrawn(network, repeat) for repeat in range(1, repeats))]
        self._members = max(1, len(network.members))
        parted = Parted.of(state, len(self.rows) * self._members)
        states = iter(parted.states)
        trainings = [
            Training(
                network=one,
                spec=own_spec,
                rows=own.training,
                validation=own.validation,
                values=start,
                state=next(states),
            )
            for index, rows in enumerate(self.rows)
            for one, own_spec, own, start in self._parts(
                replace(spec, seed=member_seed(spec.seed, index * assigned // len(folds))),
                rows,
                self._starts[index // len(folds)],
            )
        ]
        self._lockstep = Lockstep(side_by_side(trainings, interrupt, threads), self._name, parted.counted)

    def _parts(
        self, spec: TrainingSpec, rows: MemberRows, values: Array
    ) -> Iterable[tuple[Network, TrainingSpec, MemberRows, Array]]:
        """The networks that a fold trains, each with its options, rows and weights."""
        network = self.network
        if not network.members:
            return [(network, spec, rows, values)]
        own = (member_training(network, spec, index) for index in range(len(network.members)))
        of_members = shared_rows(network, rows.training, rows.validation)
        return zip(network.members, own, of_members, network.parted(values), strict=True)

    def _name(self, index: int) -> str:
        fold, member = divmod(index, self._members)
        return f"{fold + 1}.{member_name(member)}" if self.network.members else str(fold + 1)

    def _fits(self, fold: int) -> range:
        return range(fold * self._members, (fold + 1) * self._members)

    @property
    def values(self) -> Array:
        return self._values_of(0)

    def _values_of(self, fold: int) -> Array:
        """Of an ensemble, those of its members: of equal weight, but for those that have diverged, which have none."""
        trainers = [self._lockstep.trainers[index] for index in self._fits(fold)]
        if not self.network.members:
            return trainers[0].values
        sound = np.array([index not in self._lockstep.lost for index in self._fits(fold)], np.float64)
        weights = sound / sound.sum() if sound.any() else None
        return self.network.joined([trainer.values for trainer in trainers], weights)

    @property
    def best_values(self) -> Array | None:
        """None where the folds do not return to their best epochs; those of the first fold have them once all have
        ended."""
        return None if self._lockstep.trainers[0].best_values is None else self.values

    @property
    def epoch(self) -> int:
        return self._lockstep.epoch

    @property
    def outcome(self) -> Outcome | None:
        return self._lockstep.outcome

    @property
    def monitored(self) -> str:
        return self._lockstep.trainers[0].monitored

    def groups(self, at_most: Callable[[], int | None] | None = None) -> Generator[Sequence[EpochReport]]:
        """Train until the end, and yield the mean of each epoch: always of one."""
        epochs = self._lockstep.epochs()
        try:
            for report in epochs:
                yield [report._replace(layers=_of_first(report))]
        finally:
            epochs.close()

    def values_after(self, epoch: int) -> Array:
        return self.values

    def best_after(self, epoch: int) -> Array:
        return self.values

    def state(self) -> TrainingState:
        """Everything the folds need to resume, as copies. Call between epochs, not after an interruption."""
        state = self._lockstep.state()
        return TrainingState(state.numbers, {**state.arrays, "values": self.values.copy()})

    # -- what was measured -------------------------------------------------------------------------------------------

    def measured(self) -> Json:
        """Mean and standard deviation (n - 1) of each validation number over the folds that have not diverged, and what
        the rows say that were held out, each judged by the weights that have not seen it."""
        folds, trainers = range(len(self.rows)), self._lockstep.trainers
        diverged = [fold for fold in folds if self._lockstep.lost.issuperset(self._fits(fold))]
        judged = {fold: self._judge(fold) for fold in folds if fold not in diverged}
        return {
            "count": len(self.rows),
            **({"repeats": self.repeats} if self.repeats > 1 else {}),
            "diverged": [fold + 1 for fold in diverged],
            "rows": [len(_held_out(rows)) for rows in self.rows],
            "epochs": [max(trainers[index].epoch for index in self._fits(fold)) for fold in folds],
            "numbers": {
                f"val_{name}": _spread([judged[fold].numbers[name] if fold in judged else None for fold in folds])
                for name in next(iter(judged.values())).numbers
            },
            "pooled": self._pooled(list(judged.values())),
        }

    def predictions(self) -> Iterator[FoldPredictions]:
        """By fold that has not diverged, of the rows that it has held out."""
        for fold, own in enumerate(self.rows):
            if self._lockstep.lost.issuperset(self._fits(fold)):
                continue
            rows = _held_out(own)
            outputs, truth = self.network.head.apply(self._scores_of(fold)).T, rows.targets
            if rows.units is not None:
                with np.errstate(all="ignore"):
                    outputs, truth = rows.units.restore(outputs), rows.units.restore_targets(truth)
            yield FoldPredictions(fold, outputs, truth)

    def _judge(self, fold: int) -> _Judged:
        """Of the rows that it has held out."""
        network, metrics, values = self.network, self.spec.metrics, self._values_of(fold)
        rows = _held_out(self.rows[fold])
        z = self._scores_of(fold)
        numbers = {"loss": loss_of(network, values, rows, z)}
        if not metrics:
            return _Judged(len(rows), numbers)
        outputs, truth = outputs_and_truth(network, metrics, z, rows.targets.T, rows.units)
        return _Judged(len(rows), numbers | measure_outputs(network, metrics, outputs, truth), outputs, truth)

    def _scores_of(self, fold: int) -> Array:
        """Of the rows that it has held out, by the weights that it has ended with: once for numbers and predictions."""
        if fold not in self._scores:
            self._scores[fold] = scores(self.network, self._values_of(fold), _held_out(self.rows[fold]).inputs)
        return self._scores[fold]

    def _pooled(self, judged: Sequence[_Judged]) -> Json:
        rows = sum(one.rows for one in judged)
        numbers = {"val_loss": sum(one.rows * one.numbers["loss"] for one in judged) / rows}
        if self.spec.metrics:
            outputs, truth = (np.concatenate([getattr(one, name) for one in judged]) for name in ("outputs", "truth"))
            found = measure_outputs(self.network, self.spec.metrics, outputs, truth)
            numbers |= {f"val_{name}": value for name, value in found.items()}
        return {"rows": rows} | {name: _finite(value) for name, value in numbers.items()}


class FoldPredictions(NamedTuple):
    """Both (rows, outputs) in the user's units."""

    fold: int
    outputs: Array
    truth: Array


class _Judged(NamedTuple):
    """Of the rows that one fold has held out; outputs and truth (rows, outputs) as metrics take them, if they do."""

    rows: int
    numbers: dict[str, float]
    outputs: Array | None = None
    truth: Array | None = None


def _redrawn(network: Network, repeat: int) -> Array:
    spec = replace(network.spec, seed=member_seed(network.spec.seed, repeat))
    return Network(spec, max_parameters=sys.maxsize, max_cost=sys.maxsize).initial_values()


def _held_out(rows: MemberRows) -> Rows:
    assert rows.validation is not None
    return rows.validation


def _of_first(report: EpochReport) -> tuple[LayerHealth, ...] | None:
    """The layers of the first fold, by their own names."""
    own = [layer for layer in report.layers or () if layer.layer.startswith(FIRST)]
    return tuple(replace(layer, layer=layer.layer.removeprefix(FIRST)) for layer in own) or None


def _spread(values: Sequence[float | None]) -> Json:
    known = [value for value in values if value is not None and math.isfinite(value)]
    return {
        "mean": statistics.fmean(known) if known else None,
        "std": statistics.stdev(known) if len(known) > 1 else None,
        "folds": [None if value is None else _finite(value) for value in values],
    }


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
