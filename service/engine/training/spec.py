"""The training spec: the frozen form of the JSON options a user writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from service.engine.clipping import CLIPPINGS, Clipping
from service.engine.layers.batch_norm import BatchNorm
from service.engine.losses.base import Kind
from service.engine.metrics.base import Metric
from service.engine.metrics.table import METRICS
from service.engine.network import Network
from service.engine.optimizers import OPTIMIZERS, Adam, Optimizer
from service.engine.schedules import SCHEDULES, Constant, Schedule
from service.schema.fields import Choice, Nested, Spec, field
from service.schema.rules import Flag, Integer, Items, Number, OrWord, Text, unknown
from service.schema.validation import SpecError, ValidationIssue


@dataclass(frozen=True, kw_only=True)
class EarlyStopping(Spec):
    """Stop when the monitored metric has not improved for a while (Prechelt 1998, section 2)."""

    monitor: str | None = field(
        Text(max_length=100),
        default=None,
        help="loss, val_loss or a metric; null: val_loss with validation, otherwise loss",
    )
    patience: int = field(Integer(minimum=1), default=10, help="epochs without improvement before stopping")
    min_delta: float = field(Number(minimum=0), default=0.0, help="smallest change that counts as an improvement")
    restore_best: bool = field(Flag(), default=True, help="restore the best epoch's weights at the end")


@dataclass(frozen=True, kw_only=True)
class TrainingSpec(Spec):
    epochs: int = field(Integer(minimum=1, maximum=10**9), default=100, help="number of passes over the rows")
    batch_size: int | str = field(OrWord(Integer(minimum=1), "full"), default=32, help="rows per training step")
    shuffle: bool = field(Flag(), default=True, help="reorder the rows in every epoch")
    seed: int = field(Integer(minimum=0, maximum=2**63 - 1), default=0, help="seed of the row order and of dropout")
    optimizer: Optimizer = field(Choice(OPTIMIZERS), default=Adam(), help="how gradients become weight updates")
    schedule: Schedule = field(Choice(SCHEDULES), default=Constant(), help="how the learning rate changes")
    clipping: Clipping | None = field(Choice(CLIPPINGS), default=None, help="limits the gradient")
    early_stopping: EarlyStopping | None = field(
        Nested(EarlyStopping), default=None, help="ends a run that no longer improves"
    )
    metrics: tuple[Metric, ...] = field(
        Items(Choice(METRICS), at_most=20), default=(), help="metrics computed after every epoch"
    )
    threads: int = field(Integer(minimum=1, maximum=64), default=1, help="threads that share each batch")

    def batch_rows(self, count: int) -> int:
        """The rows of a full batch, of `count` rows in all."""
        return count if self.batch_size == "full" else min(int(self.batch_size), count)

    @property
    def monitor(self) -> str | None:
        """The metric that decides the best epoch; None: val_loss with validation, otherwise loss."""
        return self.early_stopping.monitor if self.early_stopping else None

    def check(self, network: Network, *, validated: bool, kind: Kind | None = None) -> None:
        """Raise SpecError if this training does not fit the network or lacks the validation rows it refers to.

        `kind` is the network's task, if more is known about it than its loss implies.
        """
        issues = [
            *self._check_names(validated),
            *self._check_recipes(network, validated),
            *self._check_metrics(network, kind or network.spec.loss.kind),
        ]
        if self.threads > 1 and any(isinstance(node.layer, BatchNorm) for node in network.all_nodes):
            issues.append(
                ValidationIssue(
                    ("threads",), "must be 1 with batch_norm, whose statistics need the whole batch in one thread"
                )
            )
        if issues:
            raise SpecError(issues)

    def numbers(self, *, validated: bool) -> list[str]:
        """The names of the metrics in every epoch's report."""
        own = ["loss", *(metric.key for metric in self.metrics)]
        return own + [f"val_{name}" for name in own] if validated else own

    def _check_names(self, validated: bool) -> Iterable[ValidationIssue]:
        names = self.numbers(validated=validated)
        wanted = [(("early_stopping", "monitor"), self.monitor), (("schedule", "monitor"), self.schedule.monitored)]
        for path, name in wanted:
            if name is not None and name not in names:
                hint = " (there are no validation rows)" if name.startswith("val_") and not validated else ""
                yield ValidationIssue(path, unknown(name, names, "metric to monitor") + hint)
        keys = [metric.key for metric in self.metrics]
        for index, key in enumerate(keys):
            if key in keys[:index]:
                yield ValidationIssue(("metrics", index), f"{key} is requested twice")

    def _check_recipes(self, network: Network, validated: bool) -> Iterable[ValidationIssue]:
        names = self.numbers(validated=validated)
        for place, recipe in enumerate(network.spec.recipes):
            name = recipe.schedule and recipe.schedule.monitored
            if name and name not in names:
                message = f"must allow for members[{place}] of the network, whose schedule monitors {name}"
                yield ValidationIssue(("schedule",), message)

    def _check_metrics(self, network: Network, kind: Kind) -> Iterable[ValidationIssue]:
        for index, metric in enumerate(self.metrics):
            yield from (issue.under("metrics", index) for issue in metric.misfits(kind, network.outputs))
