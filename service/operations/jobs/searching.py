"""Find jobs among many, count them, and give them names to be found by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from service.domain.job_kind import JobKind
from service.domain.job_search import JobOrder, JobSearch
from service.domain.paging import Page
from service.domain.status import Status
from service.errors import FieldError, Invalid
from service.operations import names
from service.operations.backend import Backend
from service.operations.jobs.jobs import Progress, in_progress, progress_of

MAX_NAME = 200


def find_jobs(
    backend: Backend, page: Page, *, order: JobOrder | None = None, words: Sequence[str] = (), **conditions: Any
) -> Sequence[Progress]:
    """Raises NotFound when there is no such network, search, or job to be a restart of."""
    search = _search(backend, words=words, **conditions)
    if words or order is not None:
        return in_progress(backend, backend.storage.find_jobs(search, order or JobOrder(), page))
    found = backend.storage.list_jobs(
        page,
        network_id=search.network_id,
        statuses=search.statuses,
        created_by=search.created_by,
        kind=search.kind,
        restart_of=search.restart_of,
        restarts=search.restarts,
        search_id=search.search_id,
    )
    return in_progress(backend, found)


def count_jobs(backend: Backend, **conditions: Any) -> Mapping[Status, int]:
    """How many `find_jobs` would find, by status. Raises NotFound as it does."""
    return backend.storage.count_found_jobs(_search(backend, **conditions))


def _search(
    backend: Backend,
    *,
    words: Sequence[str] = (),
    network: str | None = None,
    statuses: Sequence[Status] | None = None,
    created_by: str | None = None,
    kind: JobKind | None = None,
    restart_of: str | None = None,
    restarts: bool = True,
    trials_of: str | None = None,
) -> JobSearch:
    network_id = backend.storage.get_network(network).id if network is not None else None
    if restart_of is not None:
        first = backend.storage.get_job(restart_of)
        restart_of = first.restart_of or first.id
    return JobSearch(
        words=words,
        statuses=statuses,
        network_id=network_id,
        kind=kind,
        created_by=created_by,
        restart_of=restart_of,
        restarts=restarts,
        search_id=None if trials_of is None else backend.storage.get_search(trials_of).id,
    )


def with_best(backend: Backend, found: Sequence[Progress]) -> Sequence[Progress]:
    """With `is_best` of each."""
    best = backend.storage.best_jobs({progress.job.network_id for progress in found}) if found else ()
    return [replace(progress, is_best=progress.job.id in best) for progress in found]


def describe_job(backend: Backend, job_id: str, changes: Mapping[str, Any]) -> Progress:
    """Change name, note or tags. Raises Invalid, NotFound."""
    if issues := list(_issues(changes)):
        raise Invalid(fields=issues)
    columns = {"title" if name == "name" else name: value for name, value in changes.items()}
    return progress_of(backend, backend.storage.describe_job(job_id, columns))


def _issues(changes: Mapping[str, Any]) -> Iterator[FieldError]:
    yield from names.text_issues(changes.get("name") or "", "name", MAX_NAME)
    yield from names.text_issues(changes.get("note") or "", "note", names.MAX_DESCRIPTION)
    yield from names.tag_issues(changes.get("tags", {}))
