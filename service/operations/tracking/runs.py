"""Read training jobs as runs of MLflow: one, those that match a filter, and the history of a metric."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import merge
from itertools import islice
from typing import Any, NamedTuple

from service.domain.epochs import Epoch
from service.domain.job_kind import JobKind
from service.domain.jobs import Job
from service.domain.paging import Page
from service.errors import NotFound
from service.operations.backend import Backend
from service.operations.tracking.metrics import Point, last_points
from service.operations.validation import invalid
from service.tracking.filters import Comparison
from service.tracking.order import Order, ordered
from service.tracking.runs import STATUSES, began_at, milliseconds, params_of, run_name, tags_of

#: Jobs that are read at a time, and jobs that one search looks at.
BATCH, MAX_LOOKED_AT = 200, 2000


@dataclass(frozen=True)
class Run:
    job: Job
    last: Epoch | None  #: its newest epoch

    @property
    def status(self) -> str:
        return STATUSES[self.job.status]

    @property
    def start_time(self) -> int:
        return milliseconds(began_at(self.job))

    @property
    def end_time(self) -> int | None:
        return None if self.job.finished_at is None else milliseconds(self.job.finished_at)

    @cached_property
    def metrics(self) -> Mapping[str, Point]:
        return {} if self.last is None else last_points(self.job, self.last)

    @cached_property
    def values(self) -> Mapping[str, Mapping[str, Any]]:
        """What filters compare and answers show."""
        attributes = {"status": self.status, "run_id": self.job.id, "run_name": run_name(self.job)}
        times = {"start_time": self.start_time, "end_time": self.end_time}
        return {
            "attributes": {**attributes, **times},
            "metrics": {name: point.value for name, point in self.metrics.items()},
            "params": params_of(self.job),
            "tags": tags_of(self.job),
        }

    def matches(self, wanted: Sequence[Comparison]) -> bool:
        return all(comparison.holds(self.values) for comparison in wanted)


class Found(NamedTuple):
    runs: Sequence[Run]
    next: str | None  #: where the next page begins; None: this is the last


def find_run(backend: Backend, run_id: str) -> Run:
    """Raises NotFound."""
    job = training_job(backend, run_id)
    return Run(job, backend.storage.newest_epochs([run_id]).get(run_id))


def training_job(backend: Backend, run_id: str) -> Job:
    """Raises NotFound, for a prediction too."""
    job = backend.storage.get_job(run_id)
    if job.kind is not JobKind.TRAINING:
        raise NotFound(f"The job {run_id} trains nothing, so it is no run.")
    return job


def search_runs(
    backend: Backend,
    network_ids: Sequence[str],
    wanted: Sequence[Comparison],
    orders: Sequence[Order],
    *,
    limit: int,
    token: str | None,
) -> Found:
    """Newest first, or in the order that is asked for. Raises Invalid, and NotFound for a token that is none."""
    if not orders or orders[0].is_newest_first:
        return _newest(backend, network_ids, wanted, limit=limit, after=token)
    return _sorted(backend, network_ids, wanted, orders, limit=limit, start=_offset(token))


def _newest(
    backend: Backend, network_ids: Sequence[str], wanted: Sequence[Comparison], *, limit: int, after: str | None
) -> Found:
    """A page is short, or even empty, where a search would look at too many jobs; its token leads on."""
    found: list[Run] = []
    for looked_at, run in enumerate(_runs(backend, network_ids, after), 1):
        if run.matches(wanted):
            found.append(run)
        if len(found) == limit or looked_at == MAX_LOOKED_AT:
            return Found(found, run.job.id)
    return Found(found, None)


def _sorted(
    backend: Backend,
    network_ids: Sequence[str],
    wanted: Sequence[Comparison],
    orders: Sequence[Order],
    *,
    limit: int,
    start: int,
) -> Found:
    looked_at = list(islice(_runs(backend, network_ids, None), MAX_LOOKED_AT + 1))
    if len(looked_at) > MAX_LOOKED_AT:
        message = f"can sort {MAX_LOOKED_AT:,} runs at most, and these experiments have more: name fewer of them"
        raise invalid("order_by", message)
    matching = [run for run in looked_at if run.matches(wanted)]
    places = ordered([run.values for run in matching], orders)
    shown = [matching[place] for place in places[start : start + limit]]
    return Found(shown, str(start + limit) if start + limit < len(matching) else None)


def _offset(token: str | None) -> int:
    if token is None:
        return 0
    if not (token.isascii() and token.isdigit() and len(token) < 10):
        raise invalid("page_token", "must be one that an answer to the same search gave")
    return int(token)


def _runs(backend: Backend, network_ids: Sequence[str], after: str | None) -> Iterator[Run]:
    """Newest first. Each network is read by an index of its own, a few jobs at a time."""
    batch = max(BATCH // max(len(network_ids), 1), 5)
    each = (_runs_of(backend, network_id, after, batch) for network_id in network_ids)
    return merge(*each, key=lambda run: run.job.id, reverse=True)


def _runs_of(backend: Backend, network_id: str, after: str | None, batch: int) -> Iterator[Run]:
    page = Page(limit=batch, after=after)
    while jobs := backend.storage.list_jobs(page, network_id=network_id, kind=JobKind.TRAINING):
        last = backend.storage.newest_epochs([job.id for job in jobs])
        yield from (Run(job, last.get(job.id)) for job in jobs)
        page = Page(limit=batch, after=jobs[-1].id)
