"""Several runs side by side: the course of each, and what was asked of it that was not asked of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from service.domain.epochs import Epoch
from service.domain.jobs import Job
from service.operations.backend import Backend
from service.operations.jobs.history import Selection, sample

#: Follows from `start_from`, so that it is no difference of its own.
_DERIVED = "start_snapshot"


@dataclass(frozen=True)
class Series:
    job: Job
    differs: Mapping[str, Any]  #: options by dotted name, those in which the jobs are not all alike
    epochs: Sequence[Epoch]

    @property
    def name(self) -> str:
        """The network, the job's last digits, what is particular: ``cheese c7d2f4 · optimizer.learning_rate=0.1``."""
        particular = ", ".join(f"{key.removeprefix('training.')}={value}" for key, value in self.differs.items())
        own = f"{self.job.network_name} {self.job.id[-6:]}"
        return f"{own} · {particular}" if particular else own


def compare(backend: Backend, jobs: Sequence[Job], selection: Selection, *, max_points: int) -> list[Series]:
    """One series for each job, in the order given."""
    return [
        Series(job, differs, sample(backend, job.id, selection, max_points=max_points))
        for job, differs in zip(jobs, differences([job.options for job in jobs]), strict=True)
    ]


def with_best(backend: Backend, series: Series) -> Series:
    """The same with the best epoch among its epochs, which thinning out by the loss may have dropped."""
    best, shown = series.job.best_epoch, [epoch.epoch for epoch in series.epochs]
    if best is None or best in shown or not shown or not shown[0] < best < shown[-1]:
        return series
    found = backend.storage.history([series.job.id], from_epoch=best, to_epoch=best)
    return replace(series, epochs=sorted([*series.epochs, *found], key=attrgetter("epoch")))


def differences(options: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The entries of each in which they differ, nested ones by dotted names; None where one lacks an entry."""
    flat = [flattened(one) for one in options]
    names = dict.fromkeys(name for one in flat for name in one if name != _DERIVED)
    unlike = [name for name in names if any(one.get(name) != flat[0].get(name) for one in flat)]
    return [{name: one.get(name) for name in unlike} for one in flat]


def flattened(options: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in options.items():
        flat |= flattened(value, f"{prefix}{name}.") if isinstance(value, Mapping) else {f"{prefix}{name}": value}
    return flat
