"""The fits of a job: one network, the members of an ensemble, or folds and repeats."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from service.engine.arrays import Array
from service.engine.inspection.importance import BUDGET
from service.engine.network import Network
from service.engine.training.ensemble import EnsembleTrainer, MemberRows
from service.engine.training.stacked_network import StackedNetwork
from service.engine.training.state import TrainingState
from service.engine.training.trainer import Trainer
from service.jobs.fold_trainer import FoldsTrainer
from service.jobs.folds import Folds
from service.jobs.importance import Importances, importance_of, mean_importance
from service.jobs.options import JobOptions
from service.jobs.preparation import Prepared

#: What trains a job by itself; one of a stack trains with the others of it.
OwnTrainer = Trainer | EnsembleTrainer | FoldsTrainer
AnyTrainer = OwnTrainer | StackedNetwork


def make_trainer(
    network: Network,
    options: JobOptions,
    prepared: Prepared,
    values: Array,
    state: TrainingState | None,
    interrupt: Callable[[], bool],
    threads: int = 1,
) -> OwnTrainer:
    """Raises what a trainer raises."""
    if prepared.folds or options.repeats > 1:
        return FoldsTrainer(
            network,
            options.training,
            prepared.folds or [MemberRows(prepared.training, prepared.validation)],
            repeats=options.repeats,
            assigned=Folds.read(options.folds).repeats if options.folds else 1,
            values=values,
            state=state,
            interrupt=interrupt,
            threads=threads,
        )
    if network.members:
        return EnsembleTrainer(
            network,
            options.training,
            prepared.members,
            values=values,
            state=state,
            interrupt=interrupt,
            threads=threads,
        )
    return Trainer(
        network,
        options.training,
        prepared.training,
        validation=prepared.validation,
        values=values,
        state=state,
        interrupt=interrupt,
    )


def fits_importance(
    trainer: AnyTrainer, options: JobOptions, prepared: Prepared, interrupt: Callable[[], bool]
) -> Importances | None:
    """Of every named input, on the validation rows where there are some: what was overfitted does not count. Of an
    ensemble the mean of its members', each on validation rows of its own; not of folds, nor if unwanted."""
    if not options.importance or prepared.groups is None or isinstance(trainer, FoldsTrainer):
        return None
    if isinstance(trainer, Trainer | StackedNetwork):
        rows, groups = prepared.validation or prepared.training, prepared.groups
        return importance_of(
            trainer.network, trainer.values, rows, groups, seed=options.training.seed, interrupt=interrupt
        )
    return _members_importance(trainer, options, prepared, prepared.groups, interrupt)


def _members_importance(
    trainer: EnsembleTrainer,
    options: JobOptions,
    prepared: Prepared,
    groups: Mapping[str, Sequence[int]],
    interrupt: Callable[[], bool],
) -> Importances | None:
    """Together they may take as long as that of one network."""
    weights = trainer.network.member_weights(trainer.values)
    wanted = np.flatnonzero(weights > 0)
    found = [
        importance_of(
            trainer.network.members[index],
            trainer.members[index].values,
            prepared.members[index].validation or prepared.members[index].training,
            _groups_read(trainer.network, index, groups),
            seed=trainer.members[index].spec.seed,
            budget=BUDGET / len(wanted),
            interrupt=interrupt,
        )
        for index in wanted.tolist()
    ]
    known = [one for one in found if one is not None]
    return mean_importance(known, weights[wanted].tolist()) if len(known) == len(wanted) else None


def _groups_read(network: Network, index: int, groups: Mapping[str, Sequence[int]]) -> Mapping[str, Sequence[int]]:
    """Which of the inputs that a member reads each column is."""
    read = network.inputs_read[index]
    if read is None:
        return groups
    places = {one: place for place, one in enumerate(read.tolist())}
    return {name: [places[one] for one in group if one in places] for name, group in groups.items()}
