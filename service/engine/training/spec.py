"""How a network is trained, as a user writes it: the frozen form of the JSON options."""

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
    """Stop when the monitored number has not become better for a while (Prechelt 1998, section 2)."""

    monitor: str | None = field(
        Text(max_length=100),
        default=None,
        help="loss, val_loss or a metric; null: val_loss if there is validation, else loss",
    )
    patience: int = field(Integer(minimum=1), default=10, help="epochs without improvement before the end")
    min_delta: float = field(Number(minimum=0), default=0.0, help="the smallest change that counts as improvement")
    restore_best: bool = field(Flag(), default=True, help="end with the best epoch's weights")


@dataclass(frozen=True, kw_only=True)
class TrainingSpec(Spec):
    epochs: int = field(Integer(minimum=1, maximum=10**9), default=100, help="passes over the rows")
    batch_size: int | str = field(OrWord(Integer(minimum=1), "full"), default=32, help="rows in one step")
    shuffle: bool = field(Flag(), default=True, help="a new order of the rows in every epoch")
    seed: int = field(Integer(minimum=0, maximum=2**63 - 1), default=0, help="of the order of rows and of dropout")
    optimizer: Optimizer = field(Choice(OPTIMIZERS), default=Adam(), help="how a gradient becomes a step")
    schedule: Schedule = field(Choice(SCHEDULES), default=Constant(), help="how the learning rate changes")
    clipping: Clipping | None = field(Choice(CLIPPINGS), default=None, help="bounds the gradient")
    early_stopping: EarlyStopping | None = field(
        Nested(EarlyStopping), default=None, help="ends a run that has settled"
    )
    metrics: tuple[Metric, ...] = field(Items(Choice(METRICS), at_most=20), default=(), help="measured every epoch")
    threads: int = field(Integer(minimum=1, maximum=64), default=1, help="cores that share each batch")

    @property
    def monitor(self) -> str | None:
        """The number whose best epoch is remembered; None: val_loss where there is validation, else loss."""
        return self.early_stopping.monitor if self.early_stopping else None

    def check(self, network: Network, *, validated: bool, kind: Kind | None = None) -> None:
        """Raise SpecError when this training does not fit the network or lacks the validation rows it speaks of.

        `kind` is what the network tells, where more is known of that than its loss says.
        """
        issues = [*self._check_names(validated), *self._check_metrics(network, kind or network.spec.loss.kind)]
        if self.threads > 1 and any(isinstance(node.layer, BatchNorm) for node in network.all_nodes):
            issues.append(
                ValidationIssue(
                    ("threads",), "must be 1 with batch_norm, whose statistics need the whole batch in one place"
                )
            )
        if issues:
            raise SpecError(issues)

    def numbers(self, *, validated: bool) -> list[str]:
        """The names of the numbers every epoch's report will have."""
        own = ["loss", *(metric.key for metric in self.metrics)]
        return own + [f"val_{name}" for name in own] if validated else own

    def _check_names(self, validated: bool) -> Iterable[ValidationIssue]:
        names = self.numbers(validated=validated)
        wanted = {
            ("early_stopping", "monitor"): self.monitor,
            ("schedule", "monitor"): self.schedule.monitored,
        }
        for path, name in wanted.items():
            if name is not None and name not in names:
                hint = " (there are no validation rows)" if name.startswith("val_") and not validated else ""
                yield ValidationIssue(path, unknown(name, names, "number to monitor") + hint)
        keys = [metric.key for metric in self.metrics]
        for index, key in enumerate(keys):
            if key in keys[:index]:
                yield ValidationIssue(("metrics", index), f"{key} is asked for twice")

    def _check_metrics(self, network: Network, kind: Kind) -> Iterable[ValidationIssue]:
        for index, metric in enumerate(self.metrics):
            yield from (issue.under("metrics", index) for issue in metric.misfits(kind, network.outputs))
