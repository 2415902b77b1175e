"""Read the loss history: page by page, thinned out, or whole with flat memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from service.domain.epochs import Epoch
from service.domain.job_kind import JobKind
from service.domain.jobs import Job
from service.domain.paging import Page
from service.engine.training.spec import TrainingSpec
from service.operations.backend import Backend

#: Rows, or jobs, held in memory at one time while a whole history is read.
BATCH = 1000

#: A row of the history: its job and its epoch.
RowKey = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which epochs of each job: first the range, then every n-th, then at most `max_points`, with the extremes."""

    from_epoch: int | None = None
    to_epoch: int | None = None
    every: int = 1
    max_points: int | None = None  #: at least 4


@dataclass(frozen=True)
class Source:
    """Some jobs, or all of a network."""

    job_ids: Sequence[str] | None = None
    network_id: str | None = None


def of_job(backend: Backend, job_id: str) -> Source:
    """Raises NotFound."""
    return Source(job_ids=[backend.storage.get_job(job_id).id])


def of_network(backend: Backend, ref: str) -> Source:
    """Raises NotFound."""
    return Source(network_id=backend.storage.get_network(ref).id)


def read_page(
    backend: Backend, source: Source, selection: Selection, *, after: RowKey | None, limit: int
) -> Sequence[Epoch]:
    """In order of (job, epoch)."""
    if selection.max_points is not None:
        return list(islice(_thinned(backend, source, selection, after, selection.max_points), limit))
    return _stored(backend, source, selection, after, limit)


def read_all(backend: Backend, source: Source, selection: Selection, *, after: RowKey | None = None) -> Iterator[Epoch]:
    """In order of (job, epoch), in many short reads: a slow reader holds no transaction open."""
    if selection.max_points is not None:
        yield from _thinned(backend, source, selection, after, selection.max_points)
        return
    while batch := _stored(backend, source, selection, after, BATCH):
        yield from batch
        after = batch[-1].job_id, batch[-1].epoch


def sample(backend: Backend, job_id: str, selection: Selection, *, max_points: int) -> Sequence[Epoch]:
    """At most `max_points` epochs of one job, the extremes of its loss among them."""
    return backend.storage.sampled_history(
        job_id,
        max_points=max_points,
        from_epoch=selection.from_epoch,
        to_epoch=selection.to_epoch,
        every=selection.every,
    )


def jobs_of(backend: Backend, source: Source) -> Iterator[Job]:
    """Newest first; of a network those that train."""
    if source.job_ids is not None:
        yield from map(backend.storage.get_job, sorted(source.job_ids, reverse=True))
        return
    page = Page(limit=BATCH)
    while jobs := backend.storage.list_jobs(page, network_id=source.network_id, kind=JobKind.TRAINING):
        yield from jobs
        page = Page(limit=BATCH, after=jobs[-1].id)


def numbers_of(job: Job) -> list[str]:
    """The names of the numbers each epoch of a job has, loss first."""
    if job.kind is JobKind.PREDICTION:
        return []
    training = TrainingSpec.from_json(job.options["training"])
    return training.numbers(validated=job.options.get("validation") is not None)


def _stored(
    backend: Backend, source: Source, selection: Selection, after: RowKey | None, limit: int
) -> Sequence[Epoch]:
    return backend.storage.history(
        source.job_ids,
        network_id=source.network_id,
        from_epoch=selection.from_epoch,
        to_epoch=selection.to_epoch,
        every=selection.every,
        after=after,
        limit=limit,
    )


def _thinned(
    backend: Backend, source: Source, selection: Selection, after: RowKey | None, max_points: int
) -> Iterator[Epoch]:
    """Each job is thinned out as a whole, so that the pages together are what one large page would be."""
    for job_id in sorted(job.id for job in jobs_of(backend, source)):
        if after is not None and job_id < after[0]:
            continue
        for epoch in sample(backend, job_id, selection, max_points=max_points):
            if after is None or (epoch.job_id, epoch.epoch) > after:
                yield epoch
