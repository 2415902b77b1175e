"""Trains K networks of the same shape together, on arrays with one more axis, which makes a search cheap."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from service.engine.arrays import Array
from service.engine.layers.base import Layer
from service.engine.layers.dense import Dense
from service.engine.layers.residual import Residual
from service.engine.network import Network
from service.engine.rows import Rows
from service.engine.spec import NetworkSpec
from service.engine.training.run import Run
from service.engine.training.spec import TrainingSpec
from service.schema.rules import Items, Number
from service.schema.validation import SpecError, ValidationIssue


@dataclass(frozen=True)
class StackReport:
    """One epoch of all networks: the loss of each, (K,), as in an `EpochReport`. The loss of a diverged network is not
    finite and does not affect the others."""

    epoch: int
    losses: Array


class StackedTrainer:
    """Train K networks that differ in seed, explicit weights or learning rate and share rows, batches and their order.

    Network i equals a `Trainer` of `specs[i]` with the training seed: bit-identical where NumPy multiplies a stack of
    matrices as it multiplies one (usually so for layers wider than one unit), otherwise to a relative 1e-6 in float32
    and 1e-12 in float64, because BLAS sums a matrix times a vector in another order. One thread, no clipping other than
    the training's own, no early stopping: the caller stops.
    """

    def __init__(
        self,
        specs: Sequence[NetworkSpec],
        training: TrainingSpec,
        rows: Rows,
        *,
        learning_rates: Sequence[float] | None = None,
    ) -> None:
        _reject_different(specs, training)
        networks = [Network(spec) for spec in specs]
        training.check(networks[0], validated=False)
        self.network, self.training = networks[0], training
        count = len(networks)
        rates = [training.optimizer.learning_rate] * count if learning_rates is None else list(learning_rates)
        if len(rates) != count:
            raise SpecError(
                [
                    ValidationIssue(
                        ("learning_rates",), f"must have one entry for each of the {count} networks, got {len(rates)}"
                    )
                ]
            )
        self._base = np.array(_read_rates(rates))[:, None]
        values = np.stack([network.initial_values() for network in networks])
        self._run = Run(self.network, training, rows, values, stack=(count,))

    @property
    def values(self) -> Array:
        """The weights of all networks, (K, size): a view that training keeps updating."""
        return self._run.vectors.values

    def epochs(self) -> Iterator[StackReport]:
        for epoch in range(1, self.training.epochs + 1):
            done = self._run.epoch(self._rates)
            assert done is not None
            yield StackReport(epoch, done.loss)

    def _rates(self, first_step: int, count: int) -> Array:
        memory = self.training.schedule.initial_memory()
        factors = self._run.schedule_factors(first_step, count, memory)
        rates: Array = factors[:, None, None] * self._base
        return rates


def _read_rates(rates: Sequence[float]) -> Sequence[float]:
    try:
        return Items(Number(above=0)).read(list(rates))
    except SpecError as error:
        raise SpecError(issue.under("learning_rates") for issue in error.issues) from None


def _reject_different(specs: Sequence[NetworkSpec], training: TrainingSpec) -> None:
    if not specs:
        raise SpecError([ValidationIssue((), "must be one or more networks")])
    issues = [
        ValidationIssue((index,), "may differ from the first network only in seed, weights and biases")
        for index, spec in enumerate(specs)
        if _shape(spec) != _shape(specs[0])
    ]
    if training.threads > 1:
        issues.append(ValidationIssue(("training", "threads"), "must be 1: a stack trains in one thread"))
    if training.schedule.monitored or training.early_stopping or training.metrics:
        issues.append(
            ValidationIssue(
                ("training",), "must have no plateau schedule, early_stopping or metrics: the caller decides"
            )
        )
    if issues:
        raise SpecError(issues)


def _shape(spec: NetworkSpec) -> NetworkSpec:
    """The spec without the fields that may differ within a stack."""
    return dataclasses.replace(spec, layers=tuple(map(_without_weights, spec.layers)), seed=0)


def _without_weights(layer: Layer) -> Layer:
    if isinstance(layer, Dense):
        return dataclasses.replace(layer, weights=None, biases=None)
    if isinstance(layer, Residual):
        return dataclasses.replace(layer, layers=tuple(map(_without_weights, layer.layers)))
    return layer
