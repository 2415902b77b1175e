"""How a network is trained, as a user writes it: the frozen form of the JSON options."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from service.engine.clipping import CLIPPINGS, Clipping
from service.engine.faults import Fault, SpecError
from service.engine.fields import Choice, Nested, Spec, field
from service.engine.layers.batch_norm import BatchNorm
from service.engine.loss import Kind
from service.engine.metric import Metric
from service.engine.metrics import METRICS
from service.engine.network import Network
from service.engine.optimizers import OPTIMIZERS, Adam, Optimizer
from service.engine.rules import Flag, Integer, Items, Number, OrWord, Text, unknown
from service.engine.schedules import SCHEDULES, Constant, Schedule


@dataclass(frozen=True, kw_only=True)
class EarlyStopping(Spec):
    """Stop when the monitored number has not become better for a while (Prechelt 1998, section 2)."""

    monitor: str | None = field(
        Text(max_length=100),
        default=None,
        says="loss, val_loss or a metric; null: val_loss if there is validation, else loss",
    )
    patience: int = field(Integer(minimum=1), default=10, says="epochs without improvement before the end")
    min_delta: float = field(Number(minimum=0), default=0.0, says="the smallest change that counts as improvement")
    restore_best: bool = field(Flag(), default=True, says="end with the best epoch's weights")


@dataclass(frozen=True, kw_only=True)
class TrainingSpec(Spec):
    epochs: int = field(Integer(minimum=1, maximum=10**9), default=100, says="passes over the rows")
    batch_size: int | str = field(OrWord(Integer(minimum=1), "full"), default=32, says="rows in one step")
    shuffle: bool = field(Flag(), default=True, says="a new order of the rows in every epoch")
    seed: int = field(Integer(minimum=0, maximum=2**63 - 1), default=0, says="of the order of rows and of dropout")
    optimizer: Optimizer = field(Choice(OPTIMIZERS), default=Adam(), says="how a gradient becomes a step")
    schedule: Schedule = field(Choice(SCHEDULES), default=Constant(), says="how the learning rate changes")
    clipping: Clipping | None = field(Choice(CLIPPINGS), default=None, says="bounds the gradient")
    early_stopping: EarlyStopping | None = field(
        Nested(EarlyStopping), default=None, says="ends a run that has settled"
    )
    metrics: tuple[Metric, ...] = field(Items(Choice(METRICS), at_most=20), default=(), says="measured every epoch")
    threads: int = field(Integer(minimum=1, maximum=64), default=1, says="cores that share each batch")

    @property
    def monitor(self) -> str | None:
        """The number whose best epoch is remembered; None: val_loss where there is validation, else loss."""
        return self.early_stopping.monitor if self.early_stopping else None

    def check(self, network: Network, *, validated: bool, kind: Kind | None = None) -> None:
        """Raise SpecError when this training does not fit the network or lacks the validation rows it speaks of.

        `kind` is what the network tells, where more is known of that than its loss says.
        """
        faults = [*self._check_names(validated), *self._check_metrics(network, kind or network.spec.loss.kind)]
        if self.threads > 1 and any(isinstance(node.layer, BatchNorm) for node in network.all_nodes):
            faults.append(
                Fault(("threads",), "must be 1 with batch_norm, whose statistics need the whole batch in one place")
            )
        if faults:
            raise SpecError(faults)

    def numbers(self, *, validated: bool) -> list[str]:
        """The names of the numbers every epoch's report will have."""
        own = ["loss", *(metric.key for metric in self.metrics)]
        return own + [f"val_{name}" for name in own] if validated else own

    def _check_names(self, validated: bool) -> Iterable[Fault]:
        names = self.numbers(validated=validated)
        wanted = {
            ("early_stopping", "monitor"): self.monitor,
            ("schedule", "monitor"): self.schedule.monitored,
        }
        for path, name in wanted.items():
            if name is not None and name not in names:
                hint = " (there are no validation rows)" if name.startswith("val_") and not validated else ""
                yield Fault(path, unknown(name, names, "number to monitor") + hint)
        keys = [metric.key for metric in self.metrics]
        for index, key in enumerate(keys):
            if key in keys[:index]:
                yield Fault(("metrics", index), f"{key} is asked for twice")

    def _check_metrics(self, network: Network, kind: Kind) -> Iterable[Fault]:
        for index, metric in enumerate(self.metrics):
            yield from (fault.under("metrics", index) for fault in metric.misfits(kind, network.outputs))
