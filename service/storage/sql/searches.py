"""Searches in SQL. A worker locks the row of a search while it decides what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from service.domain.paging import Page
from service.domain.searches import NewSearch, Search, SearchError, SearchFigures, TrialStatus
from service.domain.status import ACTIVE, ENDED, RequestedState, Status
from service.domain.types import Json
from service.errors import Conflict, NotFound
from service.storage.sql import trials
from service.storage.sql.clauses import is_named, now
from service.storage.sql.exact_json import encoded
from service.storage.sql.floats import joined, pair
from service.storage.sql.references import checked
from service.storage.sql.tables.jobs import jobs
from service.storage.sql.tables.searches import search_steps, searches
from service.storage.sql.tables.searches import trials as trials_table

_COLUMNS = [column for column in searches.c if column.key != "due"]


def taken(name: str) -> str:
    """The message of the AlreadyExists that `add` may meet."""
    return f"A search named {name!r} exists already. Choose another name."


def add(connection: sa.Connection, search: NewSearch) -> Search:
    given = {name: value for name, value in vars(search).items() if name not in ("points", "spec", "networks")}
    networks = None if search.networks is None else list(search.networks)
    row = {**given, "spec": encoded(dict(search.spec)), "networks": networks, **pair("best_value", None)}
    states = {"status": Status.QUEUED, "requested_state": RequestedState.RUN, "due": True, "deleting": False}
    connection.execute(sa.insert(searches).values(**row, **states, created_at=now()))
    for point in search.points:
        trials.add(connection, search.id, point)
    return get(connection, search.id)


def get(connection: sa.Connection, ref: str) -> Search:
    is_id = searches.c.id == checked(ref)
    wanted = sa.select(*_COLUMNS).where(is_id | (searches.c.name == ref)).order_by(is_id.desc()).limit(1)
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise missing(ref)
    return _search(row)


def list_page(connection: sa.Connection, page: Page, names: Sequence[str] | None) -> Sequence[Search]:
    wanted = sa.select(*_COLUMNS).order_by(searches.c.id.desc()).limit(page.limit)
    if names is not None:
        wanted = wanted.where(is_named(searches.c.name, names))
    if page.after is not None:
        wanted = wanted.where(searches.c.id < get(connection, page.after).id)
    return [_search(row) for row in connection.execute(wanted)]


def due(connection: sa.Connection, limit: int) -> Sequence[str]:
    """See `Searches.due_searches`."""
    # What follows a request is looked after until it has come about.
    follows = searches.c.status.in_([Status.PAUSING, Status.CANCELLING])
    wanted = sa.select(searches.c.id).where(searches.c.status.in_(ACTIVE), searches.c.due | follows | _has_stopped())
    return list(connection.scalars(wanted.order_by(searches.c.id).limit(limit)))


def _has_stopped() -> sa.ColumnElement[bool]:
    """Whether a step has come to its end, or to nothing, or its trial has no job yet."""
    own = (trials_table.c.search_id == search_steps.c.search_id) & (trials_table.c.number == search_steps.c.trial)
    step = sa.select(search_steps.c.number).join(trials_table, own)
    step = step.outerjoin(jobs, jobs.c.id == trials_table.c.job_id)
    step = step.where(search_steps.c.search_id == searches.c.id, search_steps.c.ended.is_(False))
    has_none = trials_table.c.job_id.is_(None) & (searches.c.requested_state == RequestedState.RUN)
    has_ended = trials_table.c.job_id.is_not(None) & (jobs.c.id.is_(None) | jobs.c.status.in_(ENDED))
    has_paused = (jobs.c.status == Status.PAUSED) & (jobs.c.epoch >= search_steps.c.epoch)
    return step.where(has_none | has_ended | has_paused).exists()


def lock(connection: sa.Connection, search_id: str) -> Search:
    wanted = sa.select(*_COLUMNS).where(searches.c.id == search_id).with_for_update()
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise missing(search_id)
    if row.deleting:
        raise Conflict("This search is being deleted.")
    return _search(row)


def update(connection: sa.Connection, search_id: str, changes: Json, *, is_due: bool) -> None:
    values: dict[str, Any] = {**changes, "due": is_due}
    if "error" in changes:
        error: SearchError | None = values.pop("error")
        values |= {"error_code": error and error.code, "error_message": error and error.message}
    if changes.get("networks") is not None:
        values["networks"] = list(changes["networks"])
    if "best_value" in changes:
        values |= pair("best_value", changes["best_value"])
    if "status" in changes:
        if changes["status"] is Status.RUNNING:
            values["started_at"] = sa.func.coalesce(searches.c.started_at, now())
        values["finished_at"] = now() if changes["status"] in ENDED else None
    connection.execute(sa.update(searches).where(searches.c.id == search_id).values(values))


def figures(connection: sa.Connection, search_ids: Sequence[str]) -> Mapping[str, SearchFigures]:
    found: dict[str, dict[TrialStatus, int]] = {search_id: {} for search_id in search_ids}
    spent = {search_id: [0.0, 0] for search_id in search_ids}
    for row in connection.execute(trials.totals(search_ids)):
        counts, status = found[row.search_id], trials.status_of(row.status, row.job_status)
        counts[status] = counts.get(status, 0) + row.trials
        spent[row.search_id][0] += row.seconds
        spent[row.search_id][1] += int(row.epochs)
    return {
        one: SearchFigures(counts=counts, seconds=float(spent[one][0]), epochs=int(spent[one][1]))
        for one, counts in found.items()
    }


def mark_deleting(connection: sa.Connection, search_id: str) -> None:
    row = connection.execute(
        sa.select(searches.c.status).where(searches.c.id == search_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise missing(search_id)
    if row.status in ACTIVE:
        raise Conflict(f"This search is {row.status}. Cancel it, then delete it when it has ended.")
    connection.execute(sa.update(searches).where(searches.c.id == search_id).values(deleting=True))


def pass_on(connection: sa.Connection, key_id: str, new_key_id: str) -> None:
    """Give the searches of a key to the one that replaces it."""
    own = searches.c.created_by_key == key_id
    connection.execute(sa.update(searches).where(own).values(created_by_key=new_key_id))


def missing(ref: str) -> NotFound:
    return NotFound(f"There is no search {ref}.")


def _search(row: sa.Row[Any]) -> Search:
    values = dict(row._mapping)
    code, message = values.pop("error_code"), values.pop("error_message")
    networks, kind = values.pop("networks"), values.pop("best_value_kind")
    values["best_value"] = joined(values["best_value"], kind)
    return Search(
        **values,
        networks=None if networks is None else tuple(networks),
        error=None if code is None else SearchError(code=code, message=message),
    )
