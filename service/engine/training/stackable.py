"""Which trainings a stack can hold together, and whether that is worth it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from service.engine.arrays import Array
from service.engine.layers.base import Layer
from service.engine.layers.dense import Dense
from service.engine.layers.residual import Residual
from service.engine.network import Network
from service.engine.rows import Rows
from service.engine.spec import NetworkSpec
from service.engine.training.spec import TrainingSpec
from service.engine.training.state import TrainingState
from service.engine.training.trainer import Trainer
from service.schema.validation import SpecError, ValidationIssue

#: Beyond so many numbers (those that a batch's rows meet and become) the arithmetic of a step is all of its time.
WORTHWHILE_NUMBERS = 1 << 17


@dataclass(frozen=True, kw_only=True)
class Training:
    """What a `Trainer` takes: one network's training, as it would be alone."""

    network: Network
    spec: TrainingSpec
    rows: Rows
    validation: Rows | None = None
    values: Array | None = None
    state: TrainingState | None = None

    def alone(self, interrupt: Callable[[], bool] | None = None) -> Trainer:
        return Trainer(
            self.network,
            self.spec,
            self.rows,
            validation=self.validation,
            values=self.values,
            state=self.state,
            interrupt=interrupt,
        )


def stack_key(training: Training) -> tuple[Any, ...]:
    """Equal for trainings that a stack can hold together."""
    spec = training.spec
    return (
        _shape(training.network.spec),
        replace(spec.optimizer, learning_rate=1.0, weight_decay=0.0),
        spec.clipping,
        spec.batch_size,
        spec.threads,
        training.rows.sample_weights is None,
    )


#: What the parts of the key are about.
PARTS = (
    (("network",), "may differ from the first network only in seed, weights and biases"),
    (("training", "optimizer"), "may differ from the first training's only in learning_rate and weight_decay"),
    (("training", "clipping"), "must be that of the first training"),
    (("training", "batch_size"), "must be that of the first training"),
    (("training", "threads"), "must be that of the first training"),
    (("rows", "sample_weights"), "must be given for all networks of a stack, or for none"),
)


def reject_different(trainings: Sequence[Training]) -> None:
    if not trainings:
        raise SpecError([ValidationIssue((), "must be one or more trainings")])
    keys = [stack_key(training) for training in trainings]
    issues = [
        ValidationIssue((index, *path), message)
        for index, key in enumerate(keys)
        for own, first, (path, message) in zip(key, keys[0], PARTS, strict=True)
        if own != first
    ]
    if trainings[0].spec.threads > 1:
        issues.append(ValidationIssue((0, "training", "threads"), "must be 1: a stack trains in one thread"))
    if issues:
        raise SpecError(issues)


def _shape(spec: NetworkSpec) -> NetworkSpec:
    """The spec without the fields that may differ within a stack."""
    return replace(spec, layers=tuple(map(_without_weights, spec.layers)), seed=0)


def _without_weights(layer: Layer) -> Layer:
    if isinstance(layer, Dense):
        return replace(layer, weights=None, biases=None)
    if isinstance(layer, Residual):
        return replace(layer, layers=tuple(map(_without_weights, layer.layers)))
    return layer


def is_worth_stacking(training: Training) -> bool:
    """Whether a step of one network is so short that a stack saves time: three quarters of it with few numbers, nothing
    with many."""
    return training.spec.batch_rows(len(training.rows)) * training.network.cost <= WORTHWHILE_NUMBERS
